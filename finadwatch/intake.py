"""From a capture to what a store keeps: every ad judged, named, and written with its sightings."""

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from finadwatch.context import CHINA
from finadwatch.forms import drawn_warnings, form_facts, pages_behind
from finadwatch.i18n import language
from finadwatch.judging import Judge
from finadwatch.show import progress
from findings.model.crawl import Capture, EvidenceRef, SeenAd
from findings.model.errors import FinAdWatchError
from findings.model.evidence import EvidenceStore
from findings.model.ids import ad_id, case_id, landing_host, normalise_creative, sighting_id
from findings.model.judgement import Judgement, ScreenInput
from findings.model.records import AdRecord, CaptureBundle, Sighting
from findings.store import FindingStore
from findings.stores.merging import merge_form

if TYPE_CHECKING:
    from analyzers.absence import DrawnWarnings

#: A page whose own text is shorter than this (code points) is read from its screenshot too:
#: such a landing page is drawn, not written.
SHORT_PAGE = 60

#: Ads kept at hand, so that one seen again in a run is not judged, segmented and embedded again.
REMEMBERED = 500


@dataclass(frozen=True)
class _Understood:
    """All that the models said of one ad's words."""

    judgement: Judgement
    tokens: tuple[str, ...]
    embedding: tuple[float, ...]


class Intake:
    """Judges captures and writes them. One thread of its own does both, so the store and the
    models see one caller however many spiders deliver; `accept` returns when the capture is stored.
    """

    def __init__(
        self,
        judge: Judge,
        open_store: Callable[[], FindingStore],
        evidence: EvidenceStore,
        clock: Callable[[], datetime],
        as_of: date | None = None,
    ) -> None:
        self._judge = judge
        self._open_store = open_store
        self._evidence = evidence
        self._clock = clock
        self._as_of = as_of
        self._desk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake")
        self._parts = threading.local()
        self._understood: dict[tuple[str, date, bytes], _Understood] = {}
        self._desk.submit(self._warm_up)

    def accept(self, capture: Capture) -> None:
        """Judge and store one capture; raise what the judge or the store raised."""
        self._desk.submit(self._take, capture).result()

    def close(self) -> None:
        """Finish what was accepted and let the store go."""
        self._desk.submit(self._let_go).result()
        self._desk.shutdown()

    def _let_go(self) -> None:
        if hasattr(self._parts, "store"):
            self._parts.store.close()

    def _warm_up(self) -> None:
        """Load the models while the first pages are on their way."""
        self._judge.judge(ScreenInput(text="理财产品年化收益"), self._as_of or self._clock().date())

    def _store(self) -> FindingStore:
        if not hasattr(self._parts, "store"):
            self._parts.store = self._open_store()
        store: FindingStore = self._parts.store
        return store

    def _take(self, capture: Capture) -> None:
        ads: dict[str, AdRecord] = {}
        sightings: dict[str, Sighting] = {}
        for seen in capture.ads:
            record = self._record(capture, seen)
            sighting = _sighting(record, capture, seen)
            there = ads.get(record.id)
            if there is not None:  # shown twice on the page: one ad, seen once, with what either place missed
                record = replace(there, judgement=replace(there.judgement, form=merge_form(there, record)))
                sighting = replace(sightings[sighting.id], form=record.judgement.form)
            ads[record.id] = record
            sightings[sighting.id] = sighting
        self._store().write(
            CaptureBundle(capture=capture, ads=tuple(ads.values()), sightings=tuple(sightings.values()))
        )

    def _record(self, capture: Capture, seen: SeenAd) -> AdRecord:
        task, landing = capture.task, seen.landing
        watched = task.source == "watchlist"
        target = (landing.final_url if landing else None) or seen.landing_url
        named = seen.landing_url or target
        creative = _creative(seen)
        text = judged_text(seen)
        identity = ad_id(task.source, named, text if watched else creative)
        image = self._picture(seen) if len("".join(text.split())) < SHORT_PAGE else None
        ad = ScreenInput(
            id=identity,
            title=seen.title or None,
            text=text,
            url=target,
            image=image.name if image else None,
            advertiser=seen.advertiser,
            app=seen.app,
            icp=seen.icp or next((page.icp for page in pages_behind(seen) if page.icp), None),
            channel=task.channel,
            captured_at=capture.at.isoformat(),
            source=task.source,
        )
        on = self._as_of or capture.at.astimezone(CHINA).date()
        understood = self._understand(ad, on, image, drawn_warnings(seen))
        return AdRecord(
            id=identity,
            # A watched page is one case however its words change; an ad is one by its creative.
            case_id=case_id(named, seen.advertiser, (named or "") if watched else creative),
            source=task.source,
            channel=task.channel,
            title=seen.title,
            text=text,
            creative=creative,
            display=seen.display,
            landing_url=target,
            landing_host=landing_host(target),
            advertiser_shown=seen.advertiser,
            app=seen.app,
            icp=ad.icp,
            landing=landing,
            landings=seen.landings,
            declared_host=seen.declared_host,
            keyword=task.keyword,
            first_seen=capture.at,
            judged_at=self._clock(),
            judgement=self._judge.with_form(understood.judgement, form_facts(capture, seen), on),
            tokens=understood.tokens,
            embedding=understood.embedding,
        )

    def _understand(
        self, ad: ScreenInput, on: date, image: Path | None, drawn: "DrawnWarnings | None"
    ) -> _Understood:
        words = f"{ad.title or ''}\n{ad.text or ''}"
        told = f"{words}\n{drawn}" if drawn else words
        key = (ad.id or "", on, hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest())
        known = self._understood.get(key)
        if known is None:
            if len(self._understood) >= REMEMBERED:
                self._understood.clear()
            known = self._understood[key] = _Understood(
                self._judgement(ad, on, image, drawn),
                self._judge.analyzer.tokens(words),
                self._judge.analyzer.embed(words),
            )
        return known

    def _judgement(
        self, ad: ScreenInput, on: date, image: Path | None, drawn: "DrawnWarnings | None"
    ) -> Judgement:
        try:
            return self._judge.judge(ad, on, image.parent if image else None, drawn)
        except FinAdWatchError as error:  # a picture that can't be read: the words still can
            if image is None:
                raise
            progress(error.said(language()))
            return self._judge.judge(replace(ad, image=None), on, None, drawn)

    def _picture(self, seen: SeenAd) -> Path | None:
        """The screenshot to read words from: of the landing page, else of the ad."""
        wanted = ("landing_screenshot", "ad_screenshot")
        refs = [*(seen.landing.evidence if seen.landing else ()), *seen.evidence]
        for role in wanted:
            for ref in refs:
                if ref.role == role:
                    return self._evidence.path(ref.sha256)
        return None


