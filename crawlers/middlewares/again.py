"""Sends a question by POST once more where its connection ended before any answer.

Servers close connections that were kept for the next request, and a client learns of it only when
it sends one. Scrapy's client then repeats a GET by itself, a POST never, since a POST may change
something. Ours only ask (`crawlers.sources.asks`): to lose one would count a reachable store as
unreachable.
"""

from __future__ import annotations

from scrapy import Request
from twisted.internet.error import ConnectionDone, ConnectionLost
from twisted.web._newclient import RequestNotSent, RequestTransmissionFailed
from twisted.web.client import ResponseNeverReceived

_MARK = "asked_again"


class AskAgainMiddleware:
    """Works on requests of Scrapy's own client; each is sent twice at the most."""

    def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """The request once more, or None to let the failure stand."""
        if request.method != "POST" or request.meta.get(_MARK) or not _was_lost(exception):
            return None
        return request.replace(meta={**request.meta, _MARK: True}, dont_filter=True)


def _was_lost(exception: Exception) -> bool:
    for error in (exception, exception.__cause__):
        if isinstance(error, RequestNotSent):
            return True
        if isinstance(error, RequestTransmissionFailed | ResponseNeverReceived):
            return all(reason.check(ConnectionDone, ConnectionLost) for reason in error.reasons)
    return False
