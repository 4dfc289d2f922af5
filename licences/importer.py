"""A register file goes in: read, checked, compared, stored aside, swapped in at once."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from licences.differences import Change, Differences
from licences.errors import ColumnsWrong, ListOutdated, ListShrunk, ListUnreadable
from licences.mapping import HEADER_ROWS, Mapping, find_header, load_mapping
from licences.model import Entry, LicenceEntry, ListKind, Register
from licences.rows import RowFault, RowReader, licence_entry, negative_entry
from licences.staging import Staging
from licences.tables import Cell, Row, read_tables
from licences.versions import current_version, read_version

#: A list that lost more than half of this many entries or more is probably cut off.
SHRINK_FROM = 20


class RefusedRow(msgspec.Struct, frozen=True):
    """A row that did not go in. `row` counts from 1 as in the file; `name` as far as it was read."""

    row: int
    name: str | None
    reason: str
    """In Chinese."""
    reason_en: str


class Note(msgspec.Struct, frozen=True):
    """A doubt about a row that went in."""

    row: int
    text: str
    """In Chinese."""
    text_en: str


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What an import did, or would do (`stored` is False after a preview)."""

    register: str
    version: str
    as_of: date
    rows: int
    entries: int
    added: tuple[str, ...]
    gone: tuple[str, ...]
    changed: tuple[Change, ...]
    refused: tuple[RefusedRow, ...]
    notes: tuple[Note, ...]
    complete: bool
    stored: bool


def _table(file: Path, mapping: Mapping) -> tuple[list[Row], dict[str, int]]:
    """The rows below the heading, of the first sheet that has one, and the places of columns."""
    fault: ColumnsWrong | None = None
    for rows in read_tables(file):
        if not rows:
            continue
        try:
            at, columns = find_header([row.cells for row in rows[:HEADER_ROWS]], mapping)
        except ColumnsWrong as error:
            fault = fault or error
            continue
        return rows[at + 1 :], columns
    if fault is not None:
        raise ColumnsWrong(f"{file.name}: {fault}", zh=f"{file.name}：{fault.zh}") from fault
    raise ListUnreadable(
        f"{file.name} is empty: nothing was imported", zh=f"{file.name} 是空文件：未导入任何内容"
    )


def _readable_name(row: RowReader) -> str | None:
    for column in ("full_name", "name"):
        try:
            if name := row.name(column):
                return name
        except RowFault:
            continue
    return None


def _codes(entry: Entry) -> list[str]:
    """What no two entries of one list may share."""
    if not isinstance(entry, LicenceEntry):
        return [entry.id]
    kind = entry.licence_type
    codes = [entry.id]
    codes += [f"{kind} {entry.uscc}"] if entry.uscc else []
    codes += [f"{kind} {entry.licence_no}"] if entry.licence_no else []
    return codes


class _Read(msgspec.Struct):
    """What the rows gave."""

    entries: list[Entry]
    refused: list[RefusedRow]
    notes: list[Note]


def _read_rows(
    rows: Iterable[Row], columns: dict[str, int], mapping: Mapping, register: str, source: str
) -> _Read:
    read = _Read([], [], [])
    first: dict[str, int] = {}
    for row in rows:
        cells: dict[str, Cell] = {
            column: row.cells[place] for column, place in columns.items() if place < len(row.cells)
        }
        if all(cell in (None, "") for cell in cells.values()):
            continue
        reader = RowReader(register, cells)
        entry: Entry
        try:
            if mapping.kind is ListKind.NEGATIVE:
                entry = negative_entry(reader)
            else:
                entry = licence_entry(reader, mapping.licence_type, source)
            doubled = next((code for code in _codes(entry) if code in first), None)
            if doubled is not None:
                raise RowFault(
                    f"it repeats row {first[doubled]} ({doubled})",
                    zh=f"与第 {first[doubled]} 行重复（{doubled}）",
                )
        except RowFault as fault:
            read.refused.append(RefusedRow(row.number, _readable_name(reader), fault.zh, str(fault)))
            continue
        first.update(dict.fromkeys(_codes(entry), row.number))
        read.entries.append(entry)
        read.notes += [Note(row.number, note.zh, str(note)) for note in reader.notes]
    return read


