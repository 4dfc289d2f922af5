"""When has a page come to rest: pages send visitors on, and draw themselves by script."""

import asyncio
import time
from collections.abc import Awaitable
from typing import Any, TypeVar

from playwright.async_api import Error, Page
from playwright.async_api import TimeoutError as PlaywrightTimeout

from crawlers.browser.scripts import REFRESH, SCROLL
from crawlers.browser.watch import Watch
from crawlers.outcomes import PageTrouble
from findings.model.vocabulary import Outcome

#: Longest `meta` refresh that is waited for, in seconds; slower ones are news tickers.
_REFRESH_MAX_S = 6.0
_QUIET_MAX_S = 3.0
#: Seconds without an open request after which nothing more is expected: scripts ask at once for what they need next.
_QUIET_S = 0.25
_LOAD_MAX_S = 10.0
#: Screens that are scrolled through (a portal's home page has about 15), and milliseconds for it with its ad places.
_SCROLL_STEPS = 24
_SCROLL_MS = 4_000

T = TypeVar("T")


async def unless_given_up(watch: Watch, work: Awaitable[T], seconds: float) -> T:
    """The result of `work`; ends early if the page is given up. Raises PageTrouble, TimeoutError."""
    task = asyncio.ensure_future(work)
    waited: set[asyncio.Future[Any]] = {task, watch.trouble}
    try:
        await asyncio.wait(waited, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if watch.trouble.done():
            raise watch.trouble.result()
        if not task.done():
            raise PageTrouble(Outcome.TIMEOUT, f"page: no answer from the browser in {seconds:.0f} s")
        return task.result()
    finally:
        if not task.done():
            task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def settle(page: Page, watch: Watch, *, seconds: float, rest_s: float) -> None:
    """Wait until the page is loaded, at rest for `rest_s` seconds and going nowhere else.

    `seconds` bounds the wait for the document itself; slow pictures don't fail a page.
    Raises PageTrouble.
    """
    deadline = time.monotonic() + seconds
    hops = -1
    while hops != len(watch.hops):
        hops = len(watch.hops)
        left = max(deadline - time.monotonic(), 1.0)
        try:
            await unless_given_up(
                watch, page.wait_for_load_state("domcontentloaded", timeout=left * 1000), left + 5
            )
        except PlaywrightTimeout as late:
            if not watch.complete:
                raise PageTrouble(Outcome.TIMEOUT, f"page: not loaded in {seconds:.0f} s") from late
            return  # the document is here, a script of some dead host is not: captured as it stands
        await _patiently(page, watch, "load", min(left, _LOAD_MAX_S))
        await unless_given_up(watch, _rest(watch, rest_s), _REFRESH_MAX_S + rest_s + 5)
        if time.monotonic() > deadline:
            return


async def _patiently(page: Page, watch: Watch, state: str, seconds: float) -> None:
    try:
        wait = page.wait_for_load_state(state, timeout=seconds * 1000)  # type: ignore[arg-type]
        await unless_given_up(watch, wait, seconds + 5)
    except PlaywrightTimeout:
        return  # a page that never stops loading is captured as it stands


async def _rest(watch: Watch, rest_s: float) -> None:
    """Scroll once through the page, then wait for it, and for a refresh that it announces.

    At rest is a page that was loaded `rest_s` seconds ago and of which no request has been open
    for a moment; one that never stops asking is waited for `_QUIET_MAX_S` at most.
    """
    begun = time.monotonic()
    hops = len(watch.hops)
    wait = rest_s
    try:
        refresh = await watch.evaluate(REFRESH)
        if refresh is not None and 0 <= refresh <= _REFRESH_MAX_S:
            wait = max(rest_s, refresh + 1.0)
        else:
            await watch.evaluate(SCROLL, _SCROLL_STEPS, _SCROLL_MS)
    except Error:
        return  # the page is being replaced: the caller looks again
    while len(watch.hops) == hops:
        spent = time.monotonic() - begun
        quiet = watch.traffic.quiet_for() >= min(_QUIET_S, rest_s)
        if spent >= wait and (quiet or spent >= wait + _QUIET_MAX_S):
            return
        await asyncio.sleep(0.03)
