"""finadwatch takedown new: draft a batch of chosen cases."""

from typing import Any

import click
from msgspec.structs import replace

from finadwatch.commands.options import example, office_options
from finadwatch.commands.search.filters import conditions, query_of
from finadwatch.commands.takedown.telling import as_value, batch_line, tell_sealed
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, progress
from findings.model.handover import BatchState, Paper
from findings.model.vocabulary import Severity
from findings.query import SearchQuery


@click.command(
    help=t(
        "按检索条件或编号起草移送批次；默认取中、高级别，已排除的不取。--paper 定文书：closure 网站关闭名单、stop 停止发布通知、"
        "transfer 甄别移送、police 线索移送、district 区县交办。其后：takedown show 预览，approve 由另一人批准，seal 签封，send 发送。",
        "Draft a batch of cases, by the conditions of a search or by id; medium and high severity by default, never what "
        "was excluded. Then look at it (takedown show), have a second person approve it, seal it, send it.",
    )
    + "\n\n"
    + example(
        "finadwatch takedown new --category 8",
        "finadwatch takedown new --paper stop --to baidu --licence listed_negative",
        "finadwatch takedown new --paper transfer --to csrc --category 6",
    )
)
@click.argument("words", nargs=-1)
@click.option(
    "--paper",
    type=click.Choice([paper.value for paper in Paper]),
    default=Paper.CLOSURE.value,
    show_default=True,
    help=t("文书", "which paper"),
)
@click.option(
    "--to",
    "addressee",
    help=t(
        "收件单位：自有文件中的编号或名称、机关类别（csrc）、发布者（baidu）或名称；closure、police 可省",
        "addressee: id or name in the office's own file, kind of authority (csrc), publisher (baidu), or a name",
    ),
)
@click.option(
    "--cases",
    "case_ids",
    metavar="ID",
    multiple=True,
    help=t("案件编号（可多项，- 为标准输入）", "ids of cases, - for those on standard input"),
)
@conditions
@click.option("--limit", type=click.IntRange(1, 10_000), default=1000, show_default=True)
@click.option(
    "--now",
    "at_once",
    is_flag=True,
    help=t(
        "随即批准并签封（只限配置为一人机构 takedown.one_person）；此前中断的同一批次继续完成",
        "approve and seal it too (an office of one person only); the same call goes on with one that was broken off",
    ),
)
@office_options
@click.pass_obj
def new(
    desk: Desk,
    /,
    words: tuple[str, ...],
    paper: str,
    addressee: str | None,
    case_ids: tuple[str, ...],
    limit: int,
    at_once: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Draft the batch and say how it goes on."""
    from finadwatch.casework import meant
    from finadwatch.handing_over.addressing import addressee_of
    from finadwatch.handing_over.counter import Counter
    from finadwatch.handing_over.drafting import Wanted, approve_batch, draft_batch
    from finadwatch.handing_over.sealing import seal_batch

    asked = query_of(words, given)
    if case_ids and asked != SearchQuery():
        raise click.UsageError(t("编号与检索条件只能给一种", "give ids or conditions, not both"))
    if at_once and not desk.config.takedown.one_person:
        raise click.UsageError(
            t(
                "--now 只用于一人机构：请在配置中设 takedown.one_person，或由另一人批准",
                "--now is for an office of one person: set takedown.one_person, or have a second person approve it",
            )
        )
    with desk.store(store_url) as store:
        counter = Counter.open(desk, store, actor)
        to = addressee_of(desk, counter.addressees, Paper(paper), addressee)
        if to is None:
            raise click.UsageError(
                t(f"{paper} 须用 --to 指明收件单位", f"name the addressee of {paper} by --to")
            )
        wanted = Wanted(
            paper=Paper(paper),
            addressee=to.name,
            case_ids=meant(counter.officer.book, case_ids, None) if case_ids else (),
            query=replace(
                asked,
                sources=asked.sources or to.sources,
                severities=asked.severities or (Severity.MEDIUM, Severity.HIGH),
                findings_only=True,
            ),
            limit=limit,
        )
        if unsaid := [name for name in ("office", "office_code", "contact") if _unsaid(desk, name)]:
            progress(
                t(
                    f"配置中未写明 takedown.{'、takedown.'.join(unsaid)}：函件上将缺少本局全称、文号代字或联系方式",
                    f"the configuration does not say takedown.{', takedown.'.join(unsaid)}: letters will lack it",
                )
            )
        record = draft_batch(counter, wanted, at_once=at_once)
        if at_once:
            if record.state is BatchState.DRAFT:
                record = approve_batch(counter, record)
            tell_sealed(*seal_batch(counter, record), as_json=as_json)
            return
    if as_json:
        emit(as_value(record))
        return
    click.echo(batch_line(record))
    click.echo(
        t(
            f"预览：finadwatch takedown show {record.id[:8]}\n批准（另一人）：finadwatch takedown approve {record.id[:8]} --as 姓名",
            f"look at it: finadwatch takedown show {record.id[:8]}\nthen a second person: finadwatch takedown approve {record.id[:8]} --as NAME",
        )
    )


def _unsaid(desk: Desk, name: str) -> bool:
    """Whether a setting of letters is still as it ships."""
    from finadwatch.config import TakedownConfig

    return bool(getattr(desk.config.takedown, name) == getattr(TakedownConfig(), name))
