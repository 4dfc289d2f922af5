"""finadwatch takedown approve, seal, send, close, void: the steps of a batch."""

import click

from finadwatch.commands.options import example, note_option, office_options
from finadwatch.commands.takedown.telling import as_value, batch_line, tell_sealed
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, progress
from findings.model.handover import BatchRecord, BatchState


@click.command(
    help=t(
        "批准草稿：须由起草人以外的人；可批准者见配置 takedown.approvers。",
        "Approve a draft: never who drafted it; takedown.approvers names who may.",
    )
    + "\n\n"
    + example("finadwatch takedown approve 3f2a91c0 --as 钱敏"),
)
@click.argument("batch")
@note_option()
@office_options
@click.pass_obj
def approve(
    desk: Desk, batch: str, note: str, actor: str | None, store_url: str | None, as_json: bool
) -> None:
    """Approve a batch."""
    from finadwatch.handing_over.counter import Counter
    from finadwatch.handing_over.drafting import approve_batch

    with desk.store(store_url) as store:
        counter = Counter.open(desk, store, actor)
        _tell(approve_batch(counter, counter.find(batch), note), as_json=as_json)


@click.command(
    help=t(
        "签封已批准的批次：取文号，生成清单、函件、回执与证据包，签名后整体出现。中断后重复执行，文号不变。",
        "Seal an approved batch: it gets its number, lists, letter, form for receipts and evidence are made, signed, and "
        "appear whole. Broken off, the same call ends it under the same number.",
    )
    + "\n\n"
    + example("finadwatch takedown seal 3f2a91c0 --as 张三"),
)
@click.argument("batch")
@office_options
@click.pass_obj
def seal(desk: Desk, batch: str, actor: str | None, store_url: str | None, as_json: bool) -> None:
    """Seal a batch and say where it lies."""
    from finadwatch.handing_over.counter import Counter
    from finadwatch.handing_over.sealing import seal_batch

    with desk.store(store_url) as store:
        counter = Counter.open(desk, store, actor)
        tell_sealed(*seal_batch(counter, counter.find(batch)), as_json=as_json)


@click.command(
    help=t(
        "登记已发送：何人、何时、以何方式（--way）。处置用时自此起算，已确认的案件转为移送；此前中断的一并补记。",
        "Note that a sealed batch was sent, and by what way. The time to takedown begins, its confirmed cases are handed "
        "over; what a call that was broken off left is noted too.",
    )
    + "\n\n"
    + example("finadwatch takedown send 2026-0001 --way 机要交换 --as 张三"),
)
@click.argument("batch")
@click.option(
    "--way", required=True, help=t("发送方式：机要交换、电子公文、邮寄…", "by what way it was sent")
)
@office_options
@click.pass_obj
def send(desk: Desk, batch: str, way: str, actor: str | None, store_url: str | None, as_json: bool) -> None:
    """Note that a batch was sent."""
    from finadwatch.handing_over.counter import Counter
    from finadwatch.handing_over.sending import end_owed, send_batch

    with desk.store(store_url) as store:
        counter = Counter.open(desk, store, actor)
        end_owed(counter)
        record, done = send_batch(counter, counter.find(batch), way)
    if left := len(record.case_ids) - done:
        progress(
            t(
                f"已确认的 {done} 件转为移送；其余 {left} 件未经确认或已移送，状态不变",
                f"{done} confirmed cases are now handed over; {left} others are not confirmed, or were handed over "
                "before, and keep their state",
            )
        )
    _tell(record, as_json=as_json, handed_over=done)


@click.command(
    help=t(
        "办结已发送的批次，须写明结果；不再催办，其广告仍按期复查，复现时案件照常转为复发。",
        "Close a batch that was sent, with what came of it. Nobody is reminded of it any more; its ads are visited as before.",
    )
    + "\n\n"
    + example("finadwatch takedown close 2026-0001 --note 全部关闭"),
)
@click.argument("batch")
@note_option(required=True)
@office_options
@click.pass_obj
def close(desk: Desk, batch: str, note: str, actor: str | None, store_url: str | None, as_json: bool) -> None:
    """Close a batch."""
    from finadwatch.handing_over.counter import Counter
    from finadwatch.handing_over.sending import close_batch

    with desk.store(store_url) as store:
        counter = Counter.open(desk, store, actor)
        _tell(close_batch(counter, counter.find(batch), note), as_json=as_json)


@click.command(
    help=t(
        "作废批次，须写明理由；已取的文号不再使用，文件保留，案件状态不变。",
        "Make a batch void, with the reason. Its number stays used, its files stay, its cases keep their state.",
    )
    + "\n\n"
    + example("finadwatch takedown void 2026-0001 --note 收件机关有误"),
)
@click.argument("batch")
@note_option(required=True)
@office_options
@click.pass_obj
def void(desk: Desk, batch: str, note: str, actor: str | None, store_url: str | None, as_json: bool) -> None:
    """Make a batch void."""
    from finadwatch.handing_over.counter import Counter
    from finadwatch.handing_over.sending import void_batch

    with desk.store(store_url) as store:
        counter = Counter.open(desk, store, actor)
        record = void_batch(counter, counter.find(batch), note)
    if record.sent is not None:
        progress(
            t(
                "该批次已发送：请另行告知收件单位；案件状态不变，需要时用 finadwatch cases state 改回",
                "it was sent: tell its addressee; its cases keep their state (finadwatch cases state changes it)",
            )
        )
    _tell(record, as_json=as_json)


def _tell(record: BatchRecord, *, as_json: bool, **more: object) -> None:
    if as_json:
        emit(as_value(record, **more))
        return
    click.echo(batch_line(record))
    if record.state is BatchState.APPROVED:
        click.echo(
            t(
                f"签封：finadwatch takedown seal {record.id[:8]}",
                f"then: finadwatch takedown seal {record.id[:8]}",
            )
        )
