"""The rows of a batch, made from its cases by as many processes as there are: each encloses the evidence of its cases.

Only rows stay in memory; a case is let go once its files are written.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.connection import wait
from pathlib import Path

import msgspec

from findings.model.evidence import EvidenceStore
from findings.model.records import CaseView
from handover.batch_evidence import Enclosed, enclose
from handover.hosting.model import HostFacts
from handover.rows import BatchRow, batch_row, without_personal_data

#: Cases that wait for each process, so that none is idle and few are in memory.
_AHEAD = 4


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One case to be put into a batch, as the row of this number."""

    number: int
    case: CaseView
    place: HostFacts = HostFacts()


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How every case is put in: from which evidence, into which folder (None: nothing is enclosed, as in a draft),
    whether personal data is masked in its row."""

    evidence: EvidenceStore
    root: Path | None
    masked: bool


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """A case that was put in. `rulesets` judged its ads."""

    row: BatchRow
    enclosed: Enclosed | None
    rulesets: tuple[str, ...]


def put_all(tasks: Iterable[Task], recipe: Recipe, workers: int) -> Iterator[Put]:
    """Put cases into a batch, in order. With one worker this process does it itself."""
    if workers <= 1:
        for task in tasks:
            yield _put(recipe, task)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (recipe,)) as pool:
        under_way: deque[Future[Put]] = deque()
        for task in tasks:
            under_way.append(pool.submit(_put_here, task))
            if len(under_way) >= _AHEAD * workers:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


_recipe: Recipe | None = None


def _start(recipe: Recipe) -> None:
    """Begin a worker. It ends with the process that started it, also where that is killed."""
    global _recipe
    _recipe = recipe
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(1)), daemon=True).start()


def _put_here(task: Task) -> Put:
    assert _recipe is not None, "a worker is begun by _start"
    return _put(_recipe, task)


def _put(recipe: Recipe, task: Task) -> Put:
    case = task.case
    enclosed = enclose(case, recipe.evidence, recipe.root) if recipe.root else None
    if enclosed:
        sha256, missing = enclosed.sha256, len(enclosed.missing)
    else:
        sha256, missing = "", sum(ref.sha256 not in recipe.evidence for ref in case.evidence)
    row = batch_row(task.number, case, sha256, missing, task.place)
    return Put(
        row=without_personal_data(row, case) if recipe.masked else row,
        enclosed=enclosed,
        rulesets=tuple(sorted({ad.judgement.ruleset for ad in case.ads})),
    )
