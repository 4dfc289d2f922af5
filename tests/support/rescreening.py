"""Rescreens in one line, for tests: a job, and parts whose judgements a test gives."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from findings.model.judgement import Judgement
from findings.query import SearchQuery
from findings.rescreening.change import change_of
from findings.rescreening.job import Batch, Job, Part, Progress, Rejudged, Versions, part_of
from findings.rescreens import Rescreens
from tests.support import records as make

VERSIONS = Versions(software="1", ruleset="2026.11.2", digest="d", model="m", lists="l")


def job(slices: int = 1, **more: Any) -> Job:
    """A rescreen of everything."""
    values: dict[str, Any] = {
        "id": "j1-0",
        "versions": VERSIONS,
        "query": SearchQuery(),
        "as_of": None,
        "turn": 0,
        "slices": slices,
        "ads": 0,
        "by": "沈一",
        "begun_at": make.NOON,
    }
    return Job(**(values | more))


def part(progress: Progress, batch: Batch, answers: Mapping[str, Judgement]) -> Part:
    """What a batch comes to with these judgements by id; ads without one are as they were."""
    changed: list[Rejudged] = []
    for archived in batch.ads:
        ad = archived.ad
        new = answers.get(ad.id, ad.judgement)
        if change := change_of(ad.judgement, new):
            changed.append(
                Rejudged(
                    ad_id=ad.id,
                    instead_of=ad.judged_at,
                    judged_at=ad.judged_at + timedelta(days=1),
                    judgement=new,
                    change=change,
                )
            )
    return part_of(progress, batch, changed, len(batch.ads) - len(changed), batch.unreadable)


def through(
    book: Rescreens,
    of: Job,
    answers: Mapping[str, Judgement],
    seen: Callable[[str], object] = lambda ad_id: None,
) -> list[Progress]:
    """Work through a rescreen; `seen` hears of each ad judged."""
    for number in range(of.slices):
        progress = book.settle(of, number)
        while not progress.done:
            batch = book.read(of, progress)
            for archived in batch.ads:
                seen(archived.ad.id)
            progress = book.write(of, part(progress, batch, answers))
    return book.progress(of)
