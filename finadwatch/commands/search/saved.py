"""Searches that an officer keeps, and what is new in them."""

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from finadwatch.commands.options import as_option, example, json_option, store_option
from finadwatch.commands.search.filters import conditions, query_of
from finadwatch.commands.search.find import print_hit
from finadwatch.context import Desk
from finadwatch.errors import NoSavedSearch
from finadwatch.i18n import t
from finadwatch.redacting import shown, unmasked_option
from finadwatch.searching import with_full_names
from finadwatch.show import emit, safe
from findings.query import SearchQuery
from findings.search.asked import ask
from findings.search.hits import hit
from findings.search.saved import Report, SavedSearch, checked_name
from findings.store import FindingStore


@click.command(
    help=t(
        "保存检索：现已入库的视为已知，此后由 search new 报告新增。",
        "Keep a search: what is stored now counts as known, search new reports what comes.",
    )
    + "\n\n"
    + example("finadwatch search save 保本 保本 或 保息 --category 2 --source baidu")
)
@click.argument("name")
@click.argument("words", nargs=-1)
@conditions
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help=t("现有的也在首次报告中列出", "the first report has what is there now"),
)
@as_option
@store_option
@json_option
@click.pass_obj
def save(
    desk: Desk,
    /,
    *,
    name: str,
    words: tuple[str, ...],
    everything: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Keep a search under a name."""
    query = with_full_names(desk, query_of(words, given))
    ask(query)
    search = SavedSearch(owner=actor or desk.actor, name=checked_name(name), query=query, saved_at=desk.now())
    with desk.store(store_url) as store:
        if not everything:
            report = Report(search)
            for stored, ad in store.arrivals(report.query, report.since):
                report.is_new(stored, ad.id)
            search = replace(report.done(desk.now()), reported=0, reported_at=None)
        store.put_search(search)
    if as_json:
        emit(search)
        return
    click.echo(t(f"已保存检索 {safe(search.name)}", f"search {safe(search.name)} is kept"))


@click.command(
    help=t("列出已保存的检索。", "List the searches that are kept.")
    + "\n\n"
    + example("finadwatch search saved")
)
@as_option
@store_option
@json_option
@click.pass_obj
def saved(desk: Desk, actor: str | None, store_url: str | None, as_json: bool) -> None:
    """List the searches of one officer."""
    with desk.store(store_url) as store:
        found = store.saved_searches(actor or desk.actor)
    for search in found:
        if as_json:
            emit(replace(search, recent=()))
            continue
        last = f"{search.reported_at:%Y-%m-%d %H:%M}" if search.reported_at else t("从未", "never")
        click.echo(
            f"{safe(search.name)}  {safe(described(search.query))}  "
            + t(
                f"上次报告 {last}，累计 {search.reported} 条",
                f"last report {last}, {search.reported} ads in all",
            )
        )


@click.command(
    help=t(
        "报告已保存检索自上次以来新入库的广告；再次运行只报告其后的。",
        "Report what was stored since the last report of a search; the next one has only what comes after.",
    )
    + "\n\n"
    + example("finadwatch search new 保本", "finadwatch search new 保本 --export 新增.xlsx")
)
@click.argument("name")
@click.option(
    "--export",
    type=click.Path(dir_okay=False, path_type=Path),
    help=t("写入 .csv、.xlsx 或 .jsonl 文件", "write a .csv, .xlsx or .jsonl file"),
)
@unmasked_option
@as_option
@store_option
@json_option
@click.pass_obj
def new(
    desk: Desk,
    name: str,
    export: Path | None,
    unmasked: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> None:
    """Report what is new in one search."""
    with desk.store(store_url) as store:
        search = _search(store, actor or desk.actor, name)
        report = Report(search)
        asked = ask(report.query)
        see = shown(desk, store, actor, f"search new {name}", unmasked=unmasked)
        fresh = (
            see(ad)
            for stored, ad in store.arrivals(report.query, report.since)
            if report.is_new(stored, ad.id)
        )
        if export is not None:
            from finadwatch.exporting import export_ads

            export_ads(fresh, export)
        else:
            for ad in fresh:
                emit(hit(asked, ad)) if as_json else print_hit(hit(asked, ad))
        # Only now: a report that broke off is made again, whole.
        store.put_search(report.done(desk.now()))
    if not as_json:
        click.echo(t(f"新增 {report.new} 条", f"{report.new} new"), err=export is not None)


@click.command(
    help=t("删除已保存的检索。", "Forget a search.") + "\n\n" + example("finadwatch search drop 保本")
)
@click.argument("name")
@as_option
@store_option
@click.pass_obj
def drop(desk: Desk, name: str, actor: str | None, store_url: str | None) -> None:
    """Forget one search."""
    with desk.store(store_url) as store:
        if not store.drop_search(actor or desk.actor, checked_name(name)):
            raise NoSavedSearch(name)


def described(query: SearchQuery) -> str:
    """A query in a line: its words, and what else it asks for."""
    told = [query.words] if query.words else []
    for field in SearchQuery.__struct_fields__:
        value = getattr(query, field)
        if field not in ("words", "also", "facets", "sort", "limit", "cursor") and value:
            shown = " ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            told.append(f"{field}={shown}")
    return "; ".join(told)


def _search(store: FindingStore, owner: str, name: str) -> SavedSearch:
    found = store.saved_search(owner, checked_name(name))
    if found is None:
        raise NoSavedSearch(name)
    return found
