"""Keeps a schedule: decides what is due, starts its crawls, and sees what becomes of them.

A due time is written down before its crawl starts and has one run, whose id follows from plan and
time. So whatever is killed, when and on how many machines: at the next look the store tells
whether that run was never begun, is at work, was interrupted, or has ended.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from crawlers.plan import Missed, Plan, Unfinished
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.ledger import due_run_id, plan_key, unfinished
from finadwatch.scheduling.children import Child, prune, stop
from finadwatch.scheduling.deciding import decide
from finadwatch.scheduling.files import PlanFiles
from finadwatch.scheduling.says import (
    say_at_work,
    say_failed,
    say_faults,
    say_interrupted,
    say_skipped,
    say_started,
)
from finadwatch.scheduling.state import Begun, Ended, PlanState, ScheduleState
from finadwatch.show import progress
from findings.model.errors import FinAdWatchError
from findings.model.records import Run
from findings.store import FindingStore

#: Seconds between two looks while something goes on, and at most while nothing does: the clock may be
#: set, the machine may have slept, a file may have changed.
_BUSY_S, _IDLE_S = 1.0, 5.0
#: Seconds until a plan that can't go on now is looked at again.
_BLOCKED_S = 5.0
#: A run that failed so often is gone on with no more.
_MOST_TRIES = 3
#: Seconds until a run that lacked a service is tried again: doubled each time, up to the longest.
_AWAY_S, _LONGEST_AWAY_S = 60.0, 900.0


class Crawls(msgspec.Struct, frozen=True, kw_only=True):
    """How crawls are started: `before` and `after` are the words around `crawl` and its plan.

    `queued`: they put their tasks on the queues of a broker, else they fetch them themselves.
    `at_once`: how many go on beside each other.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    queued: bool
    at_once: int


