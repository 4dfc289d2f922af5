"""The rows of a batch, made from its cases by as many processes as there are: each writes the packages of its cases.

Only rows stay in memory; a case is let go once its files are written.
"""

import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from pathlib import Path

import msgspec
from msgspec.structs import replace

from findings.model.crawl import Capture
from findings.model.evidence import EvidenceStore
from findings.model.records import CaseView, Sighting
from handover.errors import WriterLost
from handover.hosting.model import HostFacts
from handover.manifest import FileEntry
from handover.package.facts import PackageFacts
from handover.package.write import write_package
from handover.rows import BatchRow, batch_row, without_personal_data
from handover.signing import Signer
from handover.timestamps.model import Stamp

#: The folder of a batch that holds its packages.
EVIDENCE = "evidence"

#: Cases that wait for each process, so that none is idle and few are in memory.
_AHEAD = 4


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """One case to be put into a batch as the row of this number, with what its package is made of."""

    number: int
    case: CaseView
    place: HostFacts = HostFacts()
    sightings: tuple[Sighting, ...] = ()
    captures: Mapping[str, Capture] = {}
    stamps: Sequence[Stamp] = ()


class Packing(msgspec.Struct, frozen=True, kw_only=True):
    """Where the packages of a batch go (its folder), in whose name they are made, with which key."""

    root: Path
    facts: PackageFacts
    signer: Signer


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """How every case is put in: from which evidence, whether personal data is masked in its row, how its package is
    made (None: none is, as in a draft)."""

    evidence: EvidenceStore
    masked: bool
    packing: Packing | None


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """A case that was put in: its row, the files of its package as the batch's manifest names them, what is missing in
    it, which rulesets judged its ads."""

    row: BatchRow
    files: tuple[FileEntry, ...]
    missing: tuple[str, ...]
    rulesets: tuple[str, ...]


def put_all(tasks: Iterable[Task], recipe: Recipe, workers: int) -> Iterator[Put]:
    """Put cases into a batch, in order. With one worker this process does it itself. Raises WriterLost."""
    if workers <= 1:
        for task in tasks:
            yield _put(recipe, task)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (recipe,)) as pool:
        try:
            under_way: deque[Future[Put]] = deque()
            for task in tasks:
                under_way.append(pool.submit(_put_here, task))
                if len(under_way) >= _AHEAD * workers:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        except BrokenProcessPool as error:
            raise WriterLost from error


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
    files: tuple[FileEntry, ...] = ()
    missing = tuple(f"{case.id}: {ref.sha256}" for ref in case.evidence if ref.sha256 not in recipe.evidence)
    manifest = ""
    if recipe.packing:
        package = write_package(
            case,
            task.sightings,
            task.captures,
            recipe.evidence,
            task.stamps,
            recipe.packing.root / EVIDENCE / case.id,
            recipe.packing.facts,
            recipe.packing.signer,
        )
        manifest = package.manifest_sha256
        files = tuple(replace(one, path=f"{EVIDENCE}/{case.id}/{one.path}") for one in package.files)
        missing = tuple(f"{case.id}: {one}" for one in package.missing)
    row = batch_row(task.number, case, manifest, len(missing), task.place)
    return Put(
        row=without_personal_data(row, case) if recipe.masked else row,
        files=files,
        missing=missing,
        rulesets=tuple(sorted({ad.judgement.ruleset for ad in case.ads})),
    )
