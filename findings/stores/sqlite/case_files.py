"""Case files in the table `case_files`, inside a transaction of the caller."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from findings.casebook import CasePage, CaseQuery
from findings.cases.facts import SeenOnce, facts_of, part_of, seen_in
from findings.cases.files import made_for, with_facts
from findings.cases.listing import Place, cursor_after
from findings.model.casework import CaseFacts, CaseFile
from findings.model.records import AdRecord
from findings.search.cursor import micros
from findings.stores.codec import decode, encode

#: Merged cases followed one into the other before a chain counts as broken.
_CHAIN = 100
#: Ids named in one statement.
_BATCH = 500

_COLUMNS = (
    "version, state, priority, severity, last_seen, assignee, district, due, given_until, quiet,"
    " merged_into, record, id"
)
_NOBODY = "assignee IS NULL"


def find(connection: sqlite3.Connection, case_id: str) -> CaseFile | None:
    """One file, or None."""
    row = connection.execute("SELECT record FROM case_files WHERE id = ?", (case_id,)).fetchone()
    return None if row is None else decode(row[0], CaseFile)


def find_many(connection: sqlite3.Connection, ids: Iterable[str]) -> dict[str, CaseFile]:
    """Those of these files that are there, by id."""
    found: dict[str, CaseFile] = {}
    for some in _some(sorted(ids)):
        marks = ", ".join("?" * len(some))
        rows = connection.execute(f"SELECT record FROM case_files WHERE id IN ({marks})", some)  # noqa: S608
        for (record,) in rows:
            file = decode(record, CaseFile)
            found[file.id] = file
    return found


def successor(connection: sqlite3.Connection, case_id: str) -> tuple[str, bool]:
    """The case that has the ads of a case now, itself unless it was merged; and whether it has a file."""
    for _ in range(_CHAIN):
        row = connection.execute("SELECT merged_into FROM case_files WHERE id = ?", (case_id,)).fetchone()
        if row is None or row[0] is None:
            return case_id, row is not None
        case_id = row[0]
    raise sqlite3.DatabaseError(f"case {case_id} is merged in a circle")


def put(connection: sqlite3.Connection, files: Iterable[CaseFile]) -> None:
    """Store files, or replace those with their ids."""
    connection.executemany(
        f"INSERT INTO case_files ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
        " ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,"
        " priority = excluded.priority, severity = excluded.severity, last_seen = excluded.last_seen,"
        " assignee = excluded.assignee, district = excluded.district, due = excluded.due,"
        " given_until = excluded.given_until, quiet = excluded.quiet,"
        " merged_into = excluded.merged_into, record = excluded.record",
        map(_row, files),
    )


def _row(file: CaseFile) -> tuple[Any, ...]:
    severity = file.facts.severity
    return (
        file.version,
        file.state,
        file.priority,
        -1 if severity is None else severity.rank,
        micros(file.facts.last_seen),
        file.assignee,
        file.district,
        file.due.isoformat() if file.due else None,
        micros(file.given.until) if file.given else None,
        file.exclusion is not None,
        file.merged_into,
        encode(file.id, file),
        file.id,
    )


def page(connection: sqlite3.Connection, query: CaseQuery, after: Place | None) -> CasePage:
    """One page of the queue."""
    condition, values = _where(query)
    (total,) = connection.execute(
        f"SELECT count(*) FROM case_files WHERE {condition}",  # noqa: S608
        values,
    ).fetchone()
    behind, place = "TRUE", []
    if after is not None:
        priority, last_seen, case_id = after
        behind = "(priority < ? OR (priority = ? AND (last_seen < ? OR (last_seen = ? AND id > ?))))"
        place = [priority, priority, last_seen, last_seen, case_id]
    rows = connection.execute(
        f"SELECT record FROM case_files WHERE {condition} AND {behind}"  # noqa: S608
        " ORDER BY priority DESC, last_seen DESC, id LIMIT ?",
        [*values, *place, query.limit + 1],
    ).fetchall()
    files = tuple(decode(record, CaseFile) for (record,) in rows[: query.limit])
    return CasePage(total, files, cursor_after(files[-1]) if len(rows) > query.limit else None)


def _where(query: CaseQuery) -> tuple[str, list[Any]]:
    parts = ["merged_into IS NULL"]
    values: list[Any] = []

    def need(condition: str, *given: Any) -> None:
        parts.append(condition)
        values.extend(given)

    def one_of(column: str, wanted: Sequence[Any]) -> str:
        return f"{column} IN ({', '.join('?' * len(wanted))})"

    if query.states:
        need(one_of("state", query.states), *query.states)
    if query.assignees:
        theirs = one_of("assignee", query.assignees)
        need(f"({theirs} OR {_NOBODY})" if query.unassigned else theirs, *query.assignees)
    elif query.unassigned:
        need(_NOBODY)
    if query.districts:
        need(one_of("district", query.districts), *query.districts)
    of_case = "EXISTS (SELECT 1 FROM ads {join} WHERE ads.case_id = case_files.id AND {one_of})"
    if query.sources:
        need(of_case.format(join="", one_of=one_of("ads.source", query.sources)), *query.sources)
    if query.categories:
        join, among = "JOIN ad_categories c ON c.ad = ads.row", one_of("c.category", query.categories)
        need(of_case.format(join=join, one_of=among), *query.categories)
    if query.due_by is not None:
        need("due <= ?", query.due_by.isoformat())
    if query.free_at is not None:
        need("(given_until IS NULL OR given_until <= ?)", micros(query.free_at))
    if query.on_desk is not None:
        officer, at = query.on_desk
        on_desk = "json_extract(CAST(record AS TEXT), '$.given.to') = ?"
        need(f"given_until > ? AND {on_desk}", micros(at), officer)
    if not query.quiet:
        need("NOT quiet")
    if query.findings_only:
        need("severity >= 0")
    return " AND ".join(parts), values


def counted_anew(connection: sqlite3.Connection, file: CaseFile) -> CaseFile:
    """The file with its facts computed from all its ads and sightings; as it is where it has no ad."""
    facts = _facts(connection, file.id)
    return file if facts is None else with_facts(file, facts)


def counted_first(connection: sqlite3.Connection, case_id: str) -> CaseFile:
    """The new file of a case that has ads."""
    facts = _facts(connection, case_id)
    if facts is None:
        raise sqlite3.DatabaseError(f"case {case_id} has no ad")
    return made_for(case_id, facts)


def _facts(connection: sqlite3.Connection, case_id: str) -> CaseFacts | None:
    ads = connection.execute("SELECT record FROM ads WHERE case_id = ?", (case_id,)).fetchall()
    if not ads:
        return None
    sightings = connection.execute(
        "SELECT s.record FROM sightings s JOIN ads ON ads.row = s.ad WHERE ads.case_id = ?", (case_id,)
    )
    seen = seen_in(decode(record, SeenOnce) for (record,) in sightings)
    return facts_of((part_of(decode(record, AdRecord)) for (record,) in ads), seen)


def count_ads(connection: sqlite3.Connection, case_id: str) -> int:
    """The ads of a case."""
    (count,) = connection.execute("SELECT count(*) FROM ads WHERE case_id = ?", (case_id,)).fetchone()
    return int(count)


def all_cases(connection: sqlite3.Connection) -> Iterator[str]:
    """The ids of the cases of all ads."""
    last = ""
    while rows := connection.execute(
        "SELECT DISTINCT case_id FROM ads WHERE case_id > ? ORDER BY case_id LIMIT ?", (last, _BATCH)
    ).fetchall():
        last = rows[-1][0]
        yield from (case_id for (case_id,) in rows)


def _some(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
