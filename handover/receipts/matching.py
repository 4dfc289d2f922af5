"""Which row of a batch a line answers: pure. Where what it says of itself points to different rows, to none."""

from collections.abc import Iterable, Sequence

import msgspec

from findings.model.errors import Said
from findings.model.handover import HandedItem
from findings.model.ids import landing_host
from handover.receipts.reading import Left, Line, host_key

#: Rows named in one reason.
_SHOWN = 5


class Matched(msgspec.Struct, frozen=True):
    """A line and the row that it answers."""

    item: HandedItem
    line: Line


class Matches(msgspec.Struct):
    """What became of the lines of a file. `repeated` counts lines that say of a row the same again."""

    matched: list[Matched] = []
    left: list[Left] = []
    repeated: int = 0


class _Index:
    """The rows of a batch by what a line may name them by. `by_site`: the list had one row for each site, and what is said
    of that is said of all its rows; each is known by the first of them."""

    def __init__(self, items: Iterable[HandedItem], *, by_site: bool) -> None:
        self.rows: dict[int, list[HandedItem]] = {}
        self.first: dict[int, int] = {}
        self.cases: dict[str, int] = {}
        self.hosts: dict[str, set[int]] = {}
        sites: dict[str, int] = {}
        for item in items:
            first = sites.setdefault(item.host, item.row) if by_site and item.host else item.row
            self.first[item.row] = first
            self.rows.setdefault(first, []).append(item)
            self.cases[item.case_id] = first
            for host in {item.host, *map(landing_host, item.urls)}:
                if host:
                    self.hosts.setdefault(host_key(host), set()).add(first)

    def of_row(self, row: int) -> set[int]:
        """The row of a number."""
        return {self.first[row]} if row in self.first else set()

    def of_case(self, case: str) -> set[int]:
        """The rows of a case, whose id may be cut: twelve digits of it tell it from all others of a batch."""
        if case in self.cases:
            return {self.cases[case]}
        return {row for name, row in self.cases.items() if len(case) < 35 and name.startswith(case)}


def match(
    lines: Sequence[Line], items: Iterable[HandedItem], *, named: bool, by_site: bool = False
) -> Matches:
    """The rows that lines answer. `named`: the file itself, or the call, says that it is of this batch, so that a row
    number needs nothing beside it. `by_site`: one line of the list stood for all rows of a site."""
    index = _Index(items, by_site=by_site)
    found = Matches()
    by_row: dict[int, list[Line]] = {}
    for line in lines:
        row = _row(line, index, named=named)
        if isinstance(row, Said):
            found.left.append(Left(line.sheet, line.line, row, line.text))
        else:
            by_row.setdefault(row, []).append(line)
    for row, told in by_row.items():
        if len({(line.answer, line.text) for line in told}) > 1:
            others = ", ".join(str(line.line) for line in told[:_SHOWN])
            reason = Said(
                f"row {row} is answered differently in lines {others}",
                zh=f"序号 {row} 在第 {others.replace(', ', '、')} 行有不同的答复",
            )
            found.left.extend(Left(line.sheet, line.line, reason, line.text) for line in told)
            continue
        found.repeated += len(told) - 1
        found.matched.extend(Matched(item, told[0]) for item in index.rows[row])
    found.left.sort(key=lambda left: (left.sheet or "", left.line))
    return found


def _row(line: Line, index: _Index, *, named: bool) -> int | Said:
    """The one row that everything a line says of itself points to, or why there is none."""
    said: list[tuple[str, str, set[int]]] = []
    if line.row is not None:
        said.append(("row number", "序号", index.of_row(line.row)))
    if line.case:
        said.append(("case", "案件线索编号", index.of_case(line.case)))
    if line.hosts:
        said.append(("domain", "域名", set().union(*(index.hosts.get(host, set()) for host in line.hosts))))
    if unknown := [(en, zh) for en, zh, rows in said if not rows]:
        return Said(
            f"its {' and '.join(en for en, _ in unknown)} is not in this batch",
            zh=f"{'、'.join(zh for _, zh in unknown)}不在本批次中",
        )
    rows = set.intersection(*(rows for _, _, rows in said))
    if not rows:
        return Said(
            f"its {' and '.join(en for en, _, _ in said)} belong to different rows",
            zh=f"{'、'.join(zh for _, zh, _ in said)}指向不同的行",
        )
    if len(rows) > 1:
        shown = ", ".join(map(str, sorted(rows)[:_SHOWN]))
        return Said(
            f"its domain is that of several rows ({shown}): give the row number",
            zh=f"该域名对应多行（{shown.replace(', ', '、')}）：请填写序号",
        )
    if len(said) == 1 and line.row is not None and not named:
        return Said(
            "a row number alone, in a file that names no batch: nothing to check it by",
            zh="仅有序号，文件中没有批次编号，无从核对",
        )
    return rows.pop()
