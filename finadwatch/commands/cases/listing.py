"""finadwatch cases, finadwatch cases ID: the same ad over time and places."""

import click

from finadwatch.commands.options import example, office_options
from finadwatch.context import Desk
from finadwatch.errors import NotInStore
from finadwatch.i18n import t
from finadwatch.redacting import shown, unmasked_option
from finadwatch.show import emit
from finadwatch.summary import print_case
from findings.query import SearchQuery


@click.command(
    "list",
    help=t("列出案件线索（由重到轻），或查看一件。", "List cases, worst first, or show one.")
    + "\n\n"
    + example("finadwatch cases --category 8 --limit 5", "finadwatch cases c1-0123…"),
)
@click.argument("case_id", required=False)
@click.option("--category", "categories", type=click.IntRange(1, 9), multiple=True)
@click.option("--limit", type=click.IntRange(1, 100_000), default=20, show_default=True)
@unmasked_option
@office_options
@click.pass_obj
def listing(
    desk: Desk,
    case_id: str | None,
    categories: tuple[int, ...],
    limit: int,
    unmasked: bool,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> None:
    """List cases of one store."""
    with desk.store(store_url) as store:
        see = shown(desk, store, actor, f"cases {case_id or ''}".rstrip(), unmasked=unmasked)
        if case_id:
            found = store.case(case_id)
            if found is None:
                raise NotInStore(case_id, store.url)
            found = see(found)
            emit(found) if as_json else print_case(found)
            return
        count = 0
        for case in store.cases(SearchQuery(categories=categories, findings_only=True)):
            if count == limit:
                break
            count += 1
            case = see(case)
            emit(case) if as_json else print_case(case)
        if not count and not as_json:
            click.echo(
                t("没有案件线索（覆盖率见 finadwatch runs）", "no cases (see finadwatch runs for coverage)")
            )