def _nothing_read(name: str, refused: Sequence[RefusedRow]) -> ListUnreadable:
    reasons = "; ".join(f"row {one.row}: {one.reason_en}" for one in refused) or "no rows below the heading"
    known = "；".join(f"第 {one.row} 行：{one.reason}" for one in refused) or "表头下没有数据行"
    return ListUnreadable(
        f"{name}: no row could be imported ({reasons})", zh=f"{name}：没有一行可以导入（{known}）"
    )


def import_list(
    file: Path,
    register_id: str,
    as_of: date,
    folder: Path,
    *,
    mapping: Path | None = None,
    now: datetime,
    allow_shrink: bool = False,
    preview: bool = False,
) -> ImportReport:
    """Import a CSV or XLSX list as the current version of a register.

    Bad rows are refused with number and reason, the rest goes in. Names in refused rows are
    kept: of them the list says nothing. A refused row without a readable name takes from the
    list the power to prove absence. `as_of` is the date of the list, `now` the clock; `preview`
    compares and stores nothing.

    Raises ListUnreadable, ColumnsWrong, ListOutdated, ListShrunk, DataFault; then the current
    version is untouched.
    """
    layout = load_mapping(register_id, mapping)
    if as_of > now.date():
        raise ListOutdated(
            f"{file.name}: its date {as_of} lies in the future; give the day the list was made",
            zh=f"{file.name}：名单日期 {as_of} 晚于今天，请给出名单的制成日期",
        )
    current = current_version(folder, register_id)
    old = read_version(folder, register_id, current) if current else None
    if old is not None and as_of < old.register.as_of:
        raise ListOutdated(
            f"{file.name} is of {as_of}, older than the current list of {old.register.id} ({old.register.as_of})",
            zh=f"{file.name} 的日期为 {as_of}，早于 {old.register.id} 的现行名单（{old.register.as_of}），未导入",
        )

    rows, columns = _table(file, layout)
    source = "".join(char for char in file.name if char.isprintable())
    read = _read_rows(rows, columns, layout, register_id, source)
    if not read.entries:
        raise _nothing_read(file.name, read.refused[:3])
    before = len(old) if old else 0
    if not allow_shrink and before >= SHRINK_FROM and len(read.entries) * 2 < before:
        raise ListShrunk(
            f"{file.name} has {len(read.entries)} entries, the current list {before}: it looks cut off; "
            "if it is right, import it again and allow it to shrink",
            zh=f"{file.name} 有 {len(read.entries)} 条，现行名单有 {before} 条，疑似被截断：如确属实，请允许缩减后重新导入",
        )

    nameless = any(one.name is None for one in read.refused)
    register = Register(
        id=register_id,
        title_zh=layout.title_zh,
        kind=layout.kind,
        as_of=as_of,
        max_age_days=layout.max_age_days,
        source=source,
        products=layout.products,
        complete=layout.complete and not nameless,
        unread=tuple(sorted({one.name for one in read.refused if one.name})),
    )
    with Staging(folder, register_id) as staging:
        for entry in read.entries:
            staging.add(entry)
        new = staging.finish(register)
        differences = Differences(old, new)
        if not preview:
            staging.publish(now.isoformat(timespec="seconds"))
    return ImportReport(
        register=register_id,
        version=new.version,
        as_of=as_of,
        rows=len(rows),
        entries=len(read.entries),
        added=tuple(differences.added_names()),
        gone=tuple(differences.gone_names()),
        changed=tuple(sorted(differences.changes(), key=lambda change: change.id)),
        refused=tuple(read.refused),
        notes=tuple(read.notes),
        complete=register.complete,
        stored=not preview,
    )
