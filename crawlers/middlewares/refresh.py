"""Follows `meta` refreshes of pages that Scrapy's own client fetched."""

from typing import Any

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import MetaRefreshMiddleware
from scrapy.http import Response


class RefreshMiddleware(MetaRefreshMiddleware):
    """Scrapy's own, which fails on a page that declares a codec of Python's for its charset."""

    def process_response(
        self, request: Request, response: Response, spider: Any = None
    ) -> Request | Response:
        """Where the page leads on, or the page as it came."""
        try:
            return super().process_response(request, response)
        except (LookupError, UnicodeError):
            return response  # `charset=base64`, `charset=undefined`: our own readers cope with it
