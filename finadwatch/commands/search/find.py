"""A page of hits on the screen, or the whole result in a file."""

from pathlib import Path
from typing import Any

import click
from msgspec.structs import replace

from finadwatch.commands.search.filters import query_of
from finadwatch.context import Desk
from finadwatch.errors import NotInStore
from finadwatch.i18n import t
from finadwatch.labels import category_label, duty_label, licence_label, notice_label
from finadwatch.reached import hints
from finadwatch.redacting import shown
from finadwatch.searching import vector_of, with_full_names
from finadwatch.show import emit, excerpt, safe
from findings.query import USUAL_FACETS, Hit, SearchQuery, SearchResult
from findings.search.asked import ask
from findings.search.hits import hit
from findings.search.near import Near
from findings.store import FindingStore


def find(
    desk: Desk,
    *,
    words: tuple[str, ...],
    exact: bool,
    export: Path | None,
    like: str | None,
    meaning: str | None,
    unmasked: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
    **given: Any,
) -> None:
    """Search one store."""
    if sum(way is not None for way in (export, like, meaning)) > 1:
        raise click.UsageError(
            t("--export、--like、--meaning 只能选一项", "give one of --export, --like and --meaning")
        )
    if meaning is not None and not meaning.strip():
        raise click.UsageError(t("--meaning 需要一段文字", "--meaning takes a text"))
    query = query_of(words, given)
    if not exact:
        query = with_full_names(desk, query)
    with desk.store(store_url) as store:
        see = shown(desk, store, actor, f"search {' '.join(words)}", unmasked=unmasked)
        if export is not None:
            from finadwatch.exporting import export_ads

            count = export_ads(map(see, store.scan(replace(query, facets=()))), export)
            click.echo(t(f"已导出 {count} 条至 {export}", f"{count} ads written to {export}"), err=True)
            return
        if like is not None or meaning is not None:
            near = [see(one) for one in _near(desk, store, query, like, meaning)]
            if as_json:
                emit({"near": near})
                return
            for one in near:
                print_hit(hit(ask(query), one.ad), nearness=one.nearness)
            click.echo(t(f"共 {len(near)} 条", f"{len(near)} ads"))
            return
        result = see(store.search(query))
        if as_json:
            emit(result)
            return
        coverage = store.coverage()
    tasks = sum(sum(source.outcomes.values()) for source in coverage.sources)
    read = sum(source.outcomes.get("ok", 0) + source.outcomes.get("empty", 0) for source in coverage.sources)
    click.echo(
        t(
            f"共 {result.total} 条（覆盖率：{tasks} 个任务中 {read} 个读到页面）",
            f"{result.total} hits (coverage: {read} of {tasks} tasks brought a page)",
        )
    )
    print_page(result)
    if query.facets != USUAL_FACETS:
        print_facets(result)


def print_page(result: SearchResult) -> None:
    """The hits of a page, what was looked for beside the words typed, and how to go on."""
    for word, names in result.added.items():
        click.echo(
            t(
                f"“{safe(word)}”按准入清单也检索：{safe('、'.join(names))}（--exact 关闭）",
                f"{safe(word)} also finds, by the whitelist: {safe(', '.join(names))} (--exact: not)",
            )
        )
    for found in result.hits:
        print_hit(found)
    if result.next_cursor:
        click.echo(t(f"下一页：--cursor {result.next_cursor}", f"next page: --cursor {result.next_cursor}"))


def _near(
    desk: Desk, store: FindingStore, query: SearchQuery, like: str | None, meaning: str | None
) -> list[Near]:
    """The ads nearest to another one in words, or to a text in meaning."""
    if like is not None:
        ad = store.ad(like)
        if ad is None:
            raise NotInStore(like, store.url)
        return store.alike(ad, query)
    return store.meaning(vector_of(desk, meaning or ""), query)


def print_hit(hit: Hit, *, nearness: float | None = None) -> None:
    """One ad: what it is, its findings, and where the words and the findings' quotations stand."""
    ad, judgement = hit.ad, hit.ad.judgement
    labels = [category_label(f.category) for f in judgement.findings]
    labels += [duty_label(missed.duty) for missed in judgement.form]
    labels += [notice_label(notice.kind) for notice in judgement.notices]
    categories = " ".join(labels) or t("无线索", "no finding")
    near = "" if nearness is None else f"{nearness:.3f}  "
    click.echo(
        f"\n{near}{ad.id}  {ad.first_seen:%Y-%m-%d}  {safe(ad.source)}  {safe(ad.landing_host or '-')}"
    )
    click.echo(
        f"  {categories}  ·  {licence_label(judgement.licence.status)}  {safe(judgement.advertiser.name or '')}"
    )
    for hint in hints(ad):
        click.echo(f"  {safe(hint)}")
    for name, whole in (("title", ad.title), ("text", ad.text), ("image", ad.picture_text)):
        # What was searched for comes first; without that what the findings quote is marked.
        marks = [mark for mark in hit.highlights if mark.field == name] or [
            mark for mark in hit.spans if mark.field == name
        ]
        if whole and (marks or name == "title"):
            begin = t("图中：", "in its picture: ") if name == "image" else ""
            click.echo(f"  {begin}{excerpt(whole, marks)}")


def print_facets(result: SearchResult) -> None:
    """How many of all matching ads there are by each value."""
    for name, counts in result.facets.items():
        told = "  ".join(f"{safe(value)} {count}" for value, count in counts.items())
        click.echo(f"\n{name}: {told or '-'}")
