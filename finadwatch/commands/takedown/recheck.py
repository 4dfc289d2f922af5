"""finadwatch takedown recheck: whether what was handed over is gone."""

from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, office_options
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.labels import presence_label
from finadwatch.show import emit, safe
from findings.model.handover import BatchState, HandedItem, Paper
from findings.model.zone import CHINA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crawlers.plan import Region
    from finadwatch.handing_over.counter import Counter
    from finadwatch.rechecking.visiting import Visited

#: Code points of a title in a line about a row.
_TITLE = 40


@click.command(
    short_help=t(
        "再次访问已移送的广告：仍在、已消失、复现", "visit what was handed over again: up, gone, back"
    ),
    help=t(
        "再次访问已移送的广告。结果为仍在、已消失（须相隔一段时间的两次访问证实）或复现。被拒、验证码、超时不说明任何问题。"
        "默认访问到期应复查的；复现的案件自动转为复发。",
        "Visit what was handed over again. It is still up, gone (two visits some time apart have to say so), back. A refusal, a "
        "captcha or a time-out says nothing. By default those are visited that are owed a visit; a case whose ad is back "
        "relapses.",
    )
    + "\n\n"
    + example(
        "finadwatch takedown recheck",
        "finadwatch takedown recheck --batch 2026-0001 --region 上海 --region 北京",
        "finadwatch takedown recheck --case c1-0123…",
    ),
)
@click.option("--due", is_flag=True, help=t("到期应复查的（缺省）", "those owed a visit (the default)"))
@click.option("--batch", metavar="NUMBER", help=t("一个批次的全部行", "all rows of a batch"))
@click.option("--case", "case_id", metavar="CASE", help=t("一件案件线索", "one case"))
@click.option(
    "--region",
    "regions",
    multiple=True,
    help=t(
        "从哪些地区访问（takedown.recheck.regions 中的名称，缺省为全部）",
        "from where (names of takedown.recheck.regions, all by default)",
    ),
)
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@click.option(
    "--allow-private", is_flag=True, help=t("允许访问本机和内网地址", "allow loopback and private addresses")
)
@office_options
@click.pass_obj
def recheck(
    desk: Desk,
    /,
    due: bool,
    batch: str | None,
    case_id: str | None,
    regions: tuple[str, ...],
    limit: int,
    allow_private: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Visit the rows that are meant, and tell of each as it is done."""
    from itertools import islice

    from finadwatch.handing_over.counter import Counter
    from finadwatch.memory import keep_lean
    from finadwatch.rechecking.visiting import recheck as visit

    if sum((due, batch is not None, case_id is not None)) > 1:
        raise click.UsageError(
            t("--due、--batch、--case 只能给一种", "give one of --due, --batch and --case")
        )
    keep_lean()
    places = _regions(desk, regions)
    with desk.store(store_url) as store:
        counter = Counter.open(desk, store, actor)
        rows = list(islice(_rows(counter, batch, case_id), limit))
        counts = dict.fromkeys(("visited", "relapsed"), 0)

        def told(done: "Visited") -> None:
            counts["visited"] += 1
            counts["relapsed"] += done.relapsed
            _tell(done, as_json=as_json)

        visit(desk, store, counter.officer, rows, places, told, allow_private=allow_private)
    if not as_json:
        click.echo(
            t(
                f"复查 {counts['visited']} 行，复发 {counts['relapsed']} 件",
                f"{counts['visited']} rows visited, {counts['relapsed']} cases relapsed",
            )
        )
    return 0


def _rows(counter: "Counter", batch: str | None, case_id: str | None) -> "Iterator[tuple[HandedItem, Paper]]":
    """The rows of batches that were sent, each with what its paper asks for."""
    handovers = counter.handovers
    papers: dict[str, Paper | None] = {}
    if batch is not None:
        items: Iterator[HandedItem] = handovers.items(counter.find(batch).id)
    elif case_id is not None:
        items = iter(handovers.items_of(case_id))
    else:
        items = handovers.due(counter.officer.now())
    for item in items:
        if item.batch_id not in papers:
            record = handovers.batch(item.batch_id)
            live = record is not None and record.state in (BatchState.SENT, BatchState.CLOSED)
            papers[item.batch_id] = record.paper if record is not None and live else None
        paper = papers[item.batch_id]
        if paper is not None and item.sent_at is not None:
            yield item, paper


def _regions(desk: Desk, named: tuple[str, ...]) -> "tuple[Region, ...]":
    from crawlers.plan import Region

    known = {region.name: region for region in desk.config.takedown.recheck.regions}
    if missing := [name for name in named if name not in known]:
        listed = "、".join(known) or t("无", "none")
        raise click.UsageError(
            t(
                f"配置 takedown.recheck.regions 中没有“{missing[0]}”（现有：{listed}）",
                f"takedown.recheck.regions has no {missing[0]!r} (it has: {listed})",
            )
        )
    chosen = [known[name] for name in dict.fromkeys(named or known)]
    return tuple(Region(name=region.name, proxy=region.proxy) for region in chosen)


def _tell(done: "Visited", *, as_json: bool) -> None:
    item = done.item
    if as_json:
        emit(
            {
                "id": item.id,
                "row": item.row,
                "case_id": item.case_id,
                "presence": item.presence,
                "gone_at": item.gone_at,
                "back_at": item.back_at,
                "next_visit": item.next_visit,
                "relapsed": done.relapsed,
                "visits": done.visits,
            }
        )
        return
    for visit in done.visits:
        where = f"{visit.region} " if visit.region else ""
        click.echo(
            safe(f"{item.row}  {presence_label(item.presence)}  {item.title[:_TITLE]}  {where}{visit.why}")
        )
    if item.next_visit is not None:
        day = f"{item.next_visit.astimezone(CHINA):%Y-%m-%d %H:%M}"
        click.echo(t(f"    下次复查 {day}", f"    next visit {day}"))
    if done.relapsed:
        click.echo(t(f"    案件复发：{item.case_id}", f"    the case relapsed: {item.case_id}"))
