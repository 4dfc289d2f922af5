"""Scrapy middlewares of the crawl, one a file."""
