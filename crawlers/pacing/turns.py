"""No more requests of one slot under way at once than the slot allows.

Scrapy's downloader counts a request only when its asyncio task first runs. Where there is no delay
between requests it therefore lets a whole queue go before it counts the first of them.
"""

import asyncio
from weakref import WeakValueDictionary


class Turns:
    """A turn for each request, by the downloader's slots. A slot is forgotten when nobody waits or works."""

    def __init__(self) -> None:
        self._slots: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def of(self, slot: str, concurrency: int) -> asyncio.Semaphore:
        """What to hold during a request of a slot. `concurrency` counts when its first request comes."""
        turn = self._slots.get(slot)
        if turn is None:
            turn = self._slots[slot] = asyncio.Semaphore(max(1, concurrency))
        return turn
