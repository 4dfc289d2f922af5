"""From a capture to what a store keeps: every ad judged, named, and written with its sightings."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from finadwatch.captured import files_of, with_record
from finadwatch.forms import form_facts, pages_behind, shown
from finadwatch.i18n import language
from finadwatch.judging import Judge, Shown
from finadwatch.show import progress
from findings.cases.picture import picture_hash
from findings.model.crawl import Capture, EvidenceRef, SeenAd
from findings.model.errors import FinAdWatchError
from findings.model.evidence import EvidenceStore
from findings.model.ids import ad_id, case_id, landing_host, normalise_creative, sighting_id
from findings.model.judgement import Icp, Judgement, ScreenInput
from findings.model.records import AdRecord, CaptureBundle, Sighting
from findings.model.zone import CHINA
from findings.stores.merging import merge_form

#: A page whose own text is shorter than this (code points) is read from its screenshot too:
#: such a landing page is drawn, not written.
SHORT_PAGE = 60

#: Ads kept at hand, so that one seen again in a run is not judged, segmented and embedded again.
REMEMBERED = 500


#: Ads that the models see as one batch: many at once are faster, and take more memory.
BATCH = 32


@dataclass(frozen=True)
class _Asked:
    """One ad of a capture as the models are asked about it; `key` tells whether they were before."""

    seen: SeenAd
    ad: ScreenInput
    creative: str
    image: Path | None
    shown: Shown
    key: tuple[str, date, bytes]

    @property
    def words(self) -> str:
        """What is cut into words and embedded."""
        return f"{self.ad.title or ''}\n{self.ad.text or ''}"


@dataclass(frozen=True)
class _Understood:
    """All that the models said of one ad's words, and what was read in its picture where that was judged too."""

    judgement: Judgement
    picture_text: str | None
    tokens: tuple[str, ...]
    embedding: tuple[float, ...]


class Writes(Protocol):
    """Where a judged capture goes: a store, or the outbox before it. Safe on disk on return."""

    def write(self, bundle: CaptureBundle) -> None:
        """Take a bundle."""
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...


