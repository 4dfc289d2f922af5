"""Chromium through scrapy-playwright: one page in, DOM, pictures, text and hops out."""
