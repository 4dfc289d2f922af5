"""A batch drafted from chosen cases, and approved by a second person."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import uuid4

import msgspec

from finadwatch.handing_over.counter import Counter
from finadwatch.i18n import t
from finadwatch.show import progress
from findings.errors import CaseMissing
from findings.model.handover import BatchRecord, BatchState, Paper
from findings.model.records import CaseView
from findings.model.vocabulary import CaseState
from findings.query import SearchQuery
from handover.batch_life import Approvers, approve, draft
from handover.errors import NothingToHandOver
from handover.rows import site_first, site_of

#: A query that asks for every case.
EVERYTHING = SearchQuery()
#: What tells a draft that goes on to be sealed in the same call.
AT_ONCE = "随即批准、签封（--now）"


@dataclass(frozen=True)
class Wanted:
    """What a batch is to be: its paper, to whom, which cases. Cases are named, or the first `limit` that match a query,
    worst first."""

    paper: Paper
    addressee: str
    case_ids: Sequence[str] = ()
    query: SearchQuery = EVERYTHING
    limit: int = 1000


def draft_batch(counter: Counter, wanted: Wanted, *, at_once: bool = False) -> BatchRecord:
    """Draft a batch. What an officer excluded is left out.

    Raises NothingToHandOver, CaseMissing for a case that is named and not there.
    """
    query = "" if wanted.case_ids else _asked(wanted.query)
    if at_once and (begun := _begun(counter, wanted, query)) is not None:
        return begun
    found = _named(counter, wanted.case_ids) if wanted.case_ids else _matching(counter, wanted)
    # Of two cases that are named and were merged, one is left.
    sites = list({case.id: (case.id, site_of(case.lead)) for case in found}.values())
    if not sites:
        raise NothingToHandOver
    by_site = counter.addressees.papers[wanted.paper].rows == "site"
    case_ids = site_first(sites) if by_site else [case_id for case_id, _ in sites]
    record = draft(
        uuid4().hex,
        wanted.paper,
        office=counter.desk.config.takedown.office,
        addressee=wanted.addressee,
        case_ids=tuple(case_ids),
        query=query,
        by=counter.done(AT_ONCE if at_once else ""),
    )
    return counter.put(record)


def approve_batch(counter: Counter, record: BatchRecord, note: str = "") -> BatchRecord:
    """Approve a draft. Raises WrongBatchStep, NotApprover, BatchChanged."""
    counter.tell(record)
    named = counter.desk.config.takedown
    approvers = Approvers(names=named.approvers, one_person=named.one_person)
    return counter.put(approve(record, counter.done(note), approvers))


def _begun(counter: Counter, wanted: Wanted, query: str) -> BatchRecord | None:
    """The batch that a call like this one began and was broken off before it was sealed."""
    open_states = (BatchState.DRAFT, BatchState.APPROVED)
    for record in counter.handovers.batches(states=open_states, papers=(wanted.paper,)):
        same = (record.addressee, record.query, record.drafted.by) == (
            wanted.addressee,
            query,
            counter.officer.actor,
        )
        if same and record.drafted.note == AT_ONCE and set(wanted.case_ids) <= set(record.case_ids):
            return record
    return None


def _asked(query: SearchQuery) -> str:
    """A query as it is kept with a batch: the JSON of what differs from asking for everything."""
    nothing = msgspec.to_builtins(SearchQuery())
    asked = {key: value for key, value in msgspec.to_builtins(query).items() if value != nothing[key]}
    return msgspec.json.encode(asked).decode()


def _matching(counter: Counter, wanted: Wanted) -> Iterator[CaseView]:
    cases = (case for case in counter.store.cases(wanted.query) if case.state is not CaseState.EXCLUDED)
    return islice(cases, wanted.limit)


def _named(counter: Counter, case_ids: Iterable[str]) -> Iterator[CaseView]:
    for case_id in dict.fromkeys(case_ids):
        case = counter.store.case(case_id)
        if case is None:
            raise CaseMissing(case_id)
        if case.state is CaseState.EXCLUDED:
            progress(t(f"已排除，未列入：{case.id}", f"was excluded, so it is left out: {case.id}"))
            continue
        yield case  # of a case that was merged, the one that has its ads
