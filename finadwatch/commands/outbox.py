"""finadwatch outbox: what waits on this machine for its store, and what a store refused."""

from collections.abc import Callable
from typing import Any

import click

from finadwatch.commands.options import as_option, example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.redacting import hidden, shown, unmasked_option
from finadwatch.show import emit, progress, table
from findings.errors import LetterMissing, LettersDead
from findings.outbox.letters import Pile

#: Longest reason for giving up, in code points.
_MOST_WHY = 500


@click.group(
    help=t(
        "发件箱：抓取结果写入网络存储之前先存于本机，存储恢复后再发送；被存储拒绝的结果另行保留。",
        "The outbox: what was crawled lies on this machine until a store over the network has it; "
        "what a store refuses is kept.",
    )
    + "\n\n"
    + example("finadwatch outbox status", "finadwatch outbox send")
)
def command() -> None:
    """Group."""


@command.command(
    help=t("各存储的待发与被拒结果。", "What waits for each store, and what it refused.")
    + "\n\n"
    + example("finadwatch outbox status --json")
)
@json_option
@click.pass_obj
def status(desk: Desk, as_json: bool) -> None:
    """Show what lies in the outbox, by store; empty where nothing was ever put in."""
    with desk.outbox() as outbox:
        piles = [hidden(pile) for pile in outbox.piles()]
        broken = [str(path) for path in outbox.set_aside()]
    if as_json:
        emit({"file": str(desk.config.outbox_file), "stores": piles, "broken": broken})
        return
    for path in broken:
        progress(t(f"另存的损坏发件箱：{path}", f"a broken outbox put aside: {path}"))
    if not piles:
        click.echo(t("发件箱为空", "the outbox is empty"))
        return
    table(
        t("发件箱", "Outbox"),
        (
            t("存储", "store"),
            t("待发", "waiting"),
            "MB",
            t("最早 (UTC)", "oldest (UTC)"),
            t("被拒", "refused"),
            t("存储状态", "state"),
        ),
        [
            (
                pile.store,
                pile.waiting,
                f"{pile.size / 1e6:.1f}",
                f"{pile.oldest:%Y-%m-%d %H:%M}" if pile.oldest else "",
                pile.dead,
                _state(pile),
            )
            for pile in piles
        ],
    )


def _state(pile: Pile) -> str:
    if pile.away is None:
        return ""
    tried, since = pile.away.attempts, pile.away.since
    return t(
        f"自 {since:%m-%d %H:%M} 起无法写入，试 {tried} 次：{pile.away.reason}",
        f"not written to since {since:%m-%d %H:%M}, {tried} tries: {pile.away.reason}",
    )


@command.command(
    help=t(
        "发送待发结果（缺省为所有存储）；存储无应答则以 3 退出，结果保留。",
        "Send what waits (for every store, or one); exit 3 if a store does not answer, and all is kept.",
    )
    + "\n\n"
    + example("finadwatch outbox send", "finadwatch outbox send --store http://10.1.0.5:9200")
)
@store_option
@json_option
@click.pass_obj
def send(desk: Desk, store_url: str | None, as_json: bool) -> int:
    """Send once; every store is tried, whatever became of those before it."""
    from finadwatch.sending import send_to
    from findings.redaction import masked

    if store_url:
        stores = [store_url]
    else:
        with desk.outbox() as outbox:
            stores = [pile.store for pile in outbox.piles() if pile.waiting]
    worst = 0
    for store in stores:
        result = send_to(desk, store)
        if result.trouble is not None:
            progress(result.trouble.said(language()))
            worst = max(worst, result.trouble.exit_code)
        if result.sent.refused:
            worst = max(worst, LettersDead.exit_code)
        if as_json:
            emit(
                {
                    "store": store,
                    "stored": result.sent.stored,
                    "refused": result.sent.refused,
                    "waiting": result.waiting,
                    "error": masked(str(result.trouble)) if result.trouble else None,
                }
            )
        else:
            stored, refused, waiting = result.sent.stored, result.sent.refused, result.waiting
            click.echo(
                t(
                    f"{store}：已入库 {stored}，被拒 {refused}，仍待发 {waiting}",
                    f"{store}: {stored} stored, {refused} refused, {waiting} still waiting",
                )
            )
    if not stores and not as_json:
        click.echo(t("没有待发结果", "nothing waits"))
    return worst


@command.command(
    help=t(
        "列出被存储拒绝的结果及原因；给出任务编号则显示其全文（JSON）。",
        "List what a store refused and why; with the id of a task, all of it as JSON.",
    )
    + "\n\n"
    + example("finadwatch outbox dead", "finadwatch outbox dead t1-0123…")
)
@click.argument("task_id", required=False)
@unmasked_option
@as_option
@json_option
@click.pass_obj
def dead(desk: Desk, task_id: str | None, unmasked: bool, actor: str | None, as_json: bool) -> None:
    """List the dead letters, or show one; unmasked, the trail of the store that refused them has an entry first."""
    see: Callable[[Any], Any] = hidden
    with desk.outbox() as outbox:
        letters = [letter for letter in outbox.dead() if task_id in (None, letter.task_id)]
        if task_id and not letters:
            raise LetterMissing(task_id)
        for address in {letter.store for letter in letters} if unmasked else ():
            with desk.store(address) as store:
                see = shown(desk, store, actor, f"outbox dead {task_id or ''}".rstrip(), unmasked=True)
        if task_id:
            for letter in letters:
                if (bundle := outbox.dead_bundle(letter)) is not None:
                    emit(see(bundle))
            return
    letters = [see(letter) for letter in letters]
    if as_json:
        for letter in letters:
            emit(letter)
    elif not letters:
        click.echo(t("没有被拒的结果", "nothing was refused"))
    else:
        table(
            t("被拒的结果", "Refused"),
            (t("任务", "task"), t("存储", "store"), t("时间 (UTC)", "when (UTC)"), t("原因", "reason")),
            [
                (letter.task_id, letter.store, f"{letter.refused_at:%Y-%m-%d %H:%M}", letter.reason)
                for letter in letters
            ],
        )


