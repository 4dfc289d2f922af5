"""A run and its ledger: begun, gone on with, ended; which of its tasks comes next."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import msgspec
from msgspec.structs import replace

from finadwatch.context import Desk
from finadwatch.errors import DueTaken, NothingToResume, NotInStore, PlanBusy, PlanLost
from findings.errors import HoldLost, RunTaken
from findings.model.crawl import Task
from findings.model.errors import FinAdWatchError, Said
from findings.model.records import Run
from findings.query import Coverage
from findings.store import FindingStore

if TYPE_CHECKING:
    from crawlers.plan import Plan


class Feed:
    """The open tasks of a run, those of the source with the fewest under way first: one that is asked
    slowly never keeps the others waiting. No more tasks are held in memory than are under way."""

    def __init__(self, streams: Mapping[str, Iterable[Task]]) -> None:
        self._live = {source: iter(tasks) for source, tasks in streams.items()}
        self._under_way = dict.fromkeys(streams, 0)

    def __iter__(self) -> Iterator[Task]:
        while self._live:
            source = min(self._live, key=self._under_way.__getitem__)
            task = next(self._live[source], None)
            if task is None:
                del self._live[source]
                continue
            self._under_way[source] += 1
            yield task

    def done(self, task: Task) -> None:
        """A task that came from here has its capture."""
        self._under_way[task.source] -= 1


def plan_text(plan: "Plan") -> str:
    """A plan as the JSON text that is kept with its run."""
    return msgspec.json.encode(plan).decode()


def digest(text: str) -> str:
    """What tells that two runs are of the same plan."""
    return hashlib.sha256(text.encode()).hexdigest()


def due_run_id(title: str, due: datetime) -> str:
    """The id of the run of a plan that a due time asks for: the same on every machine, so that there is one."""
    return f"r1-{digest(f'{title} {due.astimezone(UTC).isoformat()}')[:32]}"


def new_run(desk: Desk, plan: "Plan", *, queued: bool = False, due: datetime | None = None) -> Run:
    """A run of a plan, not yet stored; for a `due` time of its schedule, or begun by a person."""
    return Run(
        id=f"r1-{uuid4().hex}" if due is None else due_run_id(plan.title, due),
        due_at=due,
        plan=plan.title,
        started_at=desk.now(),
        plan_sha256=digest(plan_text(plan)),
        queued=queued,
    )


def plan_key(title: str) -> str:
    """What is held in a store while a run of a plan with a schedule goes on, as a run is by its id."""
    return f"plan {digest(title)[:32]}"


@contextmanager
def hold_plan(store: FindingStore, plan: "Plan") -> Iterator[Callable[[], None]]:
    """Hold a plan while the context lasts, if it has a schedule; gives what raises once the hold is lost.

    Raises PlanBusy on entry.
    """
    with ExitStack() as held:
        confirm: Callable[[], None] = lambda: None  # noqa: E731
        if plan.schedule is not None:
            try:
                confirm = held.enter_context(store.hold(plan_key(plan.title))).confirm
            except RunTaken as taken:
                raise PlanBusy(plan.title, taken.holder) from taken
        yield confirm


def only_one(store: FindingStore, plan: "Plan", new: Run) -> None:
    """Raise PlanBusy if a run of a plan with a schedule is on the queues, DueTaken if the new run
    stands in the store. The plan must be held."""
    if plan.schedule is None:
        return
    if any(run.id == new.id for run in store.runs()):
        raise DueTaken(new.id)
    queued = next((run for run in unfinished(store) if run.queued and run.plan == plan.title), None)
    if queued is not None:
        by = Said(
            f"run {queued.id} is on the queues; if its messages were lost: crawl --resume {queued.id}",
            zh=f"监测 {queued.id} 的任务在消息队列中；若消息已丢失：crawl --resume {queued.id}",
        )
        raise PlanBusy(plan.title, by)


def write_down(desk: Desk, store: FindingStore, run: Run, plan: "Plan") -> Run:
    """Store a run with its plan and its whole ledger; only then does it know its `tasks`.

    A run that was interrupted on the way here is written down again: the same tasks follow from
    the same plan. Raises what `plan_tasks` raises, before anything is stored.
    """
    from crawlers.plan import plan_tasks
    from findings.model.zone import CHINA

    day = run.started_at.astimezone(CHINA).date()
    tasks = plan_tasks(plan, run.id, desk.sources(), day)
    store.put_plan(run.id, plan_text(plan))
    store.put_run(run)
    complete = replace(run, tasks=store.put_tasks(run.id, tasks))
    store.put_run(complete)
    return complete


def unfinished(store: FindingStore) -> Iterator[Run]:
    """Runs that can be gone on with, newest first."""
    return (run for run in store.runs() if run.ended_at is None and run.plan_sha256 is not None)


def to_resume(store: FindingStore, run_id: str) -> Run:
    """The run of an id, or the newest unfinished one for an empty id.

    Raises NotInStore, NothingToResume where the run has ended or keeps no plan.
    """
    if not run_id:
        newest = next(unfinished(store), None)
        if newest is None:
            raise NothingToResume(store.url)
        return newest
    run = next((run for run in store.runs() if run.id == run_id), None)
    if run is None:
        raise NotInStore(run_id, store.url)
    if run.ended_at is not None or run.plan_sha256 is None:
        raise NothingToResume(store.url, run_id)
    return run


def kept_plan(store: FindingStore, run: Run) -> "Plan":
    """The plan that a run was begun with. Raises PlanLost."""
    from crawlers.plan import Plan

    text = store.plan(run.id)
    if text is None or digest(text) != run.plan_sha256:
        raise PlanLost(run.id)
    try:
        return msgspec.json.decode(text, type=Plan)
    except msgspec.DecodeError as error:
        raise PlanLost(run.id) from error


def open_by_source(desk: Desk, store: FindingStore, run: Run, plan: "Plan") -> dict[str, Iterator[Task]]:
    """The open tasks of a run by source, in the plan's order, by today's authorisations."""
    today = desk.today()
    lapsed = {entry.source for entry in plan.sources if entry.authorised and entry.robots_on(today) == "obey"}

    def of(source: str) -> Iterator[Task]:
        for task in store.open_tasks(run.id, source):
            yield replace(task, robots="obey") if source in lapsed else task

    return {entry.source: of(entry.source) for entry in plan.sources}


def end_if_done(desk: Desk, store: FindingStore, run: Run) -> int:
    """Write down that a run ended, and how, if none of its tasks is open; return how many are."""
    left = store.task_counts(run.id).open
    if not left and run.ended_at is None:
        store.put_run(replace(run, ended_at=desk.now(), exit=exit_of(store.coverage(run.id))))
    return left


def exit_of(coverage: Coverage) -> int:
    """The exit code of a crawl that did all it meant to: 1 where some task ended in `error`."""
    return 1 if any(source.outcomes.get("error") for source in coverage.sources) else 0


@contextmanager
def exit_kept(store: FindingStore, run: Run) -> Iterator[None]:
    """Write down with what exit code this process ends if it can't go on with a stored run."""
    try:
        yield
    except HoldLost:
        raise  # the run is another process's now
    except BaseException as error:
        code = error.exit_code if isinstance(error, FinAdWatchError) else 4
        # A store that is away keeps what it knew: that no process ended the run.
        with suppress(FinAdWatchError):
            store.put_run(replace(run, exit=130 if isinstance(error, KeyboardInterrupt) else code))
        raise
