"""Puts what a visit brought into the evidence store, unaltered, each under its role."""

import asyncio
import json
from collections.abc import Sequence

import msgspec

from crawlers.browser.page import PageShot
from findings.model.crawl import EvidenceRef, Hop
from findings.model.evidence import EvidenceStore


class EvidenceFailed(Exception):
    """The evidence store did not take a file; the cause says why."""


def as_role(reference: EvidenceRef, role: str) -> EvidenceRef:
    """The same file under another role: bytes are stored once."""
    return msgspec.structs.replace(reference, role=role)


class EvidencePutter:
    """Writes to the store in threads, so that a slow disk never holds the crawl."""

    def __init__(self, store: EvidenceStore) -> None:
        self._store = store

    async def put(self, data: bytes, role: str, media_type: str) -> EvidenceRef:
        """Store bytes under a role. Raises EvidenceFailed from whatever the store raises."""
        try:
            return await asyncio.to_thread(self._store.put, data, role=role, media_type=media_type)
        except Exception as failed:
            raise EvidenceFailed(f"evidence: {failed}") from failed

    async def page(
        self, shot: PageShot, hops: Sequence[Hop], ip: str | None, *, landing: bool
    ) -> list[EvidenceRef]:
        """Document, headers, picture, hops and frame documents of one visit."""
        prefix = "landing_" if landing else ""
        refs = [
            await self.put(shot.html.encode("utf-8", "replace"), f"{prefix}html", "text/html; charset=utf-8"),
            await self.headers(
                f"{prefix}headers", shot.url, shot.status, shot.headers, ip, shot.at.isoformat()
            ),
        ]
        if shot.picture is not None:
            role = "landing_screenshot" if landing else "page_screenshot"
            refs.append(await self.put(shot.picture, role, "image/png"))
        refs.append(await self.hops(hops))
        for frame in shot.frames:
            document = frame.document.html
            body = document if isinstance(document, bytes) else document.encode("utf-8", "replace")
            refs.append(await self.put(body, "body", "text/html; charset=utf-8"))
        return refs

    async def headers(
        self,
        role: str,
        url: str,
        status: int | None,
        headers: Sequence[tuple[str, str]],
        ip: str | None,
        at: str,
    ) -> EvidenceRef:
        """The answer's status line and headers with the address that gave them, as JSON."""
        said = {"url": url, "status": status, "ip": ip, "at": at, "headers": [list(pair) for pair in headers]}
        return await self.put(_json(said), role, "application/json")

    async def hops(self, hops: Sequence[Hop]) -> EvidenceRef:
        """The hop chain as JSON."""
        return await self.put(_json(msgspec.to_builtins(list(hops))), "hops", "application/json")


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8", "replace")
