"""finadwatch index: create a store's index, or look at it."""

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, table


@click.group(
    help=t("建立或查看索引。", "Create a store's index, or look at it.")
    + "\n\n"
    + example("finadwatch index create --store http://localhost:9200")
)
def command() -> None:
    """Group."""


@command.command(
    help=t("建立缺少的表、模板、索引与别名。", "Make missing tables, templates, indices and aliases.")
)
@store_option
@json_option
@click.pass_obj
def create(desk: Desk, store_url: str | None, as_json: bool) -> None:
    """Create what is missing; a second call makes nothing."""
    with desk.store(store_url) as store:
        made = store.create()
        if as_json:
            emit({"store": store.url, "created": made})
        elif made:
            click.echo("\n".join(made))
        else:
            click.echo(t("索引已齐备", "the index is complete already"))


@command.command(help=t("各索引的版本、文档数与大小。", "Version, documents and size of every index."))
@store_option
@json_option
@click.pass_obj
def status(desk: Desk, store_url: str | None, as_json: bool) -> None:
    """Show every index."""
    with desk.store(store_url) as store:
        rows = store.status()
    if as_json:
        emit(rows)
        return
    table(
        t("索引", "Index"),
        (
            t("名称", "name"),
            t("版本", "version"),
            t("文档", "documents"),
            t("字节", "bytes"),
            t("状态", "state"),
        ),
        [(row.name, row.version, row.documents, row.size, row.state) for row in rows],
    )
