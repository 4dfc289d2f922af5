"""A rescreen by processes of this machine: they read and judge, this one writes and keeps the progress."""

import multiprocessing
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from finadwatch.context import Desk
from finadwatch.errors import WorkerLost
from finadwatch.i18n import choose, language
from finadwatch.judging import Judge
from finadwatch.rescreening.beginning import require_versions
from finadwatch.rescreening.judging import Bench
from finadwatch.screening import interrupts_held
from findings.errors import RunTaken
from findings.rescreening.job import Batch, Job, Part, Progress, advanced
from findings.rescreens import Rescreens, slice_name
from findings.store import FindingStore

#: Slices that each process has under way: while a part of one is written, the other is judged.
AHEAD = 2
#: Seconds between two looks at slices that others work on.
_LOOK_S = 1.0

Teller = Callable[[Progress], None]


class Keeper(Protocol):
    """Where parts go."""

    def hold(self, number: int, held: ExitStack) -> Progress | None:
        """Take a slice, until `held` is closed, and say how far it came; None: another process works on it."""
        ...

    def write(self, part: Part) -> Progress:
        """Take a part; how far its slice is now."""
        ...


@dataclass(frozen=True)
class Writing:
    """Parts go into the store."""

    store: FindingStore
    book: Rescreens
    job: Job

    def hold(self, number: int, held: ExitStack) -> Progress | None:
        """Hold the slice in the store."""
        try:
            held.enter_context(self.store.hold(slice_name(self.job, number)))
        except RunTaken:
            return None
        return self.book.settle(self.job, number)

    def write(self, part: Part) -> Progress:
        """Write it."""
        return self.book.write(self.job, part)


class Rehearsing:
    """Parts go nowhere: a dry run. It only adds up."""

    def __init__(self) -> None:
        self._slices: dict[int, Progress] = {}

    def hold(self, number: int, held: ExitStack) -> Progress:
        """Nobody else is about."""
        return self._slices.setdefault(number, Progress(number=number))

    def write(self, part: Part) -> Progress:
        """Add it up."""
        now = advanced(self._slices[part.number], part, (), ())
        self._slices[part.number] = now
        return now


def work(
    desk: Desk,
    store: FindingStore,
    judge: Judge,
    job: Job,
    keeper: Keeper,
    tell: Teller,
    *,
    workers: int,
) -> None:
    """Work through all slices that are not done; `tell` hears of each part written.

    Raises WorkerLost; the store's errors. Whatever ends it, the same call goes on from where it was.
    """
    if workers <= 1:
        book = store.rescreens()
        try:
            _alone(book, Bench(judge, desk.evidence(), job.as_of), keeper, job, tell)
        finally:
            book.close()
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _start, (desk, store.url, job, language())) as pool:
        try:
            _share(pool, keeper, job, tell, workers * AHEAD)
        except BrokenProcessPool as error:
            raise WorkerLost from error
        finally:
            pool.shutdown(cancel_futures=True)


@dataclass(frozen=True)
class _Opened:
    """A slice that is held: how far it came, and the ads that come next, None where it is done and let go."""

    progress: Progress
    held: ExitStack
    batch: Batch | None


class _Left(Enum):
    """Why there is no next slice."""

    TAKEN = "others work on all that are left"
    NONE = "all were opened"


def _alone(book: Rescreens, bench: Bench, keeper: Keeper, job: Job, tell: Teller) -> None:
    """Judge here, while a thread writes what was judged before and reads what comes next."""
    slices = _slices(keeper, range(job.slices))

    def go_on(progress: Progress, held: ExitStack) -> _Opened:
        if progress.done:
            held.close()
            return _Opened(progress, held, None)
        return _Opened(progress, held, book.read(job, progress))

    def open_one() -> _Opened | _Left:
        for slice_ in slices:
            if slice_ is None:
                return _Left.TAKEN
            progress, held = slice_
            all_held.push(held)
            return go_on(progress, held)
        return _Left.NONE

    def write(part: Part, held: ExitStack) -> _Opened:
        return go_on(keeper.write(part), held)

    with ExitStack() as all_held, ThreadPoolExecutor(1, "archive") as hand:
        # Of each slice that is open the one step that is next, in the order in which the thread does them.
        steps: deque[Future[_Opened | _Left]] = deque()
        opening: Future[_Opened | _Left] | None = None
        left = True
        while steps or left:
            if left and opening is None and len(steps) < AHEAD:
                steps.append(opening := hand.submit(open_one))
            step = steps.popleft()
            now = step.result()
            if step is opening:
                opening = None
            elif isinstance(now, _Opened):
                tell(now.progress)
            if now is _Left.NONE:
                left = False
            elif now is _Left.TAKEN and not steps:
                time.sleep(_LOOK_S)
            elif isinstance(now, _Opened) and now.batch is not None:
                if left and opening is None and len(steps) < AHEAD:
                    steps.append(opening := hand.submit(open_one))
                part = bench.part(now.progress, now.batch)
                steps.append(hand.submit(write, part, now.held))


def _slices(keeper: Keeper, numbers: Iterable[int]) -> Iterator[tuple[Progress, ExitStack] | None]:
    """Slices, each held; None where others work on all that are left: it is worth asking again later."""
    waiting = list(numbers)
    while waiting:
        taken: list[int] = []
        for number in waiting:
            held = ExitStack()
            progress = keeper.hold(number, held)
            if progress is None:
                taken.append(number)
            else:
                yield progress, held
        if taken == waiting:
            yield None
        waiting = taken


def _share(pool: ProcessPoolExecutor, keeper: Keeper, job: Job, tell: Teller, most: int) -> None:
    """Keep so many slices under way in the pool."""
    slices = _slices(keeper, range(job.slices))
    under_way: dict[Future[Part], ExitStack] = {}
    left = True
    with ExitStack() as all_held:
        while left or under_way:
            while left and len(under_way) < most:
                try:
                    slice_ = next(slices)
                except StopIteration:
                    left = False
                    break
                if slice_ is None:
                    break
                progress, held = slice_
                all_held.push(held)
                _go_on(pool, progress, held, under_way)
            if not under_way:
                time.sleep(_LOOK_S if left else 0)
                continue
            for done in wait(under_way, _LOOK_S, return_when=FIRST_COMPLETED).done:
                held = under_way.pop(done)
                progress = keeper.write(done.result())
                tell(progress)
                _go_on(pool, progress, held, under_way)


def _go_on(
    pool: ProcessPoolExecutor, progress: Progress, held: ExitStack, under_way: dict[Future[Part], ExitStack]
) -> None:
    """Let the next part of a slice be judged, or let go of one that is done."""
    if progress.done:
        held.close()
        return
    with interrupts_held():  # the processes start here, and inherit it
        under_way[pool.submit(_judge, progress)] = held


_judge_part: Callable[[Progress], Part] | None = None


def _start(desk: Desk, store_url: str, job: Job, lang: str) -> None:
    """Prepare a process. Judge and store open with the first part, so that an error of opening reaches the caller."""
    global _judge_part
    choose(lang)
    opened: list[tuple[Rescreens, Bench]] = []

    def part(progress: Progress) -> Part:
        if not opened:
            judge = desk.judge()
            require_versions(judge, job)
            opened.append((desk.store(store_url).rescreens(), Bench(judge, desk.evidence(), job.as_of)))
        book, bench = opened[0]
        return bench.part(progress, book.read(job, progress))

    _judge_part = part


def _judge(progress: Progress) -> Part:
    if _judge_part is None:
        raise RuntimeError("a process was used before it was started")
    return _judge_part(progress)
