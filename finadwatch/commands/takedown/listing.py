"""finadwatch takedown list and show: which batches there are, and what one is or will be."""

from itertools import islice
from pathlib import Path

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.commands.takedown.telling import as_value, batch_line
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.redacting import hidden
from finadwatch.show import emit, safe
from finadwatch.summary import TITLE
from findings.model.handover import BatchState, Done, Paper
from findings.model.zone import CHINA


@click.command(
    name="list",
    help=t("列出批次，新起草的在前。", "List the batches, newest draft first.")
    + "\n\n"
    + example("finadwatch takedown list --state draft", "finadwatch takedown list --year 2026 --json"),
)
@click.option("--state", "states", type=click.Choice([one.value for one in BatchState]), multiple=True)
@click.option("--paper", "papers", type=click.Choice([one.value for one in Paper]), multiple=True)
@click.option("--year", type=click.IntRange(2000, 9999), help=t("年份", "year"))
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@store_option
@json_option
@click.pass_obj
def listing(
    desk: Desk,
    states: tuple[str, ...],
    papers: tuple[str, ...],
    year: int | None,
    limit: int,
    store_url: str | None,
    as_json: bool,
) -> None:
    """Print a line a batch."""
    with desk.store(store_url) as store:
        found = store.handovers().batches(
            states=tuple(map(BatchState, states)), papers=tuple(map(Paper, papers)), year=year
        )
        for record in islice(found, limit):
            if as_json:
                emit(as_value(record))
                continue
            click.echo(batch_line(record))
            if record.state is BatchState.VOID and record.ended:
                click.echo(f"    {t('作废理由', 'void because')}: {safe(record.ended.note)}")


@click.command(
    help=t(
        "查看批次：清单、所缺事项、已由其他批次移送的案件、将附的文书；--papers 把未编号批次的文书写成草稿。个人信息以 * 代替。",
        "Look at a batch: its rows, what is missing, which cases went out before, its papers. --papers writes the papers "
        "of a batch without a number as drafts. Personal data is masked here.",
    )
    + "\n\n"
    + example("finadwatch takedown show 3f2a91c0", "finadwatch takedown show 3f2a91c0 --papers 草稿"),
)
@click.argument("batch")
@click.option(
    "--papers",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=t("把文书草稿写入此文件夹", "write drafts of its papers into this folder"),
)
@click.option(
    "--rows", type=click.IntRange(0), default=20, show_default=True, help=t("显示行数", "rows shown")
)
@store_option
@json_option
@click.pass_obj
def show(
    desk: Desk, batch: str, folder: Path | None, rows: int, store_url: str | None, as_json: bool
) -> None:
    """Print what a batch is or will be."""
    from finadwatch.handing_over.counter import Counter
    from finadwatch.handing_over.preview import LACKS, preview, write_draft

    with desk.store(store_url) as store:
        counter = Counter.open(desk, store, None)
        record = counter.find(batch)
        if folder is not None and record.state not in (BatchState.DRAFT, BatchState.APPROVED):
            raise click.UsageError(
                t("--papers 只用于未签封的批次", "--papers is for batches that are not sealed yet")
            )
        seen = preview(counter, record)
        why = write_draft(counter, record, folder) if folder is not None else ""
    if as_json:
        emit(
            as_value(
                record,
                rows=[hidden(row) for row in seen.rows],
                listed=seen.listed,
                lacking=seen.lacking,
                evidence_missing=seen.missing,
                before=[
                    {"case_id": b.case_id, "batch": b.batch, "addressee": b.addressee} for b in seen.before
                ],
                changed=seen.changed,
                files=seen.files,
                folder=str(seen.folder) if seen.folder else None,
            )
        )
        return
    click.echo(batch_line(record))
    for said, step in (
        (t("起草", "drafted"), record.drafted),
        (t("批准", "approved"), record.approved),
        (t("签封", "sealed"), record.sealed),
        (t("发送", "sent"), record.sent),
        (t("作废", "void") if record.state is BatchState.VOID else t("办结", "closed"), record.ended),
    ):
        if step is not None:
            click.echo(f"  {said}  {_step(step)}")
    if record.query:
        click.echo(f"  {t('条件', 'chosen by')}  {safe(record.query)}")
    for row, why_listed in zip(seen.rows[:rows], seen.reasons, strict=False):
        row = hidden(row)
        click.echo(
            f"{row.number:>6}  {safe((row.site or row.title)[:TITLE])}  {safe(row.host or '-')}  "
            f"{safe(row.advertiser or '-')}  {safe(hidden(why_listed))[:TITLE]}  {row.case_id}"
        )
    if len(seen.rows) > rows:
        click.echo(t(f"        …共 {len(seen.rows)} 件", f"        … {len(seen.rows)} cases in all"))
    if seen.listed != len(seen.rows):
        click.echo(t(f"  清单按网站列 {seen.listed} 行", f"  the list has {seen.listed} rows, one a site"))
    lacking = "，".join(
        t(f"{LACKS[name]} {count} 件", f"{name}: {count}") for name, count in seen.lacking.items()
    )
    if lacking:
        click.echo(t(f"  未知：{lacking}", f"  not known of so many rows: {lacking}"))
    if seen.missing:
        click.echo(t(f"  缺失证据文件 {seen.missing} 个", f"  {seen.missing} evidence files are missing"))
    for one in seen.changed:
        click.echo(t(f"  ✗ 已被排除、合并或不存在：{one}", f"  ✗ excluded, merged or gone meanwhile: {one}"))
    for before in seen.before[:rows]:
        click.echo(
            t(
                f"  此前已移送：{before.case_id} → {safe(before.addressee)}（{safe(before.batch)}）",
                f"  went out before: {before.case_id} → {safe(before.addressee)} ({safe(before.batch)})",
            )
        )
    click.echo(f"  {t('文书', 'papers')}  {'  '.join(seen.files)}")
    if seen.folder:
        click.echo(f"  {seen.folder}")
    if folder is not None:
        click.echo(t(f"草稿已写入 {folder}", f"drafts are in {folder}"))
        if why:
            click.echo(t(f"未附 PDF：{why}", f"without PDF: {why}"))


def _step(done: Done) -> str:
    at = f"{done.at.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return f"{at} {safe(done.by)}" + (f"（{safe(done.note)}）" if done.note else "")
