"""finadwatch takedown due: what an office is reminded of, and how long ads took to go."""

from collections.abc import Iterator
from itertools import chain

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, safe
from findings.handovers import Handovers
from findings.model.handover import BatchState, HandedItem
from findings.model.zone import CHINA
from findings.store import FindingStore
from handover.recheck.reminders import Reminder, Reminds, reminders
from handover.recheck.times import Takedown, takedown_times

#: Reminders named to a person; `--json` names all.
_SHOWN = 100
_TITLE = 40


@click.command(
    short_help=t("列出应催办、应复查的，及从发送到消失的时间", "what is owed, and how long ads took to go"),
    help=t(
        "列出应催办、应复查的。包括逾期未回执的批次（按工作日）、发送多日仍未消失的广告、到期应复查的；并给出从发送到消失的时间。",
        "List what is owed. These are batches whose answer is overdue (in working days), ads still up long after sending, visits; and "
        "how long ads took from sending until they were gone.",
    )
    + "\n\n"
    + example("finadwatch takedown due", "finadwatch takedown due --json"),
)
@store_option
@json_option
@click.pass_obj
def due(desk: Desk, store_url: str | None, as_json: bool) -> int:
    """Print what is owed, then the times."""
    with desk.store(store_url) as store:
        found = sorted(owed(desk, store), key=_urgency)
        times = takedown_times(_sent(store.handovers()), desk.now())
    if as_json:
        emit({"reminders": found, "takedown": times})
    else:
        _tell(found, times)
    return 0


def owed(desk: Desk, store: FindingStore) -> Iterator[Reminder]:
    """What is owed of all batches that were sent, the oldest draft last."""
    from finadwatch.casework import deadlines_of

    handovers, now = store.handovers(), desk.now()
    calendar = deadlines_of(desk.config).calendar
    for batch in handovers.batches(states=[BatchState.SENT]):
        yield from reminders(
            batch,
            handovers.items(batch.id),
            now=now,
            today=now.astimezone(CHINA).date(),
            calendar=calendar,
            still_up_days=desk.config.takedown.recheck.still_up_days,
        )


def _urgency(one: Reminder) -> tuple[int, int]:
    """Answers first, visits last, for those a timer makes: a long new batch never hides an answer that is overdue."""
    return list(Reminds).index(one.what), -one.days


def _sent(handovers: Handovers) -> Iterator[HandedItem]:
    batches = handovers.batches(states=[BatchState.SENT, BatchState.CLOSED])
    return chain.from_iterable(handovers.items(batch.id) for batch in batches)


def _tell(found: list[Reminder], times: Takedown) -> None:
    for one in found[:_SHOWN]:
        click.echo(safe(_line(one)))
    if len(found) > _SHOWN:
        click.echo(t(f"……另有 {len(found) - _SHOWN} 项", f"… and {len(found) - _SHOWN} more"))
    if not found:
        click.echo(t("没有应办事项", "nothing is owed"))
    took = (
        t("无", "none")
        if times.median_days is None
        else t(f"{times.median_days:.1f} 天", f"{times.median_days:.1f} days")
    )
    click.echo(
        t(
            f"已发送 {times.sent} 行：已消失 {times.gone}（从发送到消失的中位数 {took}），未消失 {times.open}"
            f"（复现 {times.back}，无法判断或未复查 {times.unseen}）",
            f"{times.sent} rows sent: {times.gone} gone (median from sending {took}), {times.open} open "
            f"({times.back} back, {times.unseen} unseen)",
        )
    )


def _line(one: Reminder) -> str:
    if one.what is Reminds.ANSWER:
        return t(
            f"{one.mark} {one.addressee}：回执逾期 {one.days} 个工作日，未答复 {one.unanswered} 行",
            f"{one.mark} {one.addressee}: answer overdue by {one.days} working days, {one.unanswered} rows open",
        )
    if one.what is Reminds.STILL_UP:
        what = t(f"发送 {one.days} 天后仍在", f"still up {one.days} days after sending")
    elif one.days:
        what = t(f"应复查，已过期 {one.days} 天", f"a visit is owed since {one.days} days")
    else:
        what = t("今日应复查", "a visit is owed")
    row = t(f"第 {one.row} 行", f"row {one.row}")
    return f"{one.mark} {row} {one.title[:_TITLE]}：{what}"
