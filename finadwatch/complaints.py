"""A file of complaints made into a monitoring plan, and beside it which complaint led to what."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import yaml

from crawlers.complaints import Complaint, NoHeading, Unread, complaints
from finadwatch.context import Desk
from finadwatch.errors import ComplaintsRefused
from finadwatch.exporting import appearing
from finadwatch.i18n import t
from findings.model.errors import Said
from handover.cells import harmless

if TYPE_CHECKING:
    from licences.files.cells import Table

_HEADS = ("登记编号", "日期", "被投诉举报对象", "核查方式", "核查内容", "行")


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What was made of a file of complaints: counts, and the rows that gave nothing."""

    complaints: int
    urls: int
    packages: int
    keywords: int
    unread: tuple[Unread, ...]


def take_complaints(desk: Desk, path: Path, plan: Path, search: Sequence[str], title: str | None) -> Taken:
    """Write the plan, and `<plan>.complaints.csv` beside it. Firms without an address are searched for by the
    sources of `search`. Raises ListUnreadable, ComplaintsRefused, OutputRefused."""
    found: list[Complaint] = []
    unread: list[Unread] = []
    for one in _rows(path):
        if isinstance(one, Unread):
            unread.append(one)
        else:
            found.append(one)
    urls = dict.fromkeys(url for one in found for url in one.urls)
    packages = dict.fromkeys(name for one in found for name in one.packages)
    keywords: dict[str, None] = {}
    for one in found:
        if one.against and not one.urls and not one.packages:
            keywords[one.against] = None
    if not search:
        unread += [
            Unread(one.line, one.number, _named_only(one.against or ""))
            for one in found
            if one.against in keywords
        ]
        keywords = {}
    sources: list[dict[str, Any]] = []
    if urls:
        sources.append({"source": "watchlist", "urls": list(urls)})
    looking = [source.name for source in desk.sources().values() if source.lookup]
    sources += [{"source": name, "packages": list(packages)} for name in looking if packages]
    sources += [{"source": name, "keywords": list(keywords)} for name in search if keywords]
    if not sources:
        raise ComplaintsRefused(
            path,
            Said(
                "no row names anything to visit",
                zh="没有一行写明可核查的网址、应用，或可搜索的主体（--search）",
            ),
        )
    named = title or t(f"投诉举报核查 {path.stem}", f"complaints {path.stem}")
    with appearing(plan) as file:
        text = yaml.safe_dump({"title": named[:200], "sources": sources}, allow_unicode=True, sort_keys=False)
        file.write(text.encode())
    with appearing(plan.with_name(f"{plan.name}.complaints.csv")) as file:
        file.write(_table(found, keywords))
    return Taken(
        complaints=len(found),
        urls=len(urls),
        packages=len(packages),
        keywords=len(keywords),
        unread=tuple(sorted(unread, key=lambda one: one.line)),
    )


def _rows(path: Path) -> Iterator[Complaint | Unread]:
    """Of all tables of a file that have the headings."""
    from licences.tables import read_tables

    fitting = False
    for table in read_tables(path):
        if table.hidden:
            yield Unread(
                0, table.name or "", Said("the sheet is hidden and was not read", zh="隐藏的工作表，未读取")
            )
            continue
        faulty: list[Unread] = []
        try:
            for one in complaints(_cells(table, faulty)):
                fitting = True
                yield one
        except NoHeading:
            continue
        yield from faulty
        yield from (Unread(0, table.name or "", gap) for gap in table.gaps)
    if not fitting:
        raise ComplaintsRefused(
            path,
            Said(
                "no table of it has the headings of complaints (登记编号, 网址, 被投诉举报对象 …)",
                zh="没有找到投诉举报登记的表头（如 登记编号、网址、被投诉举报对象）",
            ),
        )


def _cells(table: "Table", faulty: list[Unread]) -> Iterator[tuple[int, Sequence[Any]]]:
    """The rows that can be trusted; of the others the reason goes into `faulty`."""
    for row in table.rows:
        if row.fault is None:
            yield row.number, row.cells
        else:
            faulty.append(Unread(row.number, "", row.fault))


def _named_only(name: str) -> Said:
    return Said(
        f"only a firm is named ({name[:40]}): give --search SOURCE to look for it",
        zh=f"只写了主体（{name[:40]}）：加 --search 来源 可按名称搜索",
    )


def _table(found: list[Complaint], keywords: dict[str, None]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(_HEADS)
    for one in found:
        for way, values in (
            ("网址", one.urls),
            ("应用", one.packages),
            ("搜索", (one.against,) if one.against and one.against in keywords else ()),
        ):
            for value in values:
                cells = (one.number, one.day, one.against or "", way, value or "", str(one.line))
                writer.writerow(map(harmless, cells))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")
