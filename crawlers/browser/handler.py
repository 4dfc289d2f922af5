"""Scrapy's download handler: the browser for pages that ask for it, else a verifying HTTP client."""

from __future__ import annotations

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import NotSupported
from scrapy.http import Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

from crawlers.guard.certificates import verifying_policy


class GuardedDownloadHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc] # untyped upstream
    """Verifies certificates against the system's authorities and the configured ones."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        # Scrapy's setting for verification knows the system's authorities only.
        self._contextFactory = verifying_policy(crawler.settings.get("FINADWATCH_AUTHORITIES") or ())

    async def download_request(self, request: Request) -> Response:
        """Refuses whatever would go out beside the guard."""
        if not request.meta.get("playwright") and not request.meta.get("proxy"):
            raise NotSupported(f"{request.url} would bypass the address guard")
        response: Response = await super().download_request(request)
        return response
