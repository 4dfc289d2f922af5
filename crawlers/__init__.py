"""The Scrapy project: sources, spiders, browser, outcomes, pacing."""
