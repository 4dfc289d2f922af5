"""finadwatch cases feed: cases for other systems, in a documented form."""

from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import Day, example, office_options
from finadwatch.context import Desk
from finadwatch.exporting import appearing
from finadwatch.i18n import t
from finadwatch.redacting import shown, unmasked_option
from finadwatch.show import emit
from findings.model.vocabulary import CaseState
from findings.model.zone import CHINA
from findings.query import SearchQuery

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handover.interchange.entry import FeedEntry

#: What officers have decided on; cases that nobody has read go to no other system unless asked for.
_DECIDED = (CaseState.CONFIRMED, CaseState.HANDED_OVER, CaseState.CLOSED, CaseState.RELAPSED)


@click.command(
    "feed",
    help=t(
        "把案件线索写成供其他系统读取的文件：JSON 行、CSV 或 STIX 2.1（docs/interchange.md）。默认只含已确认及其后的案件；"
        "个人信息脱敏。",
        "Write cases for other systems: JSON lines, CSV or STIX 2.1 (docs/interchange.md). Only what officers confirmed, "
        "unless states are given; personal data is masked.",
    )
    + "\n\n"
    + example("finadwatch cases feed --format stix --since 2026-11-01 -o 线索.json"),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("jsonl", "csv", "stix")),
    default="jsonl",
    show_default=True,
    help=t("格式", "form"),
)
@click.option(
    "--state",
    "states",
    type=click.Choice([state.value for state in CaseState]),
    multiple=True,
    default=[state.value for state in _DECIDED],
    show_default=True,
    help=t("状态", "state"),
)
@click.option(
    "--category", "categories", type=click.IntRange(1, 9), multiple=True, help=t("类别 1–9", "category 1–9")
)
@click.option(
    "--since", type=Day(), help=t("最近发现不早于（中国日期）", "last seen on that day in China or later")
)
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help=t("写入的文件", "the file to write"),
)
@unmasked_option
@office_options
@click.pass_obj
def feed(
    desk: Desk,
    form: str,
    states: tuple[str, ...],
    categories: tuple[int, ...],
    since: date | None,
    output: Path,
    unmasked: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> None:
    """Write a feed; the file appears when it is whole."""
    from handover.interchange.entry import feed_entry
    from handover.interchange.writing import feed_bytes

    begins = datetime.combine(since or date(2000, 1, 1), time.min, CHINA)
    query = SearchQuery(
        states=tuple(CaseState(state) for state in states),
        categories=categories,
        seen_since=begins if since else None,
        findings_only=True,
    )
    count = 0
    with desk.store(store_url) as store:
        see = shown(desk, store, actor, f"cases feed {output.name}", unmasked=unmasked)

        def entries() -> "Iterator[FeedEntry]":
            nonlocal count
            for case in store.cases(query):
                count += 1
                yield feed_entry(see(case), whole=unmasked)

        with appearing(output) as file:
            for piece in feed_bytes(entries(), form, office=desk.config.takedown.office, since=begins):
                file.write(piece)
    if as_json:
        emit({"file": str(output), "cases": count})
    else:
        click.echo(t(f"{count} 件已写入 {output}", f"{count} cases written to {output}"), err=True)
