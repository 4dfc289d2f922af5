"""From a source's data to requests over HTTP: method, headers, body, follow-ups, and the tokens some hosts want."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from scrapy import Request

from crawlers.outcomes import PageTrouble, of_status
from crawlers.parsers.embedded import at
from crawlers.route import ROUTE
from crawlers.sources import Source
from crawlers.sources.asks import Ask, Token
from crawlers.spiders.fetch import Fetcher
from crawlers.urls import fault
from findings.model.crawl import ParsedApp, Task
from findings.model.vocabulary import Outcome

#: What a token may look like: it goes into a header, so no space and no line end.
_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
#: Longest answer to the question for a token that is looked at, in bytes.
_LONGEST = 64_000


@dataclass(frozen=True)
class Held:
    """A token and the monotonic instant, in seconds, at which it was asked for."""

    text: str
    since: float


class TokenKeeper:
    """The token of one source: fetched when a question needs it, again when its lifetime is over."""

    def __init__(self, token: Token, fetcher: Fetcher, now: Callable[[], float] = time.monotonic) -> None:
        self.token = token
        self._fetcher = fetcher
        self._now = now
        self._held: Held | None = None
        self._route = fetcher.route
        self._lock = asyncio.Lock()

    def is_for(self, url: str) -> bool:
        """Whether a question goes to the host that hands out the token: no other one is told it."""
        return urlsplit(url).netloc == urlsplit(self.token.url).netloc

    def is_old(self, held: Held) -> bool:
        """Whether a token's lifetime is over."""
        return self._now() - held.since >= self.token.lifetime_s

    async def get(self, *, obey: bool) -> Held:
        """A token within its lifetime. Raises PageTrouble where the host gives none."""
        async with self._lock:
            if self._held is None or self.is_old(self._held):
                since = self._now()
                self._held = Held(await self._fetch(obey), since)
            return self._held

    def header(self, held: Held) -> str:
        """The header's content; `{ms}` is the instant of the question."""
        return self.token.value.replace("{token}", held.text).replace("{ms}", str(int(time.time() * 1000)))

    async def _fetch(self, obey: bool) -> str:
        token = self.token
        ROUTE.set(self._route)  # this runs in the downloader, not in the task whose way out it takes
        request = _request(
            self._fetcher,
            token.url,
            Ask(method=token.method, headers=token.headers, body=token.body),
            {},
            obey,
        )
        try:
            response = await self._fetcher.download(request)
        except Exception as error:  # whatever a network does to it, the question needs its token
            ending = self._fetcher.failure(error, None, token.url)
            detail = ending.detail if ending.outcome is Outcome.SKIPPED else f"token: {ending.detail}"
            raise PageTrouble(ending.outcome, detail or "token") from error
        refused = (
            None if fault(response.url) else self._fetcher.guard_answer(_lowered(response), response.url)
        )
        ending_of = refused or of_status(response.status)
        if ending_of is not None:
            raise PageTrouble(ending_of.outcome, f"token: {ending_of.detail}")
        found = _token_in(response.body[:_LONGEST], token.at)
        if found is None:
            raise PageTrouble(Outcome.BLOCKED, "token: the answer holds none")
        return found


class Asking:
    """Makes the requests of HTTP sources in one run."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._keepers: dict[tuple[str, str | None], TokenKeeper] = {}

    def of_task(self, source: Source, task: Task, **options: Any) -> Request:
        """The question that a task asks: as the source says, or plainly where it looks up one app."""
        offset = source.paging.first + (task.page - 1) * source.paging.step
        words: dict[str, str | int] = {"q": task.keyword or "", "pn": offset, "page": task.page}
        ask = Ask() if is_lookup(source, task) else source.asked(task.device)
        return self._with_token(source, task.url, ask, words, task.robots != "authorised", **options)

    def of_details(self, source: Source, app: ParsedApp, *, obey: bool) -> Request | None:
        """The second question for one app; None where what it needs isn't known."""
        details = source.details
        if details is None:
            return None
        if "{url}" in details.url:
            url = app.url or ""
            if fault(url) or urlsplit(url).hostname not in own_hosts(source):
                return None
        elif app.package is None:
            return None
        else:
            url = details.url.replace("{package}", quote(app.package, safe=""))
        return self._with_token(source, url, details.ask, {"package": app.package or ""}, obey)

    def _with_token(
        self, source: Source, url: str, ask: Ask, words: Mapping[str, str | int], obey: bool, **options: Any
    ) -> Request:
        meta: dict[str, Any] = {}
        if ask.token is not None:
            keeper = self._keepers.setdefault(
                (source.name, self._fetcher.route), TokenKeeper(ask.token, self._fetcher)
            )
            meta["token_keeper"] = keeper
        return _request(self._fetcher, url, ask, words, obey, meta, **options)


def is_lookup(source: Source, task: Task) -> bool:
    """Whether a task asks a store for one app by its package."""
    if source.lookup is None or task.keyword is None:
        return False
    return task.url == source.lookup.replace("{package}", quote(task.keyword, safe=""))


def own_hosts(source: Source) -> frozenset[str]:
    """The hosts that a source's own addresses name."""
    templates = [*source.url.values(), source.app_url or "", source.lookup or ""]
    return frozenset(host for template in templates if (host := urlsplit(template).hostname))


def _request(
    fetcher: Fetcher,
    url: str,
    ask: Ask,
    words: Mapping[str, str | int],
    obey: bool,
    meta: dict[str, Any] | None = None,
    **options: Any,
) -> Request:
    headers = dict(ask.headers)
    body = b""
    if ask.body is not None:
        body = json.dumps(filled(ask.body, words), ensure_ascii=False).encode("utf-8", "replace")
        headers.setdefault("Content-Type", "application/json")
    return fetcher.request(
        url, meta or {}, obey=obey, method=ask.method, headers=headers, body=body, **options
    )


def filled(template: Any, words: Mapping[str, str | int]) -> Any:
    """A JSON template with its words put in; a number stays one where it stands alone."""
    if isinstance(template, dict):
        return {key: filled(value, words) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, words) for value in template]
    if not isinstance(template, str):
        return template
    for name, word in words.items():
        if template == f"{{{name}}}":
            return word
    # Replaced, not formatted: a keyword may hold braces.
    text = template
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", str(word))
    return text


def _token_in(body: bytes, path: str) -> str | None:
    """The token in an answer: the JSON string at a path, or the bare text of an answer that is no JSON."""
    text = body.decode("utf-8", "replace").strip()
    try:
        found = at(json.loads(text), path)
    except (ValueError, RecursionError):
        found = text if not path else None
    return found if isinstance(found, str) and _TOKEN.fullmatch(found) else None


def _lowered(response: Any) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
