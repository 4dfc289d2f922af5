"""What a store keeps: ads with their judgement, sightings, captures, runs; and cases as views."""

from datetime import datetime

import msgspec

from findings.model.crawl import AdLabel, Capture, EvidenceRef, Landing
from findings.model.judgement import AppInfo, FormFinding, Icp, Judgement
from findings.model.vocabulary import CaseState, Channel, Device, Slot


class AdRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One advertisement and its judgement; judged once, however often it is seen.

    `text` is the judged text, `title` the creative's headline; spans of the judgement
    point into them. `first_seen` fixes the monthly partition and never changes;
    `tokens` are HanLP's words of title and text, for the index. `landings` are the landing
    page as other devices reached it, `declared_host` the host that the ad names as its target, `picture`
    the perceptual hash of its picture (16 hex digits). `picture_text` was read in the picture that was judged
    with the words: spans of the field `image` point into it.
    """

    id: str
    case_id: str
    source: str
    channel: Channel
    title: str
    text: str
    creative: str
    display: str | None
    landing_url: str | None
    landing_host: str | None
    advertiser_shown: str | None
    app: AppInfo | None
    icp: Icp | None
    landing: Landing | None
    landings: tuple[Landing, ...] = ()
    declared_host: str | None = None
    keyword: str | None
    first_seen: datetime
    judged_at: datetime
    judgement: Judgement
    tokens: tuple[str, ...] = ()
    embedding: tuple[float, ...] | None = None
    picture: str | None = None
    picture_text: str | None = None


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """One time an ad was seen: run, task, place, time, evidence.

    `form` are the form duties it seemed to miss then and there, `label` the mark it bore.
    """

    id: str
    ad_id: str
    run_id: str
    task_id: str
    source: str
    at: datetime
    device: Device
    region: str | None
    keyword: str | None
    slot: Slot
    position: int
    mark: str
    page_url: str
    evidence: tuple[EvidenceRef, ...]
    form: tuple[FormFinding, ...] = ()
    label: AdLabel | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of a plan. `plan` is its title, `plan_sha256` the hash of the plan's JSON text.

    `ended_at` is None until the capture of its last task is stored. `tasks` counts the tasks of its
    ledger; None while that is still being written down (and for runs of old, which kept none).
    `queued` says that its tasks went to the queues of a broker. `due_at` is the time that a schedule
    began it for, None where a person did. `exit` is the exit code of the process that crawled it last,
    0 or 1 (some task ended in `error`) where that did all it meant to; None while one is at work, and
    where it was killed.
    """

    id: str
    plan: str
    started_at: datetime
    ended_at: datetime | None = None
    plan_sha256: str | None = None
    tasks: int | None = None
    queued: bool = False
    due_at: datetime | None = None
    exit: int | None = None


class CaptureBundle(msgspec.Struct, frozen=True, kw_only=True):
    """All that one finished task adds to a store, written together or not at all."""

    capture: Capture
    ads: tuple[AdRecord, ...]
    sightings: tuple[Sighting, ...]


class CaseView(msgspec.Struct, frozen=True, kw_only=True):
    """The same ad over time and places (案件线索), with its worst member in front.

    `ads` are ordered worst first (severity, then score); `evidence` is of the last sighting.
    """

    id: str
    state: CaseState
    ads: tuple[AdRecord, ...]
    first_seen: datetime
    last_seen: datetime
    runs: int
    sightings: int
    evidence: tuple[EvidenceRef, ...]

    @property
    def lead(self) -> AdRecord:
        """The worst ad of the case."""
        return self.ads[0]