class Keeper:
    """The schedule of one home, on one store. `failed` are the titles of plans that failed."""

    def __init__(
        self,
        desk: Desk,
        files: PlanFiles,
        state: ScheduleState,
        crawls: Crawls,
        store_url: str | None = None,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self._desk = desk
        self._files = files
        self._state = state
        self._crawls = crawls
        self._store_url = store_url
        self._now = now or desk.now
        self._children: dict[str, Child] = {}
        self._logs = state.folder / "logs"
        self._said: dict[str, str] = {}
        self._look_at: dict[str, float] = {}
        self.failed: set[str] = set()

    def tick(self) -> float:
        """Start what is due and settle what ended; return in how many seconds to look again."""
        say_faults(self._files.refresh())
        for title, (path, plan) in self._files.plans().items():
            try:
                self._settle(title)
                if title not in self._children and time.monotonic() >= self._look_at.get(title, 0.0):
                    self._look(title, path, plan)
            except FinAdWatchError as error:  # the store is away, say: the other plans go on
                self._once(title, error.said(language()))
                self._look_at[title] = time.monotonic() + _BLOCKED_S
        for title in self._children.keys() - self._files.plans().keys():
            self._settle(title)  # its file went away or has a fault
        return _BUSY_S if self._children else _IDLE_S

    @property
    def busy(self) -> bool:
        """Whether a crawl goes on that this scheduler started."""
        return bool(self._children)

    def close(self) -> None:
        """Interrupt the crawls and wait for them; their runs are gone on with at the next start."""
        stop(list(self._children.values()))
        self._children.clear()

    # -- what is due ----------------------------------------------------------------------------

    def _look(self, title: str, path: Path, plan: Plan) -> None:
        kept = self._kept(title, plan)
        if kept.begun is None:
            self._decide(title, kept)
        if kept.begun is not None:
            self._go_on(title, path, plan, kept, kept.begun)

    def _kept(self, title: str, plan: Plan) -> PlanState:
        """What is known of a plan. A new plan, or one whose times changed, counts from now; so does
        every plan once the clock was set back (a time that already has its run gets no second)."""
        assert plan.schedule is not None
        now = self._now()
        kept = self._state.plans.get(title)
        if kept is None:
            kept = self._state.plans[title] = PlanState(schedule=plan.schedule, decided=now)
            self._state.save()
        elif kept.schedule != plan.schedule or kept.decided > now:
            kept.schedule, kept.decided = plan.schedule, now
            self._state.save()
        return kept

    def _decide(self, title: str, kept: PlanState) -> None:
        now = self._now()
        found = decide(kept.schedule, kept.decided, now)
        if found is None:
            return
        kept.decided = found.due
        if found.run:
            kept.begun = Begun(due=found.due, run_id=due_run_id(title, found.due), missed=found.missed)
        else:
            kept.ended = Ended(due=found.due, outcome="skipped", at=now, missed=found.missed)
            say_skipped(title, kept.schedule, found.due, found.missed)
        self._state.save()

    # -- what is done about it ------------------------------------------------------------------

    def _go_on(self, title: str, path: Path, plan: Plan, kept: PlanState, begun: Begun) -> None:
        """Start, resume, await or close the run of a due time, as the store says it stands."""
        if begun.again_at is not None and self._now() < begun.again_at:
            return
        sources = frozenset(entry.source for entry in plan.sources)
        if self._crowded(sources):
            return
        with self._desk.store(self._store_url, create=True) as store:
            run = next((run for run in store.runs() if run.id == begun.run_id), None)
            if run is not None and _over(run):
                self._end(title, kept, run.exit)
                return
            other = self._at_work(store, title, begun.run_id)
            if other is not None:
                self._once(title, say_at_work(title, other))
                self._look_at[title] = time.monotonic() + _BLOCKED_S
                return
            resumes = kept.schedule.unfinished is Unfinished.RESUME
            if run is not None:
                if resumes and _may_try(kept, run):
                    self._start(title, ("--resume", run.id), run.id, sources)
                else:
                    self._end(title, kept, run.exit)
                return
            older = _interrupted(store, title) if resumes else None
        if older is not None and _may_try(kept, older):
            self._start(title, ("--resume", older.id), older.id, sources)
        else:
            say_started(title, kept.schedule, begun.due, self._now(), begun.missed)
            due = ("--due", begun.due.isoformat(), str(path))
            self._start(title, due, begun.run_id, sources)

    def _crowded(self, sources: frozenset[str]) -> bool:
        """Whether a crawl must wait for others: only so many at once, and one at a time of a source."""
        if len(self._children) >= self._crawls.at_once:
            return True
        return not self._crawls.queued and any(sources & child.sources for child in self._children.values())

    def _at_work(self, store: FindingStore, title: str, run_id: str) -> str | None:
        """What keeps a plan at work elsewhere: `process`, or the id of a run on the queues."""
        if store.held(run_id) or store.held(plan_key(title)):
            return "process"
        return next(
            (run.id for run in unfinished(store) if run.queued and run.plan == title and not _over(run)), None
        )

    def _start(self, title: str, what: tuple[str, ...], run_id: str, sources: frozenset[str]) -> None:
        if what[0] == "--resume":
            progress(
                t(f"计划“{title}”：继续中断的监测 {run_id}", f"plan {title!r}: going on with run {run_id}")
            )
        words = (*self._crawls.before, "crawl", *self._crawls.after, *what)
        self._said.pop(title, None)
        self._children[title] = Child(words, self._logs / f"{run_id}.log", run_id, sources)
        prune(self._logs)

    # -- what became of it ----------------------------------------------------------------------

    def _settle(self, title: str) -> None:
        child = self._children.get(title)
        code = None if child is None else child.ended()
        if child is None or code is None:
            return
        del self._children[title]
        kept = self._state.plans[title]
        begun = kept.begun
        ours = begun is not None and child.run_id == begun.run_id  # else an older run, gone on with before
        if code == 2 and self._elsewhere(title, child.run_id):
            return  # another scheduler was faster: the next look sees what becomes of it
        if code != 0:
            self.failed.add(title)
        if code not in (0, 1):
            kept.tries = {**kept.tries, child.run_id: kept.tries.get(child.run_id, 0) + 1}
        if begun is not None and ours and code == 3 and kept.schedule.missed is Missed.ONCE:
            self._again(title, kept, begun, child)
            return
        if code != 0:
            say_failed(title, code, child.log)
        if ours and not (code in (0, 1) and self._crawls.queued):  # what is on the queues goes on
            self._end(title, kept, code if code >= 0 else None)

    def _elsewhere(self, title: str, run_id: str) -> bool:
        with self._desk.store(self._store_url, create=True) as store:
            return self._at_work(store, title, run_id) is not None or any(
                run.id == run_id for run in store.runs()
            )

    def _again(self, title: str, kept: PlanState, begun: Begun, child: Child) -> None:
        """A service was away, and the plan wants missed times caught up: try again later."""
        begun.waits_s = min(_LONGEST_AWAY_S, begun.waits_s * 2 or _AWAY_S)
        begun.again_at = self._now() + timedelta(seconds=begun.waits_s)
        self._state.save()
        say_failed(title, 3, child.log, again=begun.again_at)

    def _end(self, title: str, kept: PlanState, code: int | None) -> None:
        assert kept.begun is not None
        begun, kept.begun = kept.begun, None
        kept.ended = Ended(
            due=begun.due, outcome="ran", at=self._now(), missed=begun.missed, run_id=begun.run_id, exit=code
        )
        kept.tries = dict(list(kept.tries.items())[-20:])
        self._said.pop(title, None)
        self._state.save()
        if code is None or code == 130:
            say_interrupted(title, begun.run_id)

    def _once(self, title: str, sentence: str) -> None:
        """Say what keeps a plan waiting when it changes, not at every look."""
        if self._said.get(title) != sentence:
            self._said[title] = sentence
            progress(sentence)


def _may_try(kept: PlanState, run: Run) -> bool:
    """Whether an interrupted run is worth another try."""
    return kept.tries.get(run.id, 0) < _MOST_TRIES


def _over(run: Run) -> bool:
    """Whether a run did all it meant to: it ended, or reached a limit of its plan."""
    return run.ended_at is not None or (run.exit in (0, 1) and not run.queued)


def _interrupted(store: FindingStore, title: str) -> Run | None:
    """The newest run that the schedule began of a plan and that was interrupted, or None."""
    return next(
        (run for run in unfinished(store) if run.plan == title and run.due_at is not None and not _over(run)),
        None,
    )
