"""What was captured of a case, page by page, as the record of its extraction tells it (pure but for `FileLook`)."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec

from findings.model.crawl import Capture, Certificate, EvidenceRef, Hop
from findings.model.records import Sighting
from findings.model.vocabulary import Device, Outcome

#: Pages behind the ads of one capture that are told.
MOST_BEHIND = 20


class FileLook(msgspec.Struct, frozen=True):
    """What a look at an evidence file found: `fault` is "" where its bytes still have their hash, else what is wrong
    (Chinese). `software` wrote a traffic file, `cut` are its addresses whose body is not whole, each with why, and
    `cut_total` counts them; `ahead_s` is by how many seconds this machine's clock was ahead of the server's, by the
    answer's headers."""

    fault: str = ""
    software: str = ""
    cut: tuple[str, ...] = ()
    cut_total: int = 0
    ahead_s: float | None = None


class FileTaken(msgspec.Struct, frozen=True):
    """One evidence file as the record of its capture names it, and what a look at it found."""

    ref: EvidenceRef
    look: FileLook


class PageTaken(msgspec.Struct, frozen=True, kw_only=True):
    """One page as it was taken: one with ads (`behind` False), or one that an ad leads to. `at` is UTC; None where
    nothing says when the page behind an ad was reached. `lost`: the record of the capture is no longer in the store."""

    behind: bool
    url: str
    final_url: str | None
    outcome: Outcome | None
    at: datetime | None
    device: Device
    source: str
    keyword: str | None
    region: str | None
    proxy: str | None
    ip: str | None = None
    clicked: bool = False
    hops: tuple[Hop, ...] = ()
    certificate: Certificate | None = None
    files: tuple[FileTaken, ...] = ()
    detail: str | None = None
    lost: bool = False


def pages_taken(
    seen: Sequence[tuple[Sighting, Capture | None]], look: Callable[[EvidenceRef], FileLook]
) -> list[PageTaken]:
    """The pages of the captures in which the ads of a case were seen, each once, the pages behind those very ads
    after the page that shows them."""
    pages: list[PageTaken] = []
    told: set[str] = set()
    for sighting, capture in seen:
        if sighting.task_id in told:
            continue
        told.add(sighting.task_id)
        if capture is None:
            pages.append(_lost(sighting, look))
            continue
        ours = {(one.slot, one.position) for one, _ in seen if one.task_id == sighting.task_id}
        pages.append(_page(capture, look))
        behind = [
            landing
            for ad in capture.ads
            if (ad.slot, ad.position) in ours
            for landing in (ad.landing, *ad.landings)
            if landing is not None
        ]
        for landing in behind[:MOST_BEHIND]:
            hops = landing.hops
            pages.append(
                PageTaken(
                    behind=True,
                    url=landing.url,
                    final_url=landing.final_url,
                    outcome=landing.outcome,
                    at=hops[-1].at if hops else None,
                    device=landing.device,
                    source=sighting.source,
                    keyword=None,
                    region=capture.task.region,
                    proxy=capture.proxy,
                    ip=landing.ip,
                    clicked=landing.clicked,
                    hops=hops,
                    certificate=landing.certificate,
                    files=_files(landing.evidence, look),
                    detail=landing.detail,
                )
            )
    return pages


def _page(capture: Capture, look: Callable[[EvidenceRef], FileLook]) -> PageTaken:
    task = capture.task
    shots = [ref for ad in capture.ads for ref in ad.evidence]
    return PageTaken(
        behind=False,
        url=capture.url,
        final_url=capture.final_url,
        outcome=capture.outcome,
        at=capture.at,
        device=task.device,
        source=task.source,
        keyword=task.keyword,
        region=task.region,
        proxy=capture.proxy,
        ip=capture.ip,
        hops=capture.hops,
        certificate=capture.certificate,
        files=_files((*capture.evidence, *shots), look),
        detail=capture.detail,
    )


def _lost(sighting: Sighting, look: Callable[[EvidenceRef], FileLook]) -> PageTaken:
    return PageTaken(
        behind=False,
        url=sighting.page_url,
        final_url=None,
        outcome=None,
        at=sighting.at,
        device=sighting.device,
        source=sighting.source,
        keyword=sighting.keyword,
        region=sighting.region,
        proxy=None,
        files=_files(sighting.evidence, look),
        lost=True,
    )


def _files(refs: Sequence[EvidenceRef], look: Callable[[EvidenceRef], FileLook]) -> tuple[FileTaken, ...]:
    once = {(ref.role, ref.sha256): ref for ref in refs}
    return tuple(FileTaken(ref, look(ref)) for ref in once.values())
