"""The record of how the evidence of a case was taken, gathered from store and evidence, and written as a paper."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from finadwatch.context import Desk

if TYPE_CHECKING:
    from handover.documents.record import People


class Recorded(msgspec.Struct, frozen=True):
    """What was written. `anomalies` are the record's own words (Chinese); `pdf` is None where none was asked for."""

    case_id: str
    docx: str
    pdf: str | None
    files: int
    anomalies: Sequence[str]


def templates_folder(desk: Desk) -> Path | None:
    """The office's folder of templates, if it has one."""
    named = desk.config.takedown.templates
    return Path(named).expanduser() if named else None


def write_record(
    desk: Desk, case_id: str, people: "People", folder: Path, *, pdf: bool, store_url: str | None = None
) -> Recorded:
    """Write 电子数据提取笔录 of a case into a folder: DOCX first, then PDF.

    Raises CaseMissing, StoreAway, TemplateFault; LibreOfficeAway and ConversionFailed leave the DOCX there.
    """
    from importlib.metadata import version

    from findings.errors import CaseMissing
    from handover.documents.looking import Looks
    from handover.documents.pdf import to_pdf
    from handover.documents.record import Extraction, anomalies, record_docx
    from handover.documents.taken import pages_taken
    from handover.package.choosing import MOST_ADS, enclosed

    with desk.store(store_url) as store:
        case = store.case(case_id)
        if case is None:
            raise CaseMissing(case_id)
        sightings = [one for ad in case.ads[:MOST_ADS] for one in store.sightings(ad.id)]
        seen = [(one, store.capture(one.task_id)) for one in enclosed(case, sightings)]
    pages = tuple(pages_taken(seen, Looks(desk.evidence())))
    extraction = Extraction(
        case=case,
        pages=pages,
        people=people,
        software=f"finadwatch {version('finadwatch')}",
        at=desk.now().replace(microsecond=0),
    )
    document = record_docx(extraction, templates_folder(desk))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"电子数据提取笔录-{case.id}.docx"
    target.write_bytes(document)
    made = to_pdf([target], folder)[0] if pdf else None
    return Recorded(
        case_id=case.id,
        docx=str(target),
        pdf=str(made) if made else None,
        files=sum(len(page.files) for page in pages),
        anomalies=anomalies(pages),
    )
