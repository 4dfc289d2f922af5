"""What an officer found where no spider goes, made a capture like any other: an address, an app, a screenshot.

It is of source `manual` and kept with what the officer stated as evidence. All of one day belong to one run.
"""

import hashlib
from datetime import UTC, datetime, time
from pathlib import Path

import msgspec
from msgspec.structs import replace

from finadwatch.context import Desk
from finadwatch.intake import Intake
from finadwatch.stamping import noted, stamped
from findings.model.crawl import Capture, EvidenceRef, SeenAd, Task
from findings.model.errors import Said
from findings.model.evidence import EvidenceStore
from findings.model.ids import landing_host
from findings.model.judgement import AppInfo
from findings.model.places import place_of_name
from findings.model.records import CaptureBundle, Run
from findings.model.vocabulary import Channel, Outcome
from findings.model.zone import CHINA
from findings.query import Coverage, SearchQuery
from findings.review.steps import Enter
from findings.review.working import CaseOutcome, Hand, Result, carry_out
from findings.store import FindingStore

#: The source of what officers enter.
MANUAL = "manual"
#: Longest texts in code points: a title or a name, the words of an ad, a remark.
MOST_NAME, MOST_TEXT, MOST_NOTE = 300, 20_000, 1500
#: How often an entry of the trail is tried while others change the same case.
_TRIES = 20

_MEDIA = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "WEBP": "image/webp",
}


