"""Puts the token that a source's host wants into a request's header, just before it goes out.

Not where requests are made: they wait in queues longer than a token lives.
"""

from __future__ import annotations

from scrapy import Request
from scrapy.http import Response

from crawlers.spiders.asking import Held, TokenKeeper

#: How a host answers a token that it doesn't know any more.
_REFUSED = (401, 403)


class TokenMiddleware:
    """Works on requests that carry a `token_keeper`; the rest pass."""

    async def process_request(self, request: Request) -> None:
        """Raises PageTrouble where the host gives no token: the request then is not sent."""
        keeper = request.meta.get("token_keeper")
        if not isinstance(keeper, TokenKeeper):
            return
        if not keeper.is_for(request.url):  # a redirect led to another host
            request.headers.pop(keeper.token.header, None)
            return
        held = await keeper.get(obey=not request.meta.get("dont_obey_robotstxt"))
        request.headers[keeper.token.header] = keeper.header(held)
        request.meta["token_held"] = held

    def process_response(self, request: Request, response: Response) -> Response | Request:
        """Asks once more with a fresh token where the one sent had grown old on its way through the queue."""
        keeper, held = request.meta.get("token_keeper"), request.meta.get("token_held")
        if (
            response.status in _REFUSED
            and isinstance(keeper, TokenKeeper)
            and isinstance(held, Held)
            and keeper.is_old(held)
            and not request.meta.get("token_renewed")
        ):
            return request.replace(meta={**request.meta, "token_renewed": True})
        return response
