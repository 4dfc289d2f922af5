"""finadwatch cases assign, state, extend: steps on one case or many, each with its own outcome."""

from collections.abc import Callable
from typing import Any

import click

from finadwatch.commands.options import case_conditions, example, note_option, office_options
from finadwatch.context import Desk
from finadwatch.i18n import t
from findings.model.vocabulary import CaseState
from findings.review.steps import Assign, Close, Extend, HandOver, Reopen, Step

#: What leads to a state that an officer sets by hand; the others follow from readings.
_TO: dict[str, Callable[[str], Step]] = {
    CaseState.HANDED_OVER.value: HandOver,
    CaseState.CLOSED.value: Close,
    CaseState.OPEN.value: Reopen,
}


@click.command(
    "assign",
    help=t(
        "把案件分派给承办人、辖区；空值取消分派。",
        'Assign cases to an officer or a district; "" takes it away.',
    )
    + "\n\n"
    + example(
        "finadwatch cases assign c1-0123… --to 沈一 --to-district 浦东新区",
        "finadwatch cases assign --category 8 --state open --to 沈一",
    ),
)
@click.argument("case_ids", nargs=-1, metavar="[CASE]...")
@click.option("--to", "officer", metavar="NAME", help=t("承办人", "whose cases they become"))
@click.option("--to-district", "to_district", metavar="NAME", help=t("辖区", "which district's"))
@note_option()
@case_conditions
@office_options
@click.pass_obj
def assign(
    desk: Desk,
    /,
    case_ids: tuple[str, ...],
    officer: str | None,
    to_district: str | None,
    note: str,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
    **chosen: Any,
) -> int:
    """Assign each case."""
    from finadwatch.casework import work

    if officer is None and to_district is None:
        raise click.UsageError(t("请给出 --to 或 --to-district", "give --to or --to-district"))
    step = Assign(officer=officer, district=to_district, note=note)
    return work(desk, case_ids, step, chosen, actor, store_url, as_json=as_json)


@click.command(
    "state",
    help=t(
        "变更状态：handed_over 移送（限已确认的）、closed 已处置、open 重新核查。确认、排除、存疑由核查得出。",
        "Set a state: handed_over (of confirmed cases), closed, open (to be read again). "
        "Confirmed, excluded and unsure follow from readings.",
    )
    + "\n\n"
    + example("finadwatch cases state c1-0123… closed --note 市通信管理局已关闭网站"),
)
@click.argument("case_ids", nargs=-1, required=True, metavar="CASE...")
@click.argument("state", type=click.Choice(list(_TO)))
@note_option(required=True)
@office_options
@click.pass_obj
def set_state(
    desk: Desk,
    case_ids: tuple[str, ...],
    state: str,
    note: str,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Set the state of each case."""
    from finadwatch.casework import work

    return work(desk, case_ids, _TO[state](note), {}, actor, store_url, as_json=as_json)


@click.command(
    "extend",
    help=t(
        "延长办理期限（一次，须负责人批准；负责人见配置 review.heads）。",
        "Put off a deadline, once, by leave of the head of the office (review.heads).",
    )
    + "\n\n"
    + example("finadwatch cases extend c1-0123… --note 案情复杂，程局已批准"),
)
@click.argument("case_ids", nargs=-1, required=True, metavar="CASE...")
@note_option(required=True)
@office_options
@click.pass_obj
def extend(
    desk: Desk, case_ids: tuple[str, ...], note: str, actor: str | None, store_url: str | None, as_json: bool
) -> int:
    """Put off the deadline of each case."""
    from finadwatch.casework import work

    return work(desk, case_ids, Extend(note), {}, actor, store_url, as_json=as_json)