class Intake:
    """Judges captures and writes them. One thread of its own does both, so the store and the
    models see one caller however many spiders deliver; `accept` returns when the capture is written.
    """

    def __init__(
        self,
        judge: Judge,
        open_writer: Callable[[], Writes],
        evidence: EvidenceStore,
        clock: Callable[[], datetime],
        as_of: date | None = None,
        note: Callable[[datetime, Sequence[str]], None] = lambda at, hashes: None,
    ) -> None:
        """`note` is told of each capture's time and files before it is written, durably, for the time stamps."""
        self._judge = judge
        self._open_writer = open_writer
        self._evidence = evidence
        self._clock = clock
        self._as_of = as_of
        self._note = note
        self._desk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake")
        self._parts = threading.local()
        self._understood: dict[tuple[str, date, bytes], _Understood] = {}
        self._pictures: dict[str, str | None] = {}
        self._desk.submit(self._warm_up)

    def accept(self, capture: Capture) -> None:
        """Judge and write one capture; raise what the judge or the writer raised."""
        self._desk.submit(self._take, capture).result()

    def close(self) -> None:
        """Finish what was accepted and let the store go."""
        self._desk.submit(self._let_go).result()
        self._desk.shutdown()

    def _let_go(self) -> None:
        if hasattr(self._parts, "writer"):
            self._parts.writer.close()

    def _warm_up(self) -> None:
        """Load the models while the first pages are on their way."""
        self._judge.judge(ScreenInput(text="理财产品年化收益"), self._as_of or self._clock().date())

    def _writer(self) -> Writes:
        if not hasattr(self._parts, "writer"):
            self._parts.writer = self._open_writer()
        writer: Writes = self._parts.writer
        return writer

    def _take(self, capture: Capture) -> None:
        capture = with_record(capture, self._evidence)
        ads: dict[str, AdRecord] = {}
        sightings: dict[str, Sighting] = {}
        on = self._as_of or capture.at.astimezone(CHINA).date()
        asked = [self._ask(capture, seen, on) for seen in capture.ads]
        known = self._understand(asked, on)
        for one in asked:
            seen = one.seen
            record = self._record(capture, one, known[one.key], on)
            sighting = _sighting(record, capture, seen)
            there = ads.get(record.id)
            if there is not None:  # shown twice on the page: one ad, seen once, with what either place missed
                record = replace(there, judgement=replace(there.judgement, form=merge_form(there, record)))
                sighting = replace(sightings[sighting.id], form=record.judgement.form)
            ads[record.id] = record
            sightings[sighting.id] = sighting
        self._note(capture.at, files_of(capture))
        self._writer().write(
            CaptureBundle(capture=capture, ads=tuple(ads.values()), sightings=tuple(sightings.values()))
        )

    def _ask(self, capture: Capture, seen: SeenAd, on: date) -> _Asked:
        task, creative = capture.task, _creative(seen)
        text = judged_text(seen)
        identity = ad_id(task.source, _named(seen), text if task.source == "watchlist" else creative)
        image = self._picture(seen) if len("".join(text.split())) < SHORT_PAGE else None
        ad = ScreenInput(
            id=identity,
            title=seen.title or None,
            text=text,
            url=_target(seen),
            image=image.name if image else None,
            advertiser=seen.advertiser,
            app=seen.app,
            icp=seen.icp or _filing_number(seen),
            channel=task.channel,
            captured_at=capture.at.isoformat(),
            source=task.source,
            region=task.region,
        )
        pages = shown(seen)
        told = f"{ad.title or ''}\n{text}\n{pages}\n{task.region}"
        key = (identity, on, hashlib.sha256(told.encode("utf-8", "surrogatepass")).digest())
        return _Asked(seen, ad, creative, image, pages, key)

    def _record(self, capture: Capture, asked: _Asked, understood: _Understood, on: date) -> AdRecord:
        task, seen, ad = capture.task, asked.seen, asked.ad
        named, picture = _named(seen), self._picture_hash(seen)
        return AdRecord(
            id=ad.id or "",
            # A watched page is one case however its words change; an ad is one by its creative: words, else picture.
            case_id=case_id(
                named,
                seen.advertiser,
                (named or "") if task.source == "watchlist" else asked.creative or picture or "",
            ),
            source=task.source,
            channel=task.channel,
            title=seen.title,
            text=ad.text or "",
            creative=asked.creative,
            display=seen.display,
            landing_url=ad.url,
            landing_host=landing_host(ad.url),
            advertiser_shown=seen.advertiser,
            app=seen.app,
            icp=seen.icp or next((page.icp for page in pages_behind(seen) if page.icp), None),
            landing=seen.landing,
            landings=seen.landings,
            declared_host=seen.declared_host,
            keyword=task.keyword,
            first_seen=capture.at,
            judged_at=self._clock(),
            judgement=self._judge.with_form(understood.judgement, form_facts(capture, seen), on, ad),
            tokens=understood.tokens,
            embedding=understood.embedding,
            picture=picture,
            picture_text=understood.picture_text,
        )

    def _understand(self, asked: Sequence[_Asked], on: date) -> dict[tuple[str, date, bytes], _Understood]:
        """What the models say of each, by key; all that they were not asked before in batches."""
        known = {one.key: self._understood[one.key] for one in asked if one.key in self._understood}
        new = list({one.key: one for one in asked if one.key not in known}.values())
        for at in range(0, len(new), BATCH):
            batch = new[at : at + BATCH]
            words = [one.words for one in batch]
            found = zip(
                self._judgements(batch, on),
                self._judge.analyzer.tokens(words),
                self._judge.analyzer.embed(words),
                strict=True,
            )
            known.update(
                (one.key, _Understood(*judged, tokens, embedding))
                for one, (judged, tokens, embedding) in zip(batch, found, strict=True)
            )
        if len(self._understood) >= REMEMBERED:
            self._understood.clear()
        self._understood.update(known)
        return known

    def _judgements(self, batch: Sequence[_Asked], on: date) -> list[tuple[Judgement, str | None]]:
        drawn = [one for one in batch if one.image is not None]
        written = [one for one in batch if one.image is None]
        judged = self._judge.judge_many(
            [one.ad for one in written], [on] * len(written), shown=[one.shown for one in written]
        )
        found: dict[tuple[str, date, bytes], tuple[Judgement, str | None]] = {
            one.key: (judgement, None) for one, judgement in zip(written, judged, strict=True)
        }
        found.update((one.key, self._judgement(one, on)) for one in drawn)
        return [found[one.key] for one in batch]

    def _judgement(self, asked: _Asked, on: date) -> tuple[Judgement, str | None]:
        """The judgement of an ad that is read from its picture too, and what was read there."""
        base = asked.image.parent if asked.image else None
        try:
            judgement, drawn = self._judge.judge_drawn(asked.ad, on, base, asked.shown)
            return judgement, drawn or None
        except FinAdWatchError as error:  # a picture that can't be read: the words still can
            progress(error.said(language()))
            return self._judge.judge(replace(asked.ad, image=None), on, None, asked.shown), None

    def _picture_hash(self, seen: SeenAd) -> str | None:
        """What tells the picture of the ad itself from others; None without one."""
        for ref in seen.evidence:
            if ref.role == "ad_screenshot":
                if len(self._pictures) >= REMEMBERED:
                    self._pictures.clear()
                if ref.sha256 not in self._pictures:
                    self._pictures[ref.sha256] = picture_hash(self._evidence.get(ref.sha256))
                return self._pictures[ref.sha256]
        return None

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


def _filing_number(seen: SeenAd) -> Icp | None:
    """The filing number at the foot of a page behind the ad. The owner beside it is the page's own word (`shown`)."""
    number = next((page.icp.number for page in pages_behind(seen) if page.icp and page.icp.number), None)
    return Icp(number=number) if number else None


def _target(seen: SeenAd) -> str | None:
    """Where an ad leads: where its landing page was reached, else the address it names."""
    return (seen.landing.final_url if seen.landing else None) or seen.landing_url


def _named(seen: SeenAd) -> str | None:
    """The address by which an ad is known: the one that it names itself."""
    return seen.landing_url or _target(seen)


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
