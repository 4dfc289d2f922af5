"""What the judge was asked when an ad was crawled, made again from what is stored of it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from finadwatch.forms import drawn_from, shown_on
from finadwatch.intake import SHORT_PAGE
from finadwatch.judging import Shown
from findings.model.crawl import Landing
from findings.model.evidence import EvidenceStore
from findings.model.ids import normalise_creative
from findings.model.judgement import Icp, ScreenInput
from findings.model.records import AdRecord
from findings.model.zone import CHINA
from findings.rescreening.job import Archived


@dataclass(frozen=True)
class Question:
    """One ad as the judge is asked about it: by the law of the day `on`, its picture beside its words where these are
    few."""

    record: AdRecord
    ad: ScreenInput
    on: date
    shown: Shown
    image: Path | None


def question(archived: Archived, evidence: EvidenceStore, as_of: date | None) -> Question:
    """The question about an ad as it was last seen. Raises EvidenceMissing for a picture that is not here."""
    record, last = archived.ad, archived.last
    at = last.at if last else record.first_seen
    image = _picture(archived, evidence) if len("".join(record.text.split())) < SHORT_PAGE else None
    ad = ScreenInput(
        id=record.id,
        title=record.title or None,
        text=record.text,
        url=record.landing_url,
        image=image.name if image else None,
        advertiser=record.advertiser_shown,
        app=record.app,
        icp=_stated(record),
        channel=record.channel,
        captured_at=at.isoformat(),
        source=record.source,
        region=last.region if last else None,
    )
    shown = shown_on(_pages(record), drawn_from(_pages(record), _begin_of_page(record)))
    return Question(record, ad, as_of or at.astimezone(CHINA).date(), shown, image)


def _pages(record: AdRecord) -> list[Landing]:
    return [*([record.landing] if record.landing else []), *record.landings]


def _stated(record: AdRecord) -> Icp | None:
    """The filing that counted as stated. Of a page that only other devices reached it is the number alone."""
    others = [page.icp for page in record.landings if page.icp]
    own = record.landing.icp if record.landing else None
    if record.icp is None or own is not None or record.icp not in others:
        return record.icp
    number = next((icp.number for icp in others if icp.number), None)
    return Icp(number=number) if number else None


def _begin_of_page(record: AdRecord) -> int:
    """Where in the judged text the words of the landing page begin: behind those of the creative."""
    text, page = record.text, record.landing.text.strip() if record.landing else ""
    if not any(landing.warnings for landing in _pages(record)):
        return 0
    own = [end for end in _line_ends(text) if not page or text.startswith(page, end + 1) or end == len(text)]
    for end in own:
        creative = text[:end]
        if normalise_creative(f"{record.title}\n{creative}") == record.creative:
            return 0 if creative in ("", page) else end + 1
    return 0


def _line_ends(text: str) -> list[int]:
    return [*(at for at, sign in enumerate(text) if sign == "\n"), len(text)]


def _picture(archived: Archived, evidence: EvidenceStore) -> Path | None:
    """The screenshot whose words were read: of the landing page, else of the ad."""
    landing = archived.ad.landing.evidence if archived.ad.landing else ()
    refs = [*landing, *(archived.last.evidence if archived.last else ())]
    for role in ("landing_screenshot", "ad_screenshot"):
        for ref in refs:
            if ref.role == role:
                return evidence.path(ref.sha256)
    return None