def judged_text(seen: SeenAd) -> str:
    """What is judged: the creative's text and the landing page's, which answer for each other
    (Decree 72 art. 18: the content of the next-level link is the advertiser's to check), then
    what the page says to other devices only."""
    parts = [seen.text, seen.landing.text if seen.landing else ""]
    kept = [part.strip() for part in parts if part.strip()]
    whole = "\n".join(dict.fromkeys(kept))
    known = {line.strip() for line in whole.splitlines()}
    for other in seen.landings:
        lines = dict.fromkeys(line.strip() for line in other.text.splitlines())
        new = [line for line in lines if line and line not in known]
        known.update(new)
        whole = "\n".join([whole, *new] if whole else new)
    return whole


def _creative(seen: SeenAd) -> str:
    return normalise_creative(f"{seen.title}\n{seen.text}")


def _sighting(record: AdRecord, capture: Capture, seen: SeenAd) -> Sighting:
    task = capture.task
    evidence: list[EvidenceRef] = [*capture.evidence, *seen.evidence]
    for page in pages_behind(seen):
        evidence.extend(page.evidence)
    unique = {(ref.role, ref.sha256): ref for ref in evidence}
    return Sighting(
        id=sighting_id(record.id, task.id),
        ad_id=record.id,
        run_id=task.run_id,
        task_id=task.id,
        source=task.source,
        at=capture.at,
        device=task.device,
        region=task.region,
        keyword=task.keyword,
        slot=seen.slot,
        position=seen.position,
        mark=seen.mark,
        page_url=capture.final_url or capture.url,
        evidence=tuple(unique.values()),
        form=record.judgement.form,
        label=seen.label,
    )
