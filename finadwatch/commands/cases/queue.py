"""finadwatch cases queue: what is to be done, the most pressing first."""

from typing import Any

import click

from finadwatch.commands.options import (
    case_conditions,
    conditions,
    example,
    office_options,
)
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.redacting import shown, unmasked_option
from finadwatch.show import emit, safe


@click.command(
    "queue",
    help=t(
        "办理队列：严重程度 × 影响范围 × 把握，由高到低；默认列出待核、存疑、复发且无人领取的。",
        "The queue by severity × reach × confidence; open, doubtful and relapsed cases on nobody's desk "
        "where no state is named.",
    )
    + "\n\n"
    + example(
        "finadwatch cases queue --limit 5",
        "finadwatch cases queue --mine --due 2026-12-11",
        "finadwatch cases queue --district 浦东新区 --state confirmed --json",
    ),
)
@click.option("--mine", is_flag=True, help=t("只列本人承办的", "only cases assigned to the actor"))
@click.option("--desk", "on_desk", is_flag=True, help=t("只列本人领取的", "only cases on the actor's desk"))
@case_conditions
@click.option("--why", is_flag=True, help=t("列出优先级的算法", "show how each priority comes about"))
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--cursor", help=t("接上页", "go on from a page"))
@unmasked_option
@office_options
@click.pass_obj
def queue(
    desk: Desk,
    /,
    mine: bool,
    on_desk: bool,
    why: bool,
    limit: int,
    cursor: str | None,
    unmasked: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
    **chosen: Any,
) -> None:
    """Print one page of the queue."""
    from msgspec.structs import replace

    from finadwatch.casework import file_line, hand
    from findings.casebook import CaseQuery
    from findings.model.zone import CHINA
    from findings.review.priority import explain
    from findings.review.steps import LIVE, UNREAD

    with desk.store(store_url) as store:
        officer = hand(desk, store, actor)
        see = shown(desk, store, actor, "cases queue", unmasked=unmasked)
        query = conditions(chosen) or CaseQuery()
        own = mine or on_desk
        if mine:
            query = replace(query, assignees=(officer.actor,))
        if on_desk:
            query = replace(query, on_desk=(officer.actor, officer.now()))
        if not own and not query.states:
            query = replace(query, free_at=officer.now())
        states = query.states or tuple(LIVE if own else UNREAD)
        wanted = replace(
            query,
            states=states,
            quiet=bool(query.states),
            findings_only=not own,
            limit=limit,
            cursor=cursor,
        )
        page = see(officer.book.files(wanted))
    if as_json:
        emit({"total": page.total, "files": page.files, "next_cursor": page.next_cursor})
        return
    click.echo(t(f"共 {page.total} 件", f"{page.total} cases"))
    today = officer.now().astimezone(CHINA).date()
    for file in page.files:
        click.echo(f"{file.priority:>6.2f}  {file_line(file, officer.deadlines, today)}")
        if file.given and file.given.until > officer.now():
            until = f"{file.given.until.astimezone(CHINA):%H:%M}"
            click.echo(
                t(
                    f"        {safe(file.given.to)} 已领取，至 {until}",
                    f"        with {safe(file.given.to)} until {until}",
                )
            )
        if why:
            click.echo(f"        {explain(file.facts).said.said(language())}")
    if page.next_cursor:
        click.echo(t(f"下一页：--cursor {page.next_cursor}", f"next page: --cursor {page.next_cursor}"))
