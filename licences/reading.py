"""The tables of a register file as a stream of entries; what did not go in is kept with its reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

import msgspec

from findings.model.errors import Said
from licences.cleaning import Cleaner, Line
from licences.errors import ColumnsWrong, ListUnreadable
from licences.files.cells import Row, Table
from licences.firmrows import filing_entry, firm_entry, joined
from licences.mapping import HEADER_ROWS, Mapping, find_header, headings
from licences.model import Entry, FilingEntry, FirmEntry, LicenceEntry, ListKind, NegativeEntry
from licences.names import full_of, head_office_of, short_of, text_key
from licences.reports import MAX_LISTED, Note, RefusedRow
from licences.rows import RowFault, RowReader, licence_entry, negative_entry
from licences.seen import SeenCodes
from licences.tables import read_tables

MAX_UNREAD = 20_000  # names of refused rows that a list keeps; with more it proves nothing

_MOST_NAMES = 8  # former names of an entry that are compared

Made = tuple[Line, Entry, list[Said]]


@dataclass(slots=True)
class Reading:
    """Reads one file. What it says of the rows is complete when `entries` has ended."""

    mapping: Mapping
    register: str
    source: str
    rows: int = 0
    refused: list[RefusedRow] = field(default_factory=list)
    refused_count: int = 0
    unread: set[str] = field(default_factory=set)
    nameless: bool = False
    notes: list[Note] = field(default_factory=list)
    note_count: int = 0
    gaps: list[Note] = field(default_factory=list)
    coded: bool = True

    def entries(self, path: Path) -> Iterator[Entry]:
        """The entries of all tables that have the columns. Raises ListUnreadable, ColumnsWrong."""
        fault: ColumnsWrong | None = None
        hidden = 0
        fitting = False
        with SeenCodes() as seen:
            for table in read_tables(path):
                if table.hidden:
                    hidden += 1
                    self._note(
                        table, None, Said("the sheet is hidden and was not read", zh="隐藏的工作表，未读取")
                    )
                    continue
                head = list(islice(table.rows, HEADER_ROWS))
                try:
                    at, columns = find_header([row.cells for row in head], self.mapping)
                except ColumnsWrong as error:
                    if head:
                        fault = fault or error
                        self._unfit(table, longer=next(table.rows, None) is not None)
                    continue
                fitting = True
                rows = chain(head[at + 1 :], table.rows)
                yield from self._table(table, head[: at + 1], rows, columns, seen)
                self._take(table)
        if not fitting:
            raise self._no_table(path, fault, hidden)
        if len(self.unread) > MAX_UNREAD:
            self.gaps.append(Note(None, "未能导入的行过多", "too many rows were refused"))

    @staticmethod
    def _no_table(path: Path, fault: ColumnsWrong | None, hidden: int) -> ColumnsWrong | ListUnreadable:
        if fault is not None:
            return ColumnsWrong(f"{path.name}: {fault}", zh=f"{path.name}：{fault.zh}")
        if hidden:
            return ListUnreadable(
                f"{path.name} has hidden sheets only: show the one that holds the list",
                zh=f"{path.name} 只有隐藏的工作表：请取消隐藏名单所在的工作表",
            )
        return ListUnreadable(
            f"{path.name} is empty: nothing was imported", zh=f"{path.name} 是空文件：未导入任何内容"
        )

    def _unfit(self, table: Table, *, longer: bool) -> None:
        """A sheet without the columns: a leaf of notes, or a table that the list may go on in."""
        said = Said("it has not the columns and was not read", zh="没有所需的表头，未读取")
        if longer:
            self.gaps.append(self._placed(table, None, said))
        elif table.name is not None:
            self._note(table, None, said)

    def _take(self, table: Table) -> None:
        for said in table.notes:
            self._note(table, None, said)
        self.gaps += [self._placed(table, None, said) for said in table.gaps]

    @staticmethod
    def _placed(table: Table, row: Row | None, said: Said) -> Note:
        number, page = (row.number, row.page) if row else (None, None)
        return Note(number, said.zh, str(said), table.name, page)

    def _note(self, table: Table, row: Row | None, said: Said) -> None:
        self.note_count += 1
        if len(self.notes) < MAX_LISTED:
            self.notes.append(self._placed(table, row, said))

    def _refuse(self, table: Table, row: Row, name: str | None, fault: RowFault) -> None:
        self.refused_count += 1
        if name is None:
            self.nameless = True
        elif len(self.unread) <= MAX_UNREAD:
            self.unread.add(name)
        if len(self.refused) < MAX_LISTED:
            self.refused.append(RefusedRow(row.number, name, fault.zh, str(fault), table.name, row.page))

    def _table(
        self, table: Table, above: list[Row], rows: Iterator[Row], columns: dict[str, int], seen: SeenCodes
    ) -> Iterator[Entry]:
        def say(row: Row, said: Said) -> None:
            self._note(table, row, said)

        lines = Cleaner(columns, above, self.mapping, table, say).lines(rows)
        titles = headings([row.cells for row in above], columns)
        for line, entry, notes in _grouped(self._made(table, lines, columns, titles)):
            try:
                once = _unless_doubled(entry, seen, table, line.row.number)
            except RowFault as fault:
                self._refuse(table, line.row, entry.name, fault)
                continue
            for said in notes:
                self._note(table, line.row, said)
            self.coded = self.coded and not isinstance(once, FilingEntry) and once.uscc is not None
            yield once

    def _made(
        self, table: Table, lines: Iterator[Line], columns: dict[str, int], titles: dict[str, str]
    ) -> Iterator[Made]:
        """The entries that rows make, each with what went in with a doubt."""
        for line in lines:
            self.rows += 1
            reader = RowReader(self.register, line.cells, titles=titles)
            try:
                if line.row.fault is not None:
                    raise RowFault(str(line.row.fault), zh=line.row.fault.zh)
                entry = self._entry(reader)
            except RowFault as fault:
                name = None if line.row.fault else _readable_name(reader)  # of such a row nothing is sure
                self._refuse(table, line.row, name, fault)
                continue
            computed = [titles[column] for column, place in columns.items() if place in line.row.formulas]
            if computed:
                reader.notes.append(
                    Said(
                        f"{', '.join(computed)} is a formula; its saved result was taken, nothing was computed",
                        zh=f"{'、'.join(computed)} 是公式，取其保存的结果，未作计算",
                    )
                )
            yield line, entry, reader.notes

    def _entry(self, reader: RowReader) -> Entry:
        match self.mapping.kind:
            case ListKind.LICENCE:
                return licence_entry(reader, self.mapping.licence_type, self.source)
            case ListKind.NEGATIVE:
                return negative_entry(reader)
            case ListKind.FIRMS:
                return firm_entry(reader, self.source)
            case ListKind.FILINGS:
                return filing_entry(reader, self.source)


def _grouped(made: Iterator[Made]) -> Iterator[Made]:
    """Firms that stand in a row for each shareholder as one, in the place of the first row."""
    waiting: Made | None = None
    for one in made:
        if waiting is not None and isinstance(waiting[1], FirmEntry) and isinstance(one[1], FirmEntry):
            together = joined(waiting[1], one[1])
            if together is not None:
                waiting = (waiting[0], together, waiting[2] + one[2])
                continue
        if waiting is not None:
            yield waiting
        waiting = one
    if waiting is not None:
        yield waiting


def _readable_name(row: RowReader) -> str | None:
    for column in ("full_name", "name"):
        try:
            if name := row.name(column):
                return name
        except RowFault:
            continue
    return None


def _apart(entry: Entry) -> str | None:
    """What tells two entries of one firm apart: each is a licence, an order or a site of its own."""
    if isinstance(entry, LicenceEntry):
        return entry.licence_no
    if isinstance(entry, NegativeEntry):
        return f"{entry.listed_on} {entry.document or entry.authority}"
    if isinstance(entry, FirmEntry):
        return None
    return next(iter((*entry.domains, *entry.app_packages)), entry.app_name)


def _codes(entry: Entry, apart: str | None) -> list[str]:
    """What no two entries of one list may share: the id, and what tells entries of one firm apart."""
    if apart is None:
        return [entry.id]
    holder = entry.licence_type if isinstance(entry, LicenceEntry) else entry.id
    return [entry.id, f"{holder} {apart}"]


def _unless_doubled(entry: Entry, seen: SeenCodes, table: Table, row: int) -> Entry:
    """The entry, with an id of its own. Raises RowFault for one that was there before."""
    apart = _apart(entry)
    codes = _codes(entry, apart)
    found = [seen.first(code) for code in codes]
    # a second licence of the same firm, a second order against it: another entry, not the same again
    if found[0] and apart is not None and not found[1]:
        codes[0] = f"{entry.id}:{apart}"
        entry = msgspec.structs.replace(entry, id=codes[0])
        found = [seen.first(codes[0])]
    first = next(filter(None, found), None)
    if first is not None:
        at, sheet = first
        place, place_zh = (f" of {sheet}", f"{sheet} ") if sheet != table.name else ("", "")
        raise RowFault(
            f"it repeats row {at}{place} ({codes[0]})", zh=f"与{place_zh}第 {at} 行重复（{codes[0]}）"
        )
    if not isinstance(entry, LicenceEntry) or entry.uscc is None:
        seen.add(codes, row, table.name)
        return entry
    names = (entry.full_name or entry.name, entry.name, *entry.former_names[:_MOST_NAMES])
    if (first := seen.first(entry.uscc)) and not _bearers(names) & _bearers(seen.names(entry.uscc)):
        at, sheet = first
        place, place_zh = (f" of {sheet}", f"{sheet} ") if sheet != table.name else ("", "")
        raise RowFault(
            f"row {at}{place} has this credit code under another name: one of the two is wrong",
            zh=f"与{place_zh}第 {at} 行的统一社会信用代码相同而名称不同，两行必有一误",
        )
    seen.add(codes, row, table.name)
    seen.add([entry.uscc], row, table.name, tuple(dict.fromkeys(names)))
    return entry


def _bearers(names: Iterable[str]) -> set[str]:
    """Names without legal forms, a branch by its head office's: no two firms may share a code."""
    keys = map(text_key, names)
    return {short_of(head_office_of(key) or full_of(key)) for key in keys}
