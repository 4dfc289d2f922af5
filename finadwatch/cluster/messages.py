"""What travels over a queue: a few tasks of one source, with what their plan says about them.

JSON only, and read as hostile: a message is checked whole before anything is done with it. It
says what to fetch, never how: private addresses, pace, user agent, store and credentials are
the worker's own.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from crawlers.plan import Plan
from finadwatch.cluster.errors import BadMessage
from findings.model.crawl import Task
from findings.model.ids import task_id
from findings.model.records import Run

#: Tasks of one message. Each chunk starts a process (Twisted's reactor runs once) and opens the
#: judge in it, 3 to 7 seconds on two cores; eight tasks at a source's polite pace take minutes.
CHUNK = 8
#: A message with more is refused.
MOST_TASKS = 100
#: Raised when a worker of an older release could misread a message.
VERSION = 2


class Chunk(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message. `plan` is the run's plan cut down to these tasks."""

    version: int
    run: Run
    plan: Plan
    tasks: tuple[Task, ...]

    @property
    def source(self) -> str:
        """The source of all its tasks."""
        return self.tasks[0].source


def chunks(plan: Plan, run: Run, tasks: Iterable[Task], size: int = CHUNK) -> Iterator[Chunk]:
    """The messages of a run: each task in exactly one, tasks of a source in the order given."""
    waiting: dict[str, list[Task]] = {}
    for task in tasks:
        some = waiting.setdefault(task.source, [])
        some.append(task)
        if len(some) == size:
            yield _chunk(plan, run, waiting.pop(task.source))
    for some in waiting.values():
        yield _chunk(plan, run, some)


def _chunk(plan: Plan, run: Run, tasks: list[Task]) -> Chunk:
    return Chunk(version=VERSION, run=run, plan=_cut(plan, tasks), tasks=tuple(tasks))


def _cut(plan: Plan, tasks: Iterable[Task]) -> Plan:
    """The plan with only the entries, keywords, packages and addresses that these tasks came from."""
    some = list(tasks)
    keywords = {task.keyword for task in some}
    urls = {task.url for task in some}
    entries = (
        msgspec.structs.replace(
            entry,
            keywords=tuple(word for word in entry.keywords if word in keywords),
            urls=tuple(url for url in entry.urls if url in urls),
            or_http=tuple(url for url in entry.or_http if url in urls),
            packages=tuple(name for name in entry.packages if name in keywords),
        )
        for entry in plan.sources
        if entry.source == some[0].source
    )
    kept = tuple(entry for entry in entries if entry.keywords or entry.urls or entry.packages)
    return msgspec.structs.replace(plan, sources=kept, faulty=())


def written(chunk: Chunk) -> dict[str, Any]:
    """The chunk as plain JSON values."""
    plain: dict[str, Any] = msgspec.to_builtins(chunk)
    return plain


def read_chunk(raw: object, sources: Iterable[str]) -> Chunk:
    """Read one message; `sources` are the names this worker knows. Raises BadMessage."""
    try:
        chunk = msgspec.convert(raw, Chunk)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadMessage(str(error)) from error
    if chunk.version != VERSION:
        raise BadMessage(f"it is of version {chunk.version}, this worker reads {VERSION}")
    if not 1 <= len(chunk.tasks) <= MOST_TASKS:
        raise BadMessage(f"it holds {len(chunk.tasks)} tasks")
    if chunk.run.started_at.tzinfo is None:
        raise BadMessage("the start of its run has no time zone")
    if {task.source for task in chunk.tasks} != {chunk.source} or chunk.source not in set(sources):
        raise BadMessage(f"its source {chunk.source!r} is unknown here, or not the only one")
    if chunk.plan.planned(chunk.source) is None:
        raise BadMessage(f"its plan does not name {chunk.source!r}")
    for task in chunk.tasks:
        named = task_id(
            chunk.run.id, task.source, task.url, task.keyword, task.device.value, task.page, task.region
        )
        if task.id != named or task.run_id != chunk.run.id:
            raise BadMessage(f"task {task.id!r} does not follow from its run, source and address")
    return chunk