class Entered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an officer states: at least one of `url`, `app`, `screenshot` (SHA-256) says what was seen.

    `seen_at` and `entered_at` are UTC, `place` is as the officer named it.
    """

    by: str
    place: str
    seen_at: datetime
    entered_at: datetime
    channel: Channel
    url: str | None = None
    app: AppInfo | None = None
    screenshot: str | None = None
    title: str = ""
    text: str = ""
    advertiser: str | None = None
    note: str = ""

    @property
    def region(self) -> str:
        """The province or city of the place, where it names one; else the place itself."""
        known = place_of_name(self.place)
        return known.short if known else self.place

    @property
    def trail_note(self) -> str:
        """What the trail says of it."""
        seen = f"{self.seen_at.astimezone(CHINA):%Y-%m-%d %H:%M}"
        return "；".join(part for part in (self.place, seen, self.note) if part)


class _Keeping:
    """A store that remembers the ids of the ads written to it."""

    def __init__(self, store: FindingStore) -> None:
        self._store = store
        self.ads: list[str] = []

    def write(self, bundle: CaptureBundle) -> None:
        """Store a bundle."""
        self._store.write(bundle)
        self.ads.extend(ad.id for ad in bundle.ads)

    def close(self) -> None:
        """Leave the store open: whoever opened it closes it."""


def record(desk: Desk, store: FindingStore, entered: Entered, screenshot: EvidenceRef | None) -> list[str]:
    """Judge an entry and store it; the ids of its ads. Raises what the judge and the store raise."""
    evidence = desk.evidence()
    capture = capture_of(entered, evidence, screenshot)
    keeping = _Keeping(store)
    with stamped(desk), noted(desk) as note:
        intake = Intake(desk.judge(), lambda: keeping, evidence, desk.now, note=note)
        try:
            store.put_run(run_of(entered.entered_at))
            intake.accept(capture)
        finally:
            intake.close()
    return keeping.ads


def fetch(
    desk: Desk, store: FindingStore, entered: Entered, *, allow_private: bool
) -> tuple[list[str], Coverage]:
    """Crawl the address of an entry as a page watched from its place; the ids of the ads it gave, maybe none, and
    what became of the page.

    Raises what a crawl raises.
    """
    from crawlers.plan import plan_from_urls
    from finadwatch.crawling import run_plan

    listed = plan_from_urls([entered.url or ""], title=f"人工录入 {entered.url}"[:200], stores=desk.sources())
    plan = replace(listed, region=entered.region)
    coverage = run_plan(desk, plan, store.url, allow_private=allow_private)
    found = store.search(SearchQuery(run_id=coverage.run_id, limit=100))
    return [hit.ad.id for hit in found.hits], coverage


def note_entry(hand: Hand, case_id: str, entered: Entered, *, complaint: bool) -> CaseOutcome:
    """Say in the trail who entered an ad of a case. It changes nothing that others change, so it is tried
    again where somebody came first."""
    step = Enter(note=entered.trail_note, complaint=complaint)
    for _ in range(_TRIES):
        (outcome,) = carry_out(hand, [case_id], lambda _: step)
        if outcome.result is not Result.CONFLICT:
            break
    return outcome


def keep_screenshot(path: Path, evidence: EvidenceStore) -> EvidenceRef:
    """Keep a screenshot as evidence, if it is a picture that can be read.

    Raises ImageUnreadable, ImageTooLarge, EvidenceStoreAway.
    """
    from PIL import Image

    from analyzers.errors import ImageTooLarge, ImageUnreadable
    from analyzers.picture import FORMATS, MAX_BYTES, pictures

    if not path.is_file():  # a pipe would never end
        raise ImageUnreadable(path, Said("no ordinary file", zh="不是普通文件"))
    pictures(path)
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:  # it has grown since
        raise ImageTooLarge(path, MAX_BYTES, "bytes")
    try:
        with Image.open(path, formats=FORMATS) as image:
            media_type = _MEDIA[image.format or ""]
    except (OSError, KeyError) as error:
        raise ImageUnreadable(path, str(error)) from error
    return evidence.put(data, role="ad_screenshot", media_type=media_type)


def source_titles(desk: Desk) -> dict[str, str]:
    """What sources are called in Chinese papers, that of entries among them. Raises SourceFaults, InputMissing."""
    return {name: source.title_zh for name, source in desk.sources().items()} | {MANUAL: "人工录入"}


def run_of(day: datetime) -> Run:
    """The run that all entries of a day in China belong to."""
    local = day.astimezone(CHINA).date()
    begin = datetime.combine(local, time.min, CHINA).astimezone(UTC)
    return Run(id=f"r1-{MANUAL}-{local:%Y%m%d}", plan=f"人工录入 {local}", started_at=begin, ended_at=day)


def capture_of(entered: Entered, evidence: EvidenceStore, screenshot: EvidenceRef | None) -> Capture:
    """The capture of an entry, its statement kept as evidence. The same entry again is the same task."""
    run = run_of(entered.entered_at)
    stated = msgspec.json.format(msgspec.json.encode(entered), indent=1)
    what = msgspec.json.encode(replace(entered, entered_at=run.started_at))
    statement = evidence.put(stated, role="body", media_type="application/json")
    digest = hashlib.sha256(what).hexdigest()[:32]
    address = entered.url or (
        f"app:{_app_name(entered.app)}" if entered.app else f"screenshot:{entered.screenshot}"
    )
    task = Task(
        id=f"t1-{digest}",
        run_id=run.id,
        source=MANUAL,
        url=address,
        channel=entered.channel,
        region=entered.region,
    )
    seen = SeenAd(
        title=entered.title or _title(entered),
        text=entered.text,
        display=landing_host(entered.url),
        advertiser=entered.advertiser,
        landing_url=entered.url,
        app=entered.app,
        evidence=(screenshot,) if screenshot else (),
    )
    return Capture(
        task=task,
        outcome=Outcome.OK,
        at=entered.seen_at,
        url=address,
        ads=(seen,),
        evidence=(statement,),
        detail=f"人工录入：{entered.by}，{entered.place}",
    )


def _title(entered: Entered) -> str:
    """What names an ad whose headline nobody typed: without words of its own, each screenshot is one ad."""
    if entered.app:
        return _app_name(entered.app)
    if entered.screenshot and not entered.text and not entered.url:
        return f"截图 {entered.screenshot[:16]}"
    return ""


def _app_name(app: AppInfo | None) -> str:
    return (app.name or app.package or "") if app else ""
