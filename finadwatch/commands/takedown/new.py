"""finadwatch takedown new: write a batch of cases to hand over."""

import click

from finadwatch.commands.options import office_options
from finadwatch.context import Desk
from finadwatch.errors import SomeFailed
from finadwatch.handing_over import write_batch
from finadwatch.i18n import t
from finadwatch.show import emit, progress
from findings.model.vocabulary import LicenceStatus, Severity
from findings.query import SearchQuery


@click.command(
    help=t(
        "把案件线索写成移送批次（XLSX、CSV、JSON、证据与签名清单）；默认取中、高级别。已确认的转为移送；"
        "此前中断的批次先行补记，同一命令中断后重复执行不另生成批次。",
        "Write a batch (XLSX, CSV, JSON, evidence, signed manifest); medium and high severity by default. Confirmed "
        "cases are handed over by it. What a call that was broken off left is ended first, and the same call again "
        "writes no second batch then.",
    )
)
@click.argument("words", nargs=-1)
@click.option("--to", "addressee", default="市通信管理局", show_default=True, help=t("收件机关", "addressee"))
@click.option("--category", "categories", type=click.IntRange(1, 9), multiple=True)
@click.option(
    "--severity",
    "severities",
    type=click.Choice([s.value for s in Severity]),
    multiple=True,
    default=("medium", "high"),
    show_default=True,
)
@click.option(
    "--licence",
    "licence",
    type=click.Choice([s.value for s in LicenceStatus]),
    multiple=True,
    help=t(
        "准入状态（列入负面清单：listed_negative）", "licence status (on a negative list: listed_negative)"
    ),
)
@click.option("--run", "run_id", help=t("只取某次监测", "only what one run saw"))
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@office_options
@click.pass_obj
def new(
    desk: Desk,
    words: tuple[str, ...],
    addressee: str,
    categories: tuple[int, ...],
    severities: tuple[str, ...],
    licence: tuple[str, ...],
    run_id: str | None,
    limit: int,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> None:
    """Write the next batch and print where it lies."""
    query = SearchQuery(
        words=" ".join(words),
        categories=categories,
        licence_status=tuple(LicenceStatus(value) for value in licence),
        severities=tuple(Severity(value) for value in severities),
        run_id=run_id,
        findings_only=True,
    )
    batch = write_batch(desk, query, addressee, limit, store_url, actor)
    for missing in batch.missing:
        progress(t(f"证据缺失：{missing}", f"evidence missing: {missing}"))
    if as_json:
        emit(
            {
                "number": batch.number,
                "folder": str(batch.folder),
                "cases": len(batch.rows),
                "missing": batch.missing,
            }
        )
    else:
        click.echo(
            t(
                f"批次 {batch.number}：{len(batch.rows)} 件，{batch.folder}",
                f"batch {batch.number}: {len(batch.rows)} cases in {batch.folder}",
            )
        )
    if batch.missing:
        raise SomeFailed(len(batch.missing), batch.evidence)
