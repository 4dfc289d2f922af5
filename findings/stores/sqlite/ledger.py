"""The ledger of a run in the tables: what it has to do, and what of that is done."""

import sqlite3
from collections.abc import Sequence

from findings.model.crawl import Task
from findings.query import TaskCounts
from findings.stores.codec import decode, encode, readable

#: Tasks written in one transaction, and read in one.
BATCH = 1000

_OPEN = "NOT EXISTS (SELECT 1 FROM captures WHERE captures.task_id = tasks.id)"


def write_tasks(connection: sqlite3.Connection, run_id: str, tasks: Sequence[Task], place: int) -> None:
    """Store tasks that stand from `place` on, or replace those with their ids."""
    rows = [readable(task) for task in tasks]
    connection.executemany(
        "INSERT INTO tasks (id, run_id, source, place, record) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE SET place = excluded.place, record = excluded.record",
        [(task.id, run_id, task.source, place + n, encode(task.id, task)) for n, task in enumerate(rows)],
    )


def read_open(
    connection: sqlite3.Connection, run_id: str, source: str | None, after: tuple[int, str]
) -> list[tuple[tuple[int, str], Task]]:
    """The next open tasks behind a place, each with its own; none where there are no more."""
    of_source, named = ("TRUE", []) if source is None else ("source = ?", [source])
    rows = connection.execute(
        f"SELECT place, id, record FROM tasks WHERE run_id = ? AND {of_source}"  # noqa: S608
        f" AND (place, id) > (?, ?) AND {_OPEN} ORDER BY place, id LIMIT {BATCH}",
        [run_id, *named, *after],
    )
    return [((place, name), decode(record, Task)) for place, name, record in rows]


def count_tasks(connection: sqlite3.Connection, run_id: str) -> TaskCounts:
    """Done and open tasks of a run."""
    (done,) = connection.execute("SELECT count(*) FROM captures WHERE run_id = ?", (run_id,)).fetchone()
    (left,) = connection.execute(
        f"SELECT count(*) FROM tasks WHERE run_id = ? AND {_OPEN}",  # noqa: S608
        (run_id,),
    ).fetchone()
    return TaskCounts(done=done, open=left)
