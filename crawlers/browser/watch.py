"""What happens on a page while it loads: hops, traffic, downloads, popups, crashes.

A hop is one document of the main frame, however the browser came to it. Chromium says by
its debugging protocol why it left a page (`meta` refresh or `script`); a redirect by
status is in the chain of the request itself.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import CDPSession, Dialog, Download, Error, Page, Request, Response

from crawlers.browser.traffic import Door, Traffic
from crawlers.browser.warc import Archive
from crawlers.browser.world import evaluate
from crawlers.outcomes import PageTrouble
from findings.model.crawl import Hop
from findings.model.vocabulary import Outcome

#: Chromium stops at 20 redirects by status; pages that send the visitor on by script get no more.
MAX_HOPS = 20
#: Windows that one page may open before it is given up: each is closed at once.
_MAX_POPUPS = 20
#: Dialogs that one page may open before it is given up: each is dismissed at once.
_MAX_DIALOGS = 50

_KINDS = {"metaTagRefresh": "meta", "httpHeaderRefresh": "meta"}


class Watch:
    """Attached to a page before it loads. `trouble` is set as soon as the page must be given up."""

    def __init__(self, archive: Archive, door: Door, max_body_bytes: int) -> None:
        self.traffic = Traffic(
            archive, door, max_body_bytes, lambda detail: self.give_up(Outcome.ERROR, detail)
        )
        self._next_kind = "script"
        self._pending: set[asyncio.Task[Any]] = set()
        self._main_frame: str | None = None
        self.hops: list[Hop] = []
        self.answer: Response | None = None
        """The newest answer to a main document's request."""
        self.popups = 0
        """Windows that the page tried to open; each was closed."""
        self.dialogs = 0
        """Dialogs that the page opened; each was dismissed."""
        self.complete = False
        """Whether the newest main document has arrived to its end."""
        self.failed_url: str | None = None
        """The address of the last main document that could not be fetched."""
        self.trouble: asyncio.Future[PageTrouble] = asyncio.get_running_loop().create_future()
        self.session: CDPSession | None = None

    async def attach(self, page: Page) -> None:
        """Listen to a new page."""
        page.on("response", lambda answer: self._answered(page, answer))
        page.on("requestfinished", lambda request: self._finished(page, request))
        page.on("requestfailed", lambda request: self._failed(page, request))
        page.on("download", self._download)
        page.on("dialog", self._dialog)
        page.on("popup", self._popup)
        page.on(
            "crash",
            lambda _page: self.give_up(Outcome.ERROR, "browser: the page crashed or took too much memory"),
        )
        self.session = await page.context.new_cdp_session(page)
        self.session.on("Page.frameRequestedNavigation", self._leaving)
        await self.session.send("Page.enable")
        await self.traffic.attach(self.session)
        tree = await self.session.send("Page.getFrameTree")
        self._main_frame = tree["frameTree"]["frame"]["id"]

    async def evaluate(self, function: str, *arguments: object) -> Any:
        """What a script of ours returns in the main frame, out of reach of the page's own scripts."""
        assert self.session is not None
        assert self._main_frame is not None
        return await evaluate(self.session, self._main_frame, function, *arguments)

    async def media_type(self) -> str:
        """The media type of the newest main document, in lower case; HTML where the server names none."""
        kind = await self.answer.header_value("content-type") if self.answer else None
        return (kind or "text/html").partition(";")[0].strip().lower() or "text/html"

    def give_up(self, outcome: Outcome, detail: str) -> None:
        """End the visit with this outcome; the first reason counts."""
        if not self.trouble.done():
            self.trouble.set_result(PageTrouble(outcome, detail))
            if self.session is not None:
                self._spawn(self._stop(self.session))

    def _answered(self, page: Page, answer: Response) -> None:
        request = answer.request
        if not _of_main_frame(page, request):
            return
        kind = self._kind(request)
        self.answer = answer
        self.complete = False
        self.hops.append(Hop(answer.url, answer.status, kind, datetime.now(UTC)))
        if len(self.hops) > MAX_HOPS:
            self.give_up(Outcome.ERROR, f"redirect: more than {MAX_HOPS} steps")

    def _finished(self, page: Page, request: Request) -> None:
        if _of_main_frame(page, request):
            self.complete = True

    def _failed(self, page: Page, request: Request) -> None:
        if _of_main_frame(page, request):
            self.failed_url = request.url

    def _kind(self, request: Request) -> str:
        if request.redirected_from is not None or not self.hops:
            return "http"
        kind, self._next_kind = self._next_kind, "script"
        return kind

    def _leaving(self, event: dict[str, Any]) -> None:
        if event.get("frameId") == self._main_frame:
            self._next_kind = _KINDS.get(str(event.get("reason")), "script")

    def _download(self, download: Download) -> None:
        # A page may also start a download beside what it shows; only one in its place ends the visit.
        if self.hops and self.answer is not None and download.url == self.answer.url:
            self.give_up(Outcome.SKIPPED, f"download: {download.suggested_filename[:100]}")

    def _dialog(self, dialog: Dialog) -> None:
        self.dialogs += 1
        if self.dialogs > _MAX_DIALOGS:
            self.give_up(Outcome.ERROR, f"dialogs: the page opens more than {_MAX_DIALOGS}")
        # A page that leaves on its own is let go; any other question is answered with no.
        self._spawn(dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss())

    def _popup(self, popup: Page) -> None:
        self.popups += 1
        if self.popups > _MAX_POPUPS:
            self.give_up(Outcome.ERROR, f"windows: the page opens more than {_MAX_POPUPS}")
        self._spawn(popup.close())

    async def _stop(self, session: CDPSession) -> None:
        await session.send("Page.stopLoading")

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(self._quiet(work))
        self._pending.add(task)
        task.add_done_callback(self._pending.discard)

    @staticmethod
    async def _quiet(work: Coroutine[Any, Any, None]) -> None:
        with suppress(Error):  # the dialog, popup or page is gone already: what was wanted
            await work


def _of_main_frame(page: Page, request: Request) -> bool:
    try:
        return request.is_navigation_request() and request.frame == page.main_frame
    except Error:
        return False  # a request of a worker or of a page already gone has no frame
