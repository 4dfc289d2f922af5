"""Which stamps cover files: an index of the lists, one SQLite file a month, made from them and kept up as they grow.

The index is a cache of this machine: what it lacks is read from the lists, and a broken one is made anew.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from findings.errors import EvidenceAltered, EvidenceMissing
from findings.model.evidence import EvidenceStore
from handover.timestamps import listing
from handover.timestamps.errors import ListBroken
from handover.timestamps.model import Stamp
from handover.timestamps.records import Records

#: Of each month: which list holds a hash, in the order of the lists' last captures (microseconds since 1970), and how
#: each day's folder was when it was read.
_TABLES = """
pragma cache_size = -16384;
create table if not exists lists (number integer primary key, sha256 text unique, day text);
create table if not exists days (day text primary key, changed integer);
create table if not exists holds (hash blob, until integer, list integer, primary key (hash, until, list)) without rowid;
"""
_FROM = "select lists.sha256, lists.day from holds join lists on lists.number = holds.list where hash = ? and until "
#: A file's hash, and when it was captured.
Asked = tuple[str, datetime | None]
_MICROSECOND = timedelta(microseconds=1)
_AFTER = _FROM + ">= ? order by until limit 1"
_BEFORE = _FROM + "< ? order by until desc limit 1"


class StampLookup:
    """The stamps of an evidence folder."""

    def __init__(self, records: Records, evidence: EvidenceStore, cache: Path) -> None:
        """`cache` is a folder on a disk of this machine that is this evidence folder's own."""
        self._records = records
        self._evidence = evidence
        self._cache = cache

    def covering(self, asked: Iterable[Asked]) -> list[Stamp]:
        """For each hash, captured at that time (UTC; None: at any), the list whose token says most: the first that
        was made after the capture, else the last before it. Lists in order of time, each once, with the
        hashes it covers of those asked; a hash in none of them has no stamp.

        Raises RecordBroken.
        """
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        left = list(dict.fromkeys(asked))
        days = self._records.days()
        months = sorted({day[:7] for day in days})
        for query, order in ((_AFTER, months), (_BEFORE, months[::-1])):
            for month in order:
                here = [pair for pair in left if _may_hold(query, month, pair[1])]
                held = self._held(month, days, query, here) if here else {}
                for pair, place in held.items():
                    found[place].add(pair[0])
                left = [pair for pair in left if pair not in held]
        stamps = []
        for (day, sha256), covers in found.items():
            record = self._records.get(day, sha256)
            if record is not None:
                stamps.append(Stamp(record=record, covers=frozenset(covers)))
        return sorted(stamps, key=lambda stamp: (stamp.record.begin, stamp.record.listing.sha256))

    def keep_up(self, days: Iterable[str]) -> None:
        """Bring the lists of these days (`records.day_of`) into the index now: it costs less than all at once later."""
        wanted = sorted(days)
        for month in sorted({day[:7] for day in wanted}):
            with suppress(sqlite3.Error, OSError):  # it is a cache: whoever looks up brings it up to date
                self._held(month, wanted, _AFTER, ())

    def _held(
        self, month: str, days: Sequence[str], query: str, asked: Iterable[Asked]
    ) -> dict[Asked, tuple[str, str]]:
        """Of each pair that a month's lists hold, day and hash of the list."""
        path = self._cache / f"{month}.db"
        ours = [day for day in days if day.startswith(month)]
        try:
            return self._ask(path, ours, query, asked)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:  # not a database any more: it is made of the lists once more
            path.unlink(missing_ok=True)
            return self._ask(
                path, [day for day in self._records.days() if day.startswith(month)], query, asked
            )

    def _ask(
        self, path: Path, days: Sequence[str], query: str, asked: Iterable[Asked]
    ) -> dict[Asked, tuple[str, str]]:
        self._cache.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = {}
        with closing(sqlite3.connect(path, timeout=60)) as database:
            database.executescript(_TABLES)
            read = dict(database.execute("select day, changed from days"))
            for day in days:
                changed = self._records.changed(day)
                if changed is None or changed != read.get(day):
                    self._read_new(database, day, changed)
            for sha256, at in asked:
                row = database.execute(query, (bytes.fromhex(sha256), _instant(at))).fetchone()
                if row is not None:
                    found[sha256, at] = (row[1], row[0])
        return found

    def _read_new(self, database: sqlite3.Connection, day: str, changed: int | None) -> None:
        """Bring the lists of a day into the index that are not there yet."""
        known = {row[0] for row in database.execute("select sha256 from lists where day = ?", (day,))}
        with database:
            for sha256 in self._records.names(day):
                if sha256 not in known:
                    self._bring(database, day, sha256)
            if changed is not None:
                database.execute("insert or replace into days values (?, ?)", (day, changed))

    def _bring(self, database: sqlite3.Connection, day: str, sha256: str) -> None:
        """Index one list. One that is lost or altered covers nothing: `evidence verify` names it."""
        with suppress(EvidenceMissing, EvidenceAltered, ListBroken):
            listed = listing.read(self._evidence.get(sha256))
            until = _instant(listed.end)
            done = database.execute("insert or ignore into lists (sha256, day) values (?, ?)", (sha256, day))
            if done.rowcount:  # else another process was first
                database.executemany(
                    "insert or ignore into holds values (?, ?, ?)",
                    ((bytes.fromhex(found), until, done.lastrowid) for found in listed.hashes),
                )


def _may_hold(query: str, month: str, at: datetime | None) -> bool:
    """Whether lists of a month may answer: each lies in the month of its last capture."""
    if at is None:
        return query is _AFTER
    own = at.astimezone(UTC).strftime("%Y-%m")
    return month >= own if query is _AFTER else month <= own


def _instant(at: datetime | None) -> int:
    """Microseconds since 1970; of no time one before any."""
    if at is None:
        return -(1 << 62)
    since = at - datetime(1970, 1, 1, tzinfo=UTC)
    return since // _MICROSECOND
