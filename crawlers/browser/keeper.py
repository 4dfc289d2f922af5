"""Keeps one crawl's browser: started anew when it or its driver dies, after many visits, when it holds much memory."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

from playwright.async_api import Error

from crawlers.browser.processes import Bounds, Process, browser_processes, keep_within
from crawlers.job import log

#: Visits after which the browser is started anew: long-lived browsers are known to leak.
MAX_VISITS = 1_000
#: Bytes that processes may hold while pages are open, and all together between two visits.
BOUNDS = Bounds(page=800_000_000, pages=2_000_000_000, own=800_000_000, own_at_last=1_500_000_000)
MAX_BROWSER_BYTES = 2_500_000_000
#: Seconds between two looks at the memory; visits between two looks at the whole.
_LOOK_S = 1.0
_LOOK_VISITS = 50
_ANSWER_S = 10.0


class BrowserKeeper:
    """Lets visits in, one browser at a time.

    `restart` replaces the browser and its driver, `alive` asks it for a sign of life (and raises
    playwright's Error where it gives none).
    """

    def __init__(self, restart: Callable[[], Awaitable[None]], alive: Callable[[], Awaitable[None]]) -> None:
        self._restart = restart
        self._alive = alive
        self._turn = asyncio.Lock()
        self._idle = asyncio.Event()
        self._idle.set()
        self._active = 0
        self._visits = 0
        self._watcher: asyncio.Task[None] | None = None
        self.generation = 0
        """How often the browser was started anew."""

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[int]:
        """Around one visit; its value is the browser's generation, to be told to `lost`."""
        async with self._turn:
            if await self._is_used_up():
                await self._idle.wait()
                await self._renew("used up")
            self._active += 1
            self._visits += 1
            self._idle.clear()
        if self._watcher is None:
            self._watcher = asyncio.ensure_future(self._watch_memory())
        try:
            yield self.generation
        finally:
            self._active -= 1
            if not self._active:
                self._idle.set()

    async def lost(self, generation: int) -> bool:
        """Whether a visit failed because its browser died; then there is a new one when this returns."""
        async with self._turn:
            if generation != self.generation:
                return True  # another visit of the same browser has seen to it
            try:
                async with asyncio.timeout(_ANSWER_S):
                    await self._alive()
            except (Error, TimeoutError):
                await self._renew("dead")
                return True
        return False

    def close(self) -> None:
        """Stop looking at the memory."""
        if self._watcher is not None:
            self._watcher.cancel()

    async def _renew(self, why: str) -> None:
        log.warning("the browser is %s and started anew, after %d visits", why, self._visits)
        self._visits = 0
        self.generation += 1
        await self._restart()

    async def _is_used_up(self) -> bool:
        if self._visits >= MAX_VISITS:
            return True
        if self._visits == 0 or self._visits % _LOOK_VISITS:
            return False
        processes = await asyncio.to_thread(browser_processes)
        return sum(process.memory for process in processes) > MAX_BROWSER_BYTES

    async def _watch_memory(self) -> None:
        seen: list[Process] = []
        while True:
            await asyncio.sleep(_LOOK_S)
            with suppress(OSError):
                seen = await asyncio.to_thread(keep_within, BOUNDS, seen)
