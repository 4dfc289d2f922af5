"""One visit of one page: scrapy-playwright loads it, this captures it before it is closed."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from playwright.async_api import Error, Page

from crawlers.browser.certificates import Chain, shown_chain
from crawlers.browser.frames import FrameShot, read_frames
from crawlers.browser.geometry import only_seen
from crawlers.browser.labels import ad_labels
from crawlers.browser.overlays import read_overlays
from crawlers.browser.pictures import AdPicture, ad_picture, page_picture
from crawlers.browser.rendered import MAX_RUNS, Drawn, read_runs, script
from crawlers.browser.scripts import DOCUMENT, instant
from crawlers.browser.settle import settle, unless_given_up
from crawlers.browser.traffic import Door
from crawlers.browser.warc import Archive, WarcFile
from crawlers.browser.watch import Watch
from crawlers.outcomes import PageTrouble
from findings.model.crawl import AdLabel, Hop, Overlay, ParsedPage
from findings.model.vocabulary import Outcome

#: Longest visible text kept of one page, in UTF-16 units.
MAX_TEXT = 200_000
_MAX_TITLE = 1_000
#: Seconds that the state of a page which failed may take to be kept.
_REMAINS_S = 6.0
#: Seconds for DOM, frames and pictures together, after the page has come to rest.
_CAPTURE_S = 60.0
#: Seconds for opening and closing a page.
_SPARE_S = 10.0
#: Seconds that waiting for a free page and opening it may take: others may hang before it.
_OPENING_S = 600.0
#: Seconds that scrapy-playwright gets for its own steps after an answer, and after the capture.
_PATIENCE_S = 3.0


T = TypeVar("T")


class PageShot(msgspec.Struct, frozen=True, kw_only=True):
    """A page as it stood at `at`: document, frames, picture, answer.

    Document, visible text and `drawn` (how it is drawn) are of one instant, in which no script of the
    page ran; `span_s` is how many seconds later its picture and frames were there too. `ads` and `labels`
    follow the parsed ads; `overlays` lay over the page.
    """

    at: datetime
    span_s: float
    url: str
    title: str
    html: str
    text: str
    status: int | None
    headers: tuple[tuple[str, str], ...]
    frames: tuple[FrameShot, ...]
    picture: bytes | None
    parsed: ParsedPage
    ads: tuple[AdPicture, ...]
    labels: tuple[AdLabel | None, ...]
    overlays: tuple[Overlay, ...]
    drawn: tuple[Drawn, ...]
    links: tuple[str, ...]
    chain: Chain | None


class Remains(msgspec.Struct, frozen=True, kw_only=True):
    """What could be kept of a page that failed: its document and picture as they stood then."""

    html: str | None
    picture: bytes | None


#: Media types that a browser shows as a page; anything else (a PDF, an archive) is a file.
_SHOWN = ("text/", "image/", "application/xhtml", "application/xml", "application/json")

Reader = Callable[[str, str, int, dict[str, str], tuple[FrameShot, ...]], ParsedPage]


class PageVisit:
    """Loads into a Scrapy request's meta; after the download `shot` is set, or the request failed.

    `read` parses the captured document (html, address, status, headers, frames); it runs in a
    thread. `hops`, `remains` and the WARC can be had after a failure too.
    """

    def __init__(
        self,
        read: Reader,
        archive: Archive,
        door: Door,
        *,
        timeout_s: float,
        rest_s: float,
        max_body_bytes: int,
        max_ads: int,
        probe_overlays: bool,
    ) -> None:
        self._read = read
        self._archive = archive
        self._door = door
        self._timeout_s = timeout_s
        self._rest_s = rest_s
        self._max_bytes = max_body_bytes
        self._max_ads = max_ads
        self._probe = probe_overlays
        self._watch: Watch | None = None
        self._page: Page | None = None
        self._until = 0.0
        self._since: float | None = None
        self._done_since: float | None = None
        self._work: asyncio.Task[None] | None = None
        self.shot: PageShot | None = None
        self.remains: Remains | None = None
        self._warc: WarcFile | None = None
        self._finished = False
        self.unwritten: BaseException | None = None
        """Why the visit's WARC could not be written, if it could not."""

    @property
    def hops(self) -> tuple[Hop, ...]:
        """The documents of the main frame so far, in order."""
        return tuple(self._watch.hops) if self._watch else ()

    @property
    def popups(self) -> int:
        """Windows that the page tried to open."""
        return self._watch.popups if self._watch else 0

    @property
    def dialogs(self) -> int:
        """Dialogs that the page opened."""
        return self._watch.dialogs if self._watch else 0

    def take_warc(self) -> WarcFile | None:
        """The visit's finished WARC, for whoever asks first."""
        taken, self._warc = self._warc, None
        return taken

    def discard(self) -> None:
        """Keep nothing of the visit's traffic: the page may not be kept."""
        taken = self.take_warc()
        if taken is not None:
            taken.path.unlink(missing_ok=True)

    @property
    def failed_url(self) -> str | None:
        """The address whose document could not be fetched, if there was one."""
        return self._watch.failed_url if self._watch else None

    @property
    def trouble(self) -> PageTrouble | None:
        """Why the page was given up, if it was."""
        return self._watch.trouble.result() if self._watch and self._watch.trouble.done() else None

    def meta(self, context: str, context_options: dict[str, Any]) -> dict[str, Any]:
        """What scrapy-playwright needs to know to make this visit."""
        from scrapy_playwright.page import PageMethod

        return {
            "playwright": True,
            "page_visit": self,
            "playwright_context": context,
            "playwright_context_kwargs": context_options,
            "playwright_page_init_callback": self.attach,
            "playwright_page_goto_kwargs": {"wait_until": "commit", "timeout": self._timeout_s * 1000},
            "playwright_page_methods": [PageMethod(self.capture)],
        }

    def look(self) -> bool:
        """Called now and then while scrapy-playwright works; True once it should be left behind.

        It may wait for ever for the headers of a document that a script has already replaced.
        So a page that has answered is captured without it, and what is done is not waited for.
        """
        now = time.monotonic()
        self._until = self._until or now + _OPENING_S
        if now > self._until:
            return True
        if self._page is None:
            return False
        answered = self._watch is not None and (self._watch.hops or self._watch.trouble.done())
        if not answered:
            return False
        self._since = self._since or now
        if self._work is None and now - self._since > _PATIENCE_S:
            self._work = heard(self._capture(self._page))
        done = self.trouble is not None or (self._work is not None and self._work.done())
        self._done_since = (self._done_since or now) if done else None
        return self._done_since is not None and now - self._done_since > _PATIENCE_S

    async def leave(self) -> None:
        """Close the page, captured or hung. Raises PageTrouble unless it was captured."""
        work = self._work
        if work is not None and not work.done():
            work.cancel()
        await self._finish()
        if self._page is not None:
            with suppress(Error, TimeoutError):
                async with asyncio.timeout(_SPARE_S):
                    await self._page.close()
        if self.trouble is not None:
            raise self.trouble
        if work is None or not work.done() or work.cancelled():
            raise PageTrouble(Outcome.TIMEOUT, "browser: the page hung and was given up")
        work.result()

    async def attach(self, page: Page, request: Any) -> None:
        """Called by scrapy-playwright with the new page, before it loads anything."""
        self._page = page
        # A second try, in a browser started anew, begins like the first.
        self.discard()
        self._watch, self._work, self._since, self._done_since, self._finished = None, None, None, None, False
        # Its only use to us would be to delay each request: method, headers and body are the browser's own.
        await page.unroute("**")
        self._until = time.monotonic() + 2 * self._timeout_s + _CAPTURE_S + _SPARE_S
        watch = Watch(self._archive, self._door, self._max_bytes)
        await watch.attach(page)
        self._watch = watch

    async def capture(self, page: Page) -> None:
        """Called by scrapy-playwright once the page answers. Raises PageTrouble."""
        if self._work is None:
            self._work = heard(self._capture(page))
        await self._work

    async def _capture(self, page: Page) -> None:
        watch = self._watch
        if watch is None:
            raise PageTrouble(Outcome.ERROR, "browser: the page could not be watched")
        try:
            await self._settled(page, watch)
        except PageTrouble as trouble:
            if trouble.ending.outcome is not Outcome.SKIPPED:
                self.remains = await self._keep(page, watch)
            raise
        finally:
            await self._finish()

    async def _finish(self) -> None:
        """Close the visit's WARC, once."""
        if self._watch is None or self._finished:
            return
        self._finished = True
        try:
            self._warc = await self._watch.traffic.finish()
        except (
            Exception
        ) as failed:  # a full disk or the like: told with the evidence, not as the page's fault
            self.unwritten = failed

    async def _keep(self, page: Page, watch: Watch) -> Remains | None:
        """The state of a page that is given up, as far as it still answers."""
        html, picture = None, None
        with suppress(Error, TimeoutError):
            async with asyncio.timeout(_REMAINS_S):
                html = await watch.evaluate(DOCUMENT, self._max_bytes)
                picture = await page_picture(watch)
        return Remains(html=html, picture=picture) if html is not None or picture is not None else None

    async def _settled(self, page: Page, watch: Watch) -> None:
        await settle(page, watch, seconds=self._timeout_s, rest_s=self._rest_s)
        kind = await unless_given_up(watch, watch.media_type(), _SPARE_S)
        if not kind.startswith(_SHOWN):
            raise PageTrouble(Outcome.SKIPPED, f"download: {kind}")
        self.shot = await unless_given_up(watch, self._shoot(page, watch), _CAPTURE_S)

    async def _shoot(self, page: Page, watch: Watch) -> PageShot:
        at, begun = datetime.now(UTC), time.monotonic()
        said = await watch.evaluate(instant(script()), self._max_bytes, MAX_TEXT, _MAX_TITLE, MAX_RUNS)
        if said is None:
            raise PageTrouble(
                Outcome.ERROR, f"size: the drawn page has more than {self._max_bytes} characters"
            )
        html, title, text, runs, links = said
        picture = await page_picture(watch)
        frames = tuple(await read_frames(page, watch, max_chars=self._max_bytes))
        span_s = time.monotonic() - begun
        status = watch.answer.status if watch.answer else None
        headers = (
            tuple((h["name"], h["value"]) for h in await watch.answer.headers_array()) if watch.answer else ()
        )
        url = page.url
        merged = {name.lower(): value for name, value in headers}
        # The DOM is text already: a charset in the header would have it decoded once more.
        merged.pop("content-type", None)
        parsed = await asyncio.to_thread(self._read, html, url, status or 200, merged, frames)
        parsed = await only_seen(watch, parsed, frames)
        shots = [
            await ad_picture(page, watch, place) if place and index < self._max_ads else AdPicture()
            for index, place in enumerate(parsed.locators)
        ]
        labels = await ad_labels(watch, parsed.locators[: self._max_ads], frames)
        inner = "\n".join(frame.text.strip() for frame in frames if frame.text.strip())
        chain = await shown_chain(watch.traffic.channel, url)
        # Last of all: closing a layer changes the page.
        overlays = await read_overlays(page, watch, frames, probe=self._probe)
        return PageShot(
            at=at,
            span_s=span_s,
            url=url,
            title=_valid(title),
            html=html,
            text=_valid(f"{text}\n{inner}".strip() if inner else text)[:MAX_TEXT],
            status=status,
            headers=headers,
            frames=frames,
            picture=picture,
            parsed=parsed,
            ads=tuple(shots),
            labels=labels,
            overlays=overlays,
            drawn=(*read_runs(runs), *(piece for frame in frames for piece in frame.drawn)),
            links=tuple(links),
            chain=chain,
        )


def heard(work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
    """Work begun as a task whose end is known another way when nobody waits for it any more: else asyncio
    would log what it raised as lost."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda done: done.cancelled() or done.exception())
    return task


def _valid(text: str) -> str:
    """Lone surrogates, which scripts can write and UTF-8 can't hold, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
