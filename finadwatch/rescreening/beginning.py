"""A rescreen begun or gone on with, and ended: which versions judge, which ads, what the trail says of it."""

from collections.abc import Iterable
from datetime import date

from msgspec.structs import replace

from finadwatch.context import Desk
from finadwatch.judging import Judge
from finadwatch.rescreening.errors import OtherVersions
from findings.backup.manifest import software
from findings.query import SearchQuery
from findings.rescreening.job import Job, Progress, Tally, Versions, begun, ended, job_id, slices_for
from findings.store import FindingStore


def versions_of(judge: Judge) -> Versions:
    """What judges here and now."""
    rules = judge.analyzer.ruleset
    return Versions(
        software=software(),
        ruleset=rules.version,
        digest=rules.digest,
        model=judge.analyzer.model_name,
        lists=judge.registers.set_id,
    )


def require_versions(judge: Judge, job: Job) -> None:
    """Raise OtherVersions unless a judge is what a rescreen began with."""
    if versions_of(judge) != job.versions:
        raise OtherVersions(job.id)


def wanted_job(
    desk: Desk,
    store: FindingStore,
    judge: Judge,
    query: SearchQuery,
    as_of: date | None,
    by: str,
    *,
    anew: bool,
) -> Job:
    """The rescreen that a call means: the one of these versions and this query that there is, else a new one, which
    is not kept yet. `anew` asks for another one behind one that has ended."""
    versions, book = versions_of(judge), store.rescreens()
    # Order and size of a page say nothing about which ads are meant.
    query = SearchQuery(**{name: getattr(query, name) for name in _CONDITIONS})
    turn = 0
    while True:
        there = book.job(job_id(versions, query, as_of, turn))
        if there is None:
            break
        later = book.job(job_id(versions, query, as_of, turn + 1))
        if later is None and not (anew and there.ended_at):
            return there
        turn += 1
    total = store.search(replace(query, facets=(), limit=1)).total
    return Job(
        id=job_id(versions, query, as_of, turn),
        versions=versions,
        query=query,
        as_of=as_of,
        turn=turn,
        slices=slices_for(total),
        ads=total,
        by=by,
        begun_at=desk.now(),
    )


_CONDITIONS = [
    name for name in SearchQuery.__struct_fields__ if name not in ("sort", "facets", "limit", "cursor")
]


def begin(store: FindingStore, job: Job) -> Job:
    """Keep a rescreen, with its entry in the trail."""
    kept = store.rescreens().begin(job)
    store.casebook().note(begun(kept))
    return kept


def end_if_done(desk: Desk, store: FindingStore, job: Job) -> Job:
    """The rescreen as it is kept; it has ended once all its slices are done."""
    book = store.rescreens()
    kept = book.job(job.id) or job
    if kept.ended_at is not None:
        return kept
    slices = book.progress(kept)
    if not all(one.done for one in slices):
        return kept
    kept = replace(kept, ended_at=desk.now())
    store.casebook().note(ended(kept, desk.now(), total(slices)))
    book.end(kept)
    return kept


def total(slices: Iterable[Progress]) -> Tally:
    """What all slices add up to."""
    tally = Tally()
    for one in slices:
        tally += one.tally
    return tally
