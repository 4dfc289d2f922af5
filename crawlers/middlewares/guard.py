"""Sends every request of Scrapy's own client through the address guard's proxy."""

from __future__ import annotations

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler

from crawlers.guard.proxy import GuardProxy
from crawlers.middlewares.of_job import job_of
from crawlers.route import META


class GuardMiddleware:
    """Marks requests (robots.txt and redirects too) with the proxy; the browser has it built in."""

    def __init__(self, guard: GuardProxy) -> None:
        self._guard = guard

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Switched off only where no crawl, and so no guard, runs."""
        return cls(job_of(crawler).guard)

    def process_request(self, request: Request) -> None:
        """Overrides any proxy that a request or the environment names."""
        if not request.meta.get("playwright"):
            request.meta["proxy"] = self._guard.url(request.meta.get(META))
