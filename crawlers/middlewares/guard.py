"""Sends every request of Scrapy's own client through the address guard's proxy."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotConfigured


class GuardMiddleware:
    """Marks requests (robots.txt and redirects too) with the proxy; the browser has it built in."""

    def __init__(self, proxy_url: str) -> None:
        self._proxy_url = proxy_url

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Switched off only where no guard runs, as under `scrapy list`."""
        proxy_url = crawler.settings.get("FINADWATCH_GUARD")
        if not proxy_url:
            raise NotConfigured("no address guard")
        return cls(proxy_url)

    def process_request(self, request: Request) -> None:
        """Overrides any proxy that a request or the environment names."""
        if not request.meta.get("playwright"):
            request.meta["proxy"] = self._proxy_url
