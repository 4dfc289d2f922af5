"""Puts what a visit brought into the evidence store, unaltered, each under its role."""

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from crawlers.browser import certificates, warc
from crawlers.browser.answer_log import AnswerLog
from crawlers.browser.page import PageShot, PageVisit, Remains
from crawlers.browser.rendered import as_lines
from crawlers.browser.warc import WarcFile
from findings.model.crawl import EvidenceRef, Hop
from findings.model.evidence import EvidenceStore


class EvidenceFailed(Exception):
    """The evidence store did not take a file; the cause says why."""


def as_role(reference: EvidenceRef, role: str) -> EvidenceRef:
    """The same file under another role: bytes are stored once."""
    return msgspec.structs.replace(reference, role=role)


class EvidencePutter:
    """Writes to the store in threads, so that a slow disk never holds the crawl.

    Raises EvidenceFailed from whatever the store raises.
    """

    def __init__(self, store: EvidenceStore) -> None:
        self._store = store

    async def put(self, data: bytes, role: str, media_type: str) -> EvidenceRef:
        """Store bytes under a role."""
        return await self._stored(lambda: self._store.put(data, role=role, media_type=media_type))

    async def page(
        self, visit: PageVisit, shot: PageShot, ip: str | None, *, landing: bool
    ) -> list[EvidenceRef]:
        """All of one visit: document, headers, picture, drawn text, hops, frames, certificates, traffic."""
        prefix = "landing_" if landing else ""
        refs = [
            await self.put(_utf8(shot.html), f"{prefix}html", "text/html; charset=utf-8"),
            await self.headers(
                f"{prefix}headers",
                shot.url,
                shot.status,
                shot.headers,
                ip,
                shot.at.isoformat(),
                span_s=round(shot.span_s, 3),
                popups=visit.popups,
                dialogs=visit.dialogs,
            ),
        ]
        if shot.picture is not None:
            refs.append(await self.put(shot.picture, _screenshot(landing), "image/png"))
        refs.append(await self.put(as_lines(shot.drawn), f"{prefix}rendered", "application/x-ndjson"))
        refs.append(await self.hops(visit.hops))
        for frame in shot.frames:
            document = frame.document.html
            body = document if isinstance(document, bytes) else _utf8(document)
            refs.append(await self.put(body, "body", "text/html; charset=utf-8"))
        if shot.chain is not None:
            refs.append(await self.certificate(shot.chain, landing=landing))
        return [*refs, *await self.traffic(visit, landing=landing)]

    async def failed(self, visit: PageVisit, hops: Sequence[Hop], *, landing: bool) -> list[EvidenceRef]:
        """What is left of a visit that failed: its hops, its state when it was given up, its traffic."""
        refs = [await self.hops(hops)] if hops else []
        if visit.remains is not None:
            refs += await self._remains(visit.remains, landing)
        return [*refs, *await self.traffic(visit, landing=landing)]

    async def _remains(self, remains: Remains, landing: bool) -> list[EvidenceRef]:
        refs = []
        if remains.html is not None:
            role = "landing_html" if landing else "html"
            refs.append(await self.put(_utf8(remains.html), role, "text/html; charset=utf-8"))
        if remains.picture is not None:
            refs.append(await self.put(remains.picture, _screenshot(landing), "image/png"))
        return refs

    async def traffic(self, visit: PageVisit, *, landing: bool) -> list[EvidenceRef]:
        """The visit's WARC, once; empty where the browser never opened the page."""
        if visit.unwritten is not None:
            raise EvidenceFailed(f"evidence: {visit.unwritten}") from visit.unwritten
        taken = visit.take_warc()
        return [] if taken is None else [await self.warc(taken, landing=landing)]

    async def answers(self, log: AnswerLog | None) -> list[EvidenceRef]:
        """The WARC of what Scrapy's own client was answered; empty where nothing was."""
        file = await log.finish() if log is not None else None
        return [] if file is None else [await self.warc(file, landing=False)]

    async def warc(self, file: WarcFile, *, landing: bool) -> EvidenceRef:
        """A finished WARC; its temporary file is gone afterwards."""
        role = "landing_warc" if landing else "warc"
        return await self._stored(lambda: self._moved(file.path, role))

    def _moved(self, path: Path, role: str) -> EvidenceRef:
        try:
            return self._store.put_file(path, role=role, media_type=warc.MEDIA_TYPE)
        finally:
            path.unlink(missing_ok=True)

    async def certificate(self, chain: certificates.Chain, *, landing: bool) -> EvidenceRef:
        """The certificates that a server showed."""
        role = "landing_certificate" if landing else "certificate"
        return await self.put(chain.pem(), role, certificates.MEDIA_TYPE)

    async def headers(
        self,
        role: str,
        url: str,
        status: int | None,
        headers: Sequence[tuple[str, str]],
        ip: str | None,
        at: str,
        **more: float,
    ) -> EvidenceRef:
        """The answer's status line and headers with the address that gave them, as JSON."""
        said = {
            "url": url,
            "status": status,
            "ip": ip,
            "at": at,
            **more,
            "headers": [list(pair) for pair in headers],
        }
        return await self.put(_json(said), role, "application/json")

    async def hops(self, hops: Sequence[Hop]) -> EvidenceRef:
        """The hop chain as JSON."""
        return await self.put(_json(msgspec.to_builtins(list(hops))), "hops", "application/json")

    @staticmethod
    async def _stored(work: Callable[[], EvidenceRef]) -> EvidenceRef:
        try:
            return await asyncio.to_thread(work)
        except Exception as failed:
            raise EvidenceFailed(f"evidence: {failed}") from failed


def _screenshot(landing: bool) -> str:
    return "landing_screenshot" if landing else "page_screenshot"


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace")
