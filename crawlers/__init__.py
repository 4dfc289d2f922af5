"""The Scrapy project: sources, plan, spiders, browser, address guard, outcomes, pacing.

Nothing heavy is imported here: Scrapy and Playwright load when a crawl starts.
"""
