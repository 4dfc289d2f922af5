"""A batch sealed: numbered, its files made, its rows followed from then on. Whatever breaks it off, the next call ends it
under the same number."""

import os
import re
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from msgspec.structs import replace

from finadwatch.context import on_terminal
from finadwatch.entering import source_titles
from finadwatch.handing_over.counter import Counter, name_of, state_of
from finadwatch.hosting import hosting
from finadwatch.i18n import t
from finadwatch.packaging import parts_of, signer
from finadwatch.recording import templates_folder
from finadwatch.show import progress
from finadwatch.stamping import lookup
from findings.handovers import Stale
from findings.model.handover import BatchRecord, BatchState
from findings.model.vocabulary import CaseState
from handover.batch import Batch, Making, items_of, make_batch, read_batch, read_header
from handover.batch_life import folder_name, numbered, seal
from handover.batch_papers import House
from handover.batch_rows import Task
from handover.errors import BatchBroken, BatchChanged, CasesChanged, NumberTaken
from handover.rows import site_of

#: Cases for which a further process is worth its start (a second).
_CASES_A_WORKER = 30
#: Cases after which a person at a terminal hears how far it is.
_TOLD = 100
#: What a folder of a batch is called; somebody's 2026-999999999 is none of ours.
_FOLDER = re.compile(r"(\d{4})-(\d{4,5})")


def seal_batch(counter: Counter, record: BatchRecord) -> tuple[BatchRecord, Batch]:
    """Seal an approved batch; one whose sealing was broken off is ended.

    Raises WrongBatchStep, CasesChanged, NumberTaken, BatchChanged, KeyUnusable, TemplateFault, EvidenceStoreAway.
    """
    record, batch = adopted(counter, record)
    if batch is not None:
        return record, batch
    counter.tell(record)
    seal(record, counter.done(), "", "")  # only to see that this step is the next one
    _unchanged(counter, record)
    record = _with_number(counter, record)
    by = counter.done()
    by = replace(by, at=by.at.replace(microsecond=0))  # it stands in papers, whose files know seconds
    batch = make_batch(counter.folder, record, by, tasks(counter, record), _making(counter, record))
    return _kept(counter, record, batch), batch


def adopted(counter: Counter, record: BatchRecord) -> tuple[BatchRecord, Batch | None]:
    """A batch whose files appeared, and whose process was killed before that was kept, is kept as sealed."""
    if record.state is not BatchState.APPROVED or record.number is None:
        return record, None
    final = counter.folder / folder_name(record)
    if not final.exists():
        return record, None
    batch = read_batch(final, record.id)
    return _kept(counter, record, batch), batch


def tasks(counter: Counter, record: BatchRecord) -> Iterator[Task]:
    """The cases of a batch in the order of its rows, read as they are asked for."""
    known, stamps = hosting(counter.desk), lookup(counter.desk)
    for number, case_id in enumerate(record.case_ids, start=1):
        case = counter.store.case(case_id)
        if case is None:
            raise CasesChanged(name_of(record), [case_id])
        lead, host = case.lead, site_of(case.lead)
        place = known.facts(host, lead.landing.ip if host and lead.landing else None)
        parts = parts_of(counter.desk, counter.store, case, stamps)
        if number % _TOLD == 0 and on_terminal():
            progress(t(f"{number}/{len(record.case_ids)} 件", f"{number} of {len(record.case_ids)} cases"))
        yield Task(
            number=number,
            case=case,
            place=place,
            sightings=parts.sightings,
            captures=parts.captures,
            stamps=parts.stamps,
        )


def changed_cases(counter: Counter, record: BatchRecord) -> list[str]:
    """The cases of a batch that are no leads of their own any more: excluded, merged, gone."""
    return [
        case_id
        for case_id in record.case_ids
        if (file := counter.officer.book.file(case_id)) is None
        or file.merged_into
        or file.state is CaseState.EXCLUDED
    ]


def house_of(counter: Counter) -> House:
    """Whose papers these are."""
    desk = counter.desk
    return House(
        contact=desk.config.takedown.contact, templates=templates_folder(desk), sources=source_titles(desk)
    )


def _unchanged(counter: Counter, record: BatchRecord) -> None:
    changed = changed_cases(counter, record)
    if changed:
        raise CasesChanged(name_of(record), changed)


def _with_number(counter: Counter, record: BatchRecord) -> BatchRecord:
    """The batch with its number; of two who seal it at once both go on with the same."""
    if record.number is not None:
        return record
    _leave_used(counter, record)
    number = counter.handovers.number(record.office, record.year, record.id)
    desk = counter.desk
    days = counter.addressees.find(record.paper, record.addressee)
    asked = (days.answer_days if days else None) or counter.form(record).answer_days
    due = counter.officer.deadlines.calendar.after(desk.today(), asked).day
    stands = counter.handovers.put_batch(numbered(record, number, desk.config.takedown.office_code, due))
    if not isinstance(stands, Stale):
        return stands
    other = stands.stands
    if isinstance(other, BatchRecord) and other.state is BatchState.APPROVED and other.number is not None:
        return other
    raise BatchChanged(name_of(record), state_of(stands))


def _leave_used(counter: Counter, record: BatchRecord) -> None:
    """Take the numbers under which other batches lie in the folder, of an earlier release, another store or
    another office: theirs stay used."""
    if not counter.folder.is_dir():
        return
    found = [_FOLDER.fullmatch(one.name) for one in counter.folder.iterdir()]
    theirs = []
    for one in found:
        if one is None or int(one[1]) != record.year:
            continue
        if not _ours(counter, record.office, counter.folder / one[0]):
            theirs.append(int(one[2]))
    for number in range(1, max(theirs, default=0) + 1):
        counter.handovers.number(record.office, record.year, f"in the folder: {number}")


def _ours(counter: Counter, office: str, folder: Path) -> bool:
    """Whether a folder holds a batch of this store that counts among those of an office."""
    try:
        found = read_header(folder)
    except (NumberTaken, BatchBroken):
        return False
    return found.office == office and counter.handovers.batch(found.id) is not None


def _making(counter: Counter, record: BatchRecord) -> Making:
    return Making(
        form=counter.form(record),
        house=house_of(counter),
        evidence=counter.desk.evidence(),
        signer=signer(counter.desk),
        software=f"finadwatch {version('finadwatch')}",
        workers=min(os.cpu_count() or 1, 1 + len(record.case_ids) // _CASES_A_WORKER),
    )


def _kept(counter: Counter, record: BatchRecord, batch: Batch) -> BatchRecord:
    """Keep that a batch is sealed as its files say. Raises BatchChanged where it was made void meanwhile, or sealed
    elsewhere with other files; files that no record knows go."""
    counter.handovers.put_items(items_of(batch))  # rows that are there already are of the same cases
    sealed = seal(record, batch.header.sealed, batch.manifest, batch.key)
    stale = counter.handovers.put_batch(sealed)
    if not isinstance(stale, Stale):
        counter.tell(stale)
        return stale
    other = stale.stands
    same = isinstance(other, BatchRecord) and other.manifest == batch.manifest
    if same and isinstance(other, BatchRecord) and other.state is not BatchState.VOID:
        counter.tell(other)
        return other
    if not same:
        shutil.rmtree(batch.folder)
    raise BatchChanged(name_of(record), state_of(stale))