@command.command(
    help=t(
        "放弃被拒的结果：其任务在存储中记为 error（已有结果的不变），何人、何时、为何放弃另行保留。",
        "Give up what was refused: the store has `error` for its task, unless it has something already, and who gave "
        "it up, when and why is kept.",
    )
    + "\n\n"
    + example("finadwatch outbox discard t1-0123… --why 页面已损坏，无法入库", "finadwatch outbox discarded")
)
@click.argument("task_ids", nargs=-1, required=True, metavar="TASK...")
@click.option(
    "--why", required=True, help=t("理由（最多 500 个字符）", "the reason (at most 500 characters)")
)
@as_option
@json_option
@click.pass_obj
def discard(desk: Desk, task_ids: tuple[str, ...], why: str, actor: str | None, as_json: bool) -> int:
    """Give up the dead letters of these tasks; exit 1 if a task is open again, for its store could not be told."""
    from finadwatch.sending import give_up
    from findings.model.surrogates import without_halves
    from findings.review.acting import name_of

    by, why = name_of(actor or desk.actor), " ".join(without_halves(why).split())
    if not 1 <= len(why) <= _MOST_WHY:
        raise click.UsageError(
            t(f"--why 应为 1 至 {_MOST_WHY} 个字符", f"--why has 1 to {_MOST_WHY} characters")
        )
    open_again = False
    with desk.outbox(sender=True) as outbox:
        letters = list(outbox.dead())
        for task_id in task_ids:
            if all(letter.task_id != task_id for letter in letters):
                raise LetterMissing(task_id)
        for letter in letters:
            if letter.task_id not in task_ids:
                continue
            ended = give_up(desk, outbox, letter, by, why)
            if ended is None:
                continue
            open_again |= not ended
            if as_json:
                emit({"task_id": letter.task_id, "store": letter.store, "ended": ended})
            elif ended:
                click.echo(t(f"已放弃 {letter.task_id}", f"{letter.task_id} is given up"))
            else:
                click.echo(
                    t(
                        f"已放弃 {letter.task_id}，但未能在存储中记为 error：该任务仍未完成，crawl --resume 将重新抓取",
                        f"{letter.task_id} is given up, but its store could not be told: the task is open, and "
                        "crawl --resume fetches it again",
                    )
                )
    return 1 if open_again else 0


@command.command(
    help=t("列出已放弃的结果：何人、何时、为何。", "List what was given up: by whom, when and why.")
    + "\n\n"
    + example("finadwatch outbox discarded --json")
)
@json_option
@click.pass_obj
def discarded(desk: Desk, as_json: bool) -> None:
    """List what was given up, oldest first."""
    with desk.outbox() as outbox:
        gone = [hidden(one) for one in outbox.discarded()]
    if as_json:
        for one in gone:
            emit(one)
    elif not gone:
        click.echo(t("没有放弃的结果", "nothing was given up"))
    else:
        table(
            t("已放弃的结果", "Given up"),
            (
                t("任务", "task"),
                t("存储", "store"),
                t("时间 (UTC)", "when (UTC)"),
                t("何人", "who"),
                t("为何", "why"),
                t("被拒原因", "refused for"),
            ),
            [
                (
                    one.letter.task_id,
                    one.letter.store,
                    f"{one.at:%Y-%m-%d %H:%M}",
                    one.by,
                    one.why,
                    one.letter.reason,
                )
                for one in gone
            ],
        )


@command.command(
    help=t(
        "将被拒的结果（缺省为全部）放回待发，原因排除后再用 send 发送。",
        "Let what was refused wait again (all of it, or of these tasks), once the reason is gone; send then sends it.",
    )
    + "\n\n"
    + example("finadwatch outbox retry", "finadwatch outbox retry t1-0123… && finadwatch outbox send")
)
@click.argument("task_ids", nargs=-1)
@json_option
@click.pass_obj
def retry(desk: Desk, task_ids: tuple[str, ...], as_json: bool) -> None:
    """Put dead letters back."""
    with desk.outbox(sender=True) as outbox:
        known = {letter.task_id for letter in outbox.dead()} if task_ids else set()
        for task_id in task_ids:
            if task_id not in known:
                raise LetterMissing(task_id)
        moved = sum(outbox.retry(task_id) for task_id in task_ids or (None,))
    if as_json:
        emit({"waiting_again": moved})
    else:
        click.echo(t(f"{moved} 份结果重新待发", f"{moved} bundles wait again"))
