"""The outbox: bundles put, taken by a sender, removed once stored, or kept as dead letters."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from findings.errors import RunTaken, SenderBusy
from findings.model.records import CaptureBundle
from findings.outbox.file import OutboxFile
from findings.outbox.letters import Away, DeadLetter, Discarded, Letter, Pile, pack, unpack
from findings.stores.sqlite.holding import hold_file

#: Bundles of one batch and about their bytes; one bundle may be larger.
BATCH = 200
BATCH_BYTES = 8 * 1024 * 1024
#: Dead letters listed at a time.
PAGE = 1000


class Outbox:
    """Bundles that wait on this machine for stores, of which one file may hold several.

    Any number of processes may `put` at once; `sending` lets one at a time take them out. A store
    is named by its address. Every method raises OutboxAway, OutboxDamaged; methods may be called
    from any thread.
    """

    def __init__(
        self, path: Path, megabytes: int, *, sender: bool = False, clock: Callable[[], float] = time.time
    ) -> None:
        """`sender`: for the one who takes out, who may use a little more than `megabytes`."""
        self._file = OutboxFile(path, megabytes, sender=sender)
        self._clock = clock
        self.path = path

    def put(self, store: str, bundle: CaptureBundle) -> None:
        """Take a bundle; on disk on return. A newer one of the same task takes the place of the older.

        Raises OutboxFull (nothing of the bundle was taken), WriteRefused for numbers beyond 64 bits.
        """
        task = bundle.capture.task
        body, crc = pack(bundle)
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO waiting (store, task_id, run_id, put_us, crc, bundle)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (_key(store), task.id, task.run_id, self._now_us(), crc, body),
            )

    def waiting_tasks(self, store: str, run_id: str) -> set[str]:
        """Ids of the tasks of a run whose bundles wait."""
        return self._tasks("waiting", store, run_id)

    def dead_tasks(self, store: str, run_id: str) -> set[str]:
        """Ids of the tasks of a run whose bundles the store refused."""
        return self._tasks("dead", store, run_id)

    def waiting(self, store: str, run_id: str | None = None) -> int:
        """How many bundles wait for a store (of one run)."""
        of_run, named = ("", []) if run_id is None else (" AND run_id = ?", [run_id])
        with self._file.transaction("DEFERRED") as connection:
            (count,) = connection.execute(
                f"SELECT count(*) FROM waiting WHERE store = ?{of_run}",  # noqa: S608
                [_key(store), *named],
            ).fetchone()
        return int(count)

    # -- for the sender ------------------------------------------------------------------------

    @contextmanager
    def sending(self, store: str) -> Iterator[None]:
        """Be the one sender for a store while the context lasts. Raises SenderBusy.

        The place of a process that was killed is free at once.
        """
        self._file.open()
        with ExitStack() as held:
            try:
                held.enter_context(hold_file(self.path, store, f"outbox {_key(store)}"))
            except RunTaken as error:
                raise SenderBusy(store, error.holder) from error
            yield

    def batch(self, store: str) -> list[Letter]:
        """The oldest waiting bundles of a store, as many as go into one batch."""
        taken: list[Letter] = []
        size = 0
        with self._file.transaction("DEFERRED") as connection:
            for row in connection.execute(
                "SELECT number, task_id, run_id, crc, bundle FROM waiting WHERE store = ?"
                " ORDER BY number LIMIT ?",
                (_key(store), BATCH),
            ):
                letter = Letter(*row)
                size += len(letter.body)
                if taken and size > BATCH_BYTES:
                    break
                taken.append(letter)
        return taken

    def sent(self, letters: Sequence[Letter]) -> None:
        """Remove bundles that the store has. One that was put anew meanwhile stays."""
        with self._file.transaction() as connection:
            connection.executemany(
                "DELETE FROM waiting WHERE number = ?", [(letter.number,) for letter in letters]
            )

    def bury(self, store: str, letter: Letter, reason: str) -> None:
        """Keep a refused bundle as a dead letter. An older one of the same task gives way to it."""
        with self._file.transaction() as connection:
            row = connection.execute(
                "SELECT put_us FROM waiting WHERE number = ?", (letter.number,)
            ).fetchone()
            if row is None:  # put anew meanwhile: that one is tried by itself
                return
            # Removed first: in a full file the dead letter takes the pages of the waiting one.
            connection.execute("DELETE FROM waiting WHERE number = ?", (letter.number,))
            connection.execute(
                "INSERT OR REPLACE INTO dead (store, task_id, run_id, put_us, refused_us, reason, crc, bundle)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    _key(store),
                    letter.task_id,
                    letter.run_id,
                    row[0],
                    self._now_us(),
                    reason[:1000],
                    letter.crc,
                    letter.body,
                ),
            )

    def note_away(self, store: str, reason: str, wait_s: float) -> None:
        """Write down that a store could not be written to, and when it is tried again."""
        now = self._now_us()
        with self._file.transaction() as connection:
            connection.execute(
                "INSERT INTO away (store, since_us, attempts, next_us, reason) VALUES (?, ?, 1, ?, ?)"
                " ON CONFLICT (store) DO UPDATE SET attempts = attempts + 1, next_us = excluded.next_us,"
                " reason = excluded.reason",
                (_key(store), now, now + int(wait_s * 1e6), reason[:1000]),
            )

    def note_back(self, store: str) -> None:
        """Write down that a store takes again."""
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM away WHERE store = ?", (_key(store),))

    def shrink(self) -> None:
        """Give the room of what was sent back to the system."""
        self._file.shrink()

    # -- for people ----------------------------------------------------------------------------

    def piles(self) -> list[Pile]:
        """What lies here, by store."""
        with self._file.transaction("DEFERRED") as connection:
            waiting = {
                store: rest
                for store, *rest in connection.execute(
                    "SELECT store, count(*), sum(length(bundle)), min(put_us) FROM waiting GROUP BY store"
                )
            }
            dead = dict(connection.execute("SELECT store, count(*) FROM dead GROUP BY store").fetchall())
            away = {
                store: Away(_time(since), attempts, _time(next_us), reason)
                for store, since, attempts, next_us, reason in connection.execute(
                    "SELECT store, since_us, attempts, next_us, reason FROM away"
                )
            }
        piles = []
        for store in sorted(waiting.keys() | dead.keys() | away.keys()):
            count, size, oldest = waiting.get(store, (0, 0, None))
            since = None if oldest is None else _time(oldest)
            piles.append(Pile(store, count, size, since, dead.get(store, 0), away.get(store)))
        return piles

    def dead(self) -> Iterator[DeadLetter]:
        """The dead letters, oldest first."""
        columns = "store, task_id, run_id, put_us, refused_us, reason, length(bundle)"
        return map(_dead_letter, self._listed("dead", columns))

    def dead_bundle(self, letter: DeadLetter) -> CaptureBundle | None:
        """The bundle of a dead letter; None if it was sent again or given up.

        Raises WriteRefused for bytes that were damaged.
        """
        with self._file.transaction("DEFERRED") as connection:
            row = connection.execute(
                "SELECT bundle, crc FROM dead WHERE store = ? AND task_id = ?", (letter.store, letter.task_id)
            ).fetchone()
        return None if row is None else unpack(letter.task_id, *row)

    def discard(self, letter: DeadLetter, by: str, why: str) -> bool:
        """Give up a dead letter; who did it and why is kept. False if it was sent again, refused anew or given up
        meanwhile."""
        with self._file.transaction() as connection:
            row = connection.execute(
                "DELETE FROM dead WHERE store = ? AND task_id = ? AND refused_us = ?"
                " RETURNING store, task_id, run_id, put_us, refused_us, reason, length(bundle)",
                (letter.store, letter.task_id, _micros(letter.refused_at)),
            ).fetchone()
            if row is not None:
                connection.execute(
                    "INSERT INTO discarded (store, task_id, run_id, put_us, refused_us, reason, size,"
                    " discarded_us, discarded_by, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (*row, self._now_us(), by, why),
                )
        return row is not None

    def discarded(self) -> Iterator[Discarded]:
        """The dead letters that were given up, oldest first."""
        for number, *row, at, by, why in self._listed(
            "discarded",
            "store, task_id, run_id, put_us, refused_us, reason, size, discarded_us, discarded_by, why",
        ):
            yield Discarded(letter=_dead_letter([number, *row]), at=_time(at), by=by, why=why)

    def retry(self, task_id: str | None = None) -> int:
        """Let dead letters (of one task, or all) wait again and return how many; sent in the order they were put.

        One whose task was put anew stays dead until that bundle is sent.
        """
        moved = 0
        with self._file.transaction() as connection:
            chosen = connection.execute(
                "SELECT number FROM dead WHERE coalesce(?1, task_id) = task_id AND NOT EXISTS"
                " (SELECT 1 FROM waiting AS w WHERE w.store = dead.store AND w.task_id = dead.task_id)"
                " ORDER BY put_us",
                (task_id,),
            ).fetchall()
            # One at a time, each removed first: in a full file they take each other's pages.
            for (number,) in chosen:
                row = connection.execute(
                    "DELETE FROM dead WHERE number = ? RETURNING store, task_id, run_id, put_us, crc, bundle",
                    (number,),
                ).fetchone()
                connection.execute(
                    "INSERT INTO waiting (store, task_id, run_id, put_us, crc, bundle) VALUES (?, ?, ?, ?, ?, ?)",
                    row,
                )
                moved += 1
        return moved

    def set_aside(self) -> list[Path]:
        """Broken outboxes that were put aside beside this one."""
        return self._file.set_aside()

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _listed(self, table: str, columns: str) -> Iterator[Sequence[Any]]:
        last = 0
        while True:
            with self._file.transaction("DEFERRED") as connection:
                rows = connection.execute(
                    f"SELECT number, {columns} FROM {table} WHERE number > ? ORDER BY number LIMIT ?",  # noqa: S608
                    (last, PAGE),
                ).fetchall()
            yield from rows
            if len(rows) < PAGE:
                return
            last = rows[-1][0]

    def _tasks(self, table: str, store: str, run_id: str) -> set[str]:
        with self._file.transaction("DEFERRED") as connection:
            rows = connection.execute(
                f"SELECT task_id FROM {table} WHERE store = ? AND run_id = ?",  # noqa: S608
                (_key(store), run_id),
            )
            return {task for (task,) in rows}

    def _now_us(self) -> int:
        return int(self._clock() * 1e6)


def _key(store: str) -> str:
    """One name for an address that is written with and without a stroke at its end."""
    return store.rstrip("/")


def _time(micros: int) -> datetime:
    return datetime.fromtimestamp(micros / 1e6, UTC)


def _micros(at: datetime) -> int:
    return round(at.timestamp() * 1e6)


def _dead_letter(row: Sequence[Any]) -> DeadLetter:
    _, store, task, run, put_us, refused_us, reason, size = row
    return DeadLetter(store, task, run, _time(put_us), _time(refused_us), reason, size)
