"""finadwatch review CASE… --verdict V --note TEXT: one officer's reading, of one case or many."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import click

from finadwatch.commands.options import (
    Day,
    case_conditions,
    conditions,
    example,
    note_option,
    office_options,
)
from finadwatch.context import Desk
from finadwatch.i18n import t
from findings.model.casework import ReviewVerdict
from findings.model.zone import CHINA


@click.command(
    "read",
    help=t(
        "作出核查结论。需两人复核的，两人一致方为确认或排除，不一致则存疑并列出双方意见。",
        "Say what a case is. Where two officers have to read it, it is confirmed or excluded when they agree; "
        "else it is in doubt, with both readings shown.",
    )
    + "\n\n"
    + example(
        "finadwatch review c1-0123… --verdict confirm --note 页面承诺保本保息",
        "finadwatch review c1-0123… --verdict exclude --until 2027-03-31 --note 系持牌机构，风险提示齐全",
        "finadwatch cases queue --category 3 --json | finadwatch review - --verdict exclude --note 均为新闻转载",
    ),
)
@click.argument("case_ids", nargs=-1, metavar="[CASE]...")
@click.option(
    "--verdict",
    type=click.Choice([verdict.value for verdict in ReviewVerdict]),
    required=True,
    help=t("确认、排除、存疑", "confirm, exclude or unsure"),
)
@note_option(required=True)
@click.option(
    "--until",
    type=Day(),
    help=t("排除至该日（含）；缺省不限期", "the last day of an exclusion; else it has no end"),
)
@click.option(
    "--version",
    type=click.IntRange(1),
    help=t(
        "您所看的版本；此后已有变更则按冲突处理", "the version you looked at: changed since, it is a conflict"
    ),
)
@case_conditions
@click.option(
    "--limit",
    type=click.IntRange(1, 10_000),
    default=1000,
    show_default=True,
    help=t("按条件筛选时最多处理的件数", "most cases of the conditions"),
)
@office_options
@click.pass_obj
def reading(
    desk: Desk,
    /,
    case_ids: tuple[str, ...],
    verdict: str,
    note: str,
    until: date | None,
    version: int | None,
    limit: int,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
    **chosen: Any,
) -> int:
    """Read each case; exit 1 if one of them was changed by somebody else or does not take the step."""
    from msgspec.structs import replace

    from finadwatch.casework import hand, meant, tell
    from finadwatch.reading import reading_of
    from findings.review.steps import UNREAD
    from findings.review.working import carry_out, new_id

    said = ReviewVerdict(verdict)
    try:
        end = datetime.combine(until + timedelta(days=1), time.min, CHINA).astimezone(UTC) if until else None
    except OverflowError as error:
        raise click.UsageError(
            t("--until 超出日历范围：不限期请省略", "--until is beyond the calendar: leave it out for no end")
        ) from error
    with desk.store(store_url) as store:
        officer = hand(desk, store, actor)
        query = conditions(chosen, limit=limit)
        if query is not None and not query.states:
            query = replace(query, states=tuple(UNREAD))
        ids = meant(officer.book, case_ids, query)
        if version is not None and len(ids) != 1:
            raise click.UsageError(t("--version 只用于一件", "--version is for one case"))
        single = len(ids) == 1 and case_ids == (ids[0],)
        bulk = None if single else new_id()
        step = reading_of(store, officer.house, said, note, end)
        outcomes = carry_out(officer, ids, step, version=version, bulk=bulk)
        return tell(outcomes, officer, as_json=as_json, bulk=bulk, single=single)
