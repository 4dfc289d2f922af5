"""finadwatch search: find what was found."""

from datetime import UTC, date, datetime, time, timedelta

import click

from finadwatch.commands.options import Day, example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.labels import category_label, duty_label, licence_label, notice_label
from finadwatch.reached import hints
from finadwatch.show import emit, excerpt, safe
from findings.model.vocabulary import FormDuty, LicenceStatus, Severity
from findings.query import Hit, SearchQuery


@click.command(
    help=t(
        "检索线索；多个词须同时出现，引号内为整句。",
        "Search findings; all words must occur, double quotes keep a phrase together.",
    )
    + "\n\n"
    + example(
        "finadwatch search 保本 --category 2", "finadwatch search '\"预期年化\"' --since 2026-11-01 --json"
    )
)
@click.argument("words", nargs=-1)
@click.option(
    "--category", "categories", type=click.IntRange(1, 9), multiple=True, help=t("类别 1–9", "category 1–9")
)
@click.option(
    "--duty",
    "duties",
    type=click.Choice([duty.value for duty in FormDuty]),
    multiple=True,
    help=t("形式义务（形式线索）", "form duty that an ad seems to miss"),
)
@click.option("--source", "sources", multiple=True, help=t("来源", "source"))
@click.option("--host", "hosts", multiple=True, help=t("落地页域名", "landing host"))
@click.option(
    "--licence",
    type=click.Choice([s.value for s in LicenceStatus]),
    multiple=True,
    help=t("准入状态", "licence status"),
)
@click.option("--severity", "severities", type=click.Choice([s.value for s in Severity]), multiple=True)
@click.option("--since", type=Day(), help=t("首次发现不早于", "first seen on or after"))
@click.option("--until", type=Day(), help=t("首次发现不晚于", "first seen on or before"))
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--cursor", help=t("接上页", "go on from a page"))
@store_option
@json_option
@click.pass_obj
def command(
    desk: Desk,
    words: tuple[str, ...],
    categories: tuple[int, ...],
    duties: tuple[str, ...],
    sources: tuple[str, ...],
    hosts: tuple[str, ...],
    licence: tuple[str, ...],
    severities: tuple[str, ...],
    since: date | None,
    until: date | None,
    limit: int,
    cursor: str | None,
    store_url: str | None,
    as_json: bool,
) -> None:
    """Search one store and print a page of hits with their words marked."""
    query = SearchQuery(
        words=" ".join(words),
        categories=categories,
        duties=tuple(FormDuty(value) for value in duties),
        sources=sources,
        hosts=hosts,
        licence_status=tuple(LicenceStatus(value) for value in licence),
        severities=tuple(Severity(value) for value in severities),
        since=datetime.combine(since, time.min, UTC) if since else None,
        until=datetime.combine(until + timedelta(days=1), time.min, UTC) if until else None,
        limit=limit,
        cursor=cursor,
    )
    with desk.store(store_url) as store:
        result = store.search(query)
        coverage = store.coverage()
    if as_json:
        emit(result)
        return
    tasks = sum(sum(source.outcomes.values()) for source in coverage.sources)
    read = sum(source.outcomes.get("ok", 0) + source.outcomes.get("empty", 0) for source in coverage.sources)
    click.echo(
        t(
            f"共 {result.total} 条（覆盖率：{tasks} 个任务中 {read} 个读到页面）",
            f"{result.total} hits (coverage: {read} of {tasks} tasks brought a page)",
        )
    )
    for hit in result.hits:
        _print(hit)
    if result.next_cursor:
        click.echo(t(f"下一页：--cursor {result.next_cursor}", f"next page: --cursor {result.next_cursor}"))


def _print(hit: Hit) -> None:
    ad, judgement = hit.ad, hit.ad.judgement
    labels = [category_label(f.category) for f in judgement.findings]
    labels += [duty_label(missed.duty) for missed in judgement.form]
    labels += [notice_label(notice.kind) for notice in judgement.notices]
    categories = " ".join(labels) or t("无线索", "no finding")
    click.echo(f"\n{ad.id}  {ad.first_seen:%Y-%m-%d}  {safe(ad.source)}  {safe(ad.landing_host or '-')}")
    click.echo(
        f"  {categories}  ·  {licence_label(judgement.licence.status)}  {safe(judgement.advertiser.name or '')}"
    )
    for hint in hints(ad):
        click.echo(f"  {safe(hint)}")
    for name in ("title", "text"):
        marks = [mark for mark in hit.highlights if mark.field == name]
        whole = ad.title if name == "title" else ad.text
        if whole and (marks or name == "title"):
            click.echo(f"  {excerpt(whole, marks)}")
