"""finadwatch cases take, return: a case lies on one desk at a time."""

from typing import Any

import click

from finadwatch.commands.options import case_conditions, conditions, example, office_options
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.redacting import hidden
from finadwatch.show import emit


@click.command(
    "take",
    help=t(
        "领取案件：在时限内只归领取人办理。不给编号则领取队列中下一件（本人承办或未分派的）。",
        "Take cases: until then nobody else can work on them. Without an id the next of the queue, "
        "of those assigned to the actor or to nobody.",
    )
    + "\n\n"
    + example("finadwatch cases take", "finadwatch cases take c1-0123… --minutes 60"),
)
@click.argument("case_ids", nargs=-1, metavar="[CASE]...")
@click.option(
    "--minutes",
    type=click.IntRange(1, 480),
    help=t("领取时长，默认取配置", "for how long; else as configured"),
)
@case_conditions
@office_options
@click.pass_obj
def take(
    desk: Desk,
    /,
    case_ids: tuple[str, ...],
    minutes: int | None,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
    **chosen: Any,
) -> int:
    """Take the cases named, or the next of the queue."""
    from msgspec.structs import replace

    from finadwatch.casework import file_line, hand, work
    from finadwatch.summary import print_case
    from findings.casebook import CaseQuery
    from findings.model.zone import CHINA
    from findings.review.steps import Take
    from findings.review.working import take_next

    held = minutes or desk.config.review.take_minutes
    if case_ids:
        return work(desk, case_ids, Take(held), chosen, actor, store_url, as_json=as_json)
    with desk.store(store_url) as store:
        officer = hand(desk, store, actor)
        wanted = conditions(chosen) or CaseQuery()
        if not wanted.assignees:
            wanted = replace(wanted, assignees=(officer.actor,), unassigned=True)
        file = hidden(take_next(officer, held, wanted))
        if as_json:
            emit({"file": file})
        elif file is None:
            click.echo(t("队列中没有可领取的案件", "the queue holds no case to take"))
        else:
            click.echo(f"✓ {file_line(file, officer.deadlines, officer.now().astimezone(CHINA).date())}")
            if view := store.case(file.id):
                print_case(hidden(view))
        return 0


@click.command(
    "return",
    help=t("退回领取的案件。", "Give cases back before their time.")
    + "\n\n"
    + example("finadwatch cases return c1-0123…"),
)
@click.argument("case_ids", nargs=-1, required=True, metavar="CASE...")
@office_options
@click.pass_obj
def give_back(
    desk: Desk, case_ids: tuple[str, ...], actor: str | None, store_url: str | None, as_json: bool
) -> int:
    """Clear the desk of each case; another officer's only as head of the office."""
    from finadwatch.casework import work
    from findings.review.steps import Return

    return work(desk, case_ids, Return(), {}, actor, store_url, as_json=as_json)
