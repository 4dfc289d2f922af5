"""finadwatch index: create a store's index, bring it to a newer version, or look at it."""

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, progress, table
from findings.store import IndexStatus

#: A migration says how far it is once for so many documents.
TOLD_EVERY = 10_000


@click.group(
    help=t("建立、迁移或查看索引。", "Create a store's index, migrate it, or look at it.")
    + "\n\n"
    + example(
        "finadwatch index create --store http://localhost:9200",
        "finadwatch index migrate --store http://localhost:9200",
    )
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


@command.command(
    help=t(
        "把旧版本的索引迁移到本版本：在旁边建立新索引并复制，期间旧版程序照常读写；随后一次切换。"
        "中断后再次运行即从断点继续。旧索引保留，用 --drop-old 删除。",
        "Bring indices of an older version to this one: new ones are built aside while programs of the old "
        "release go on reading and writing, then swapped in at once. Interrupted, it goes on where it was. "
        "The old ones stay until --drop-old.",
    )
    + "\n\n"
    + example("finadwatch index migrate", "finadwatch index migrate --drop-old")
)
@click.option(
    "--drop-old",
    is_flag=True,
    help=t("迁移完成后，删除旧版本的索引", "delete the indices of older versions, once migrated"),
)
@store_option
@json_option
@click.pass_obj
def migrate(desk: Desk, drop_old: bool, store_url: str | None, as_json: bool) -> None:
    """Migrate, or drop what a migration left."""
    with desk.store(store_url) as store:
        if drop_old:
            dropped = store.drop_old()
            if as_json:
                emit({"store": store.url, "dropped": dropped})
            else:
                click.echo(
                    "\n".join(dropped) or t("没有旧版本的索引", "there are no indices of older versions")
                )
            return
        said = 0

        def told(done: int, total: int) -> None:
            nonlocal said
            if done - said >= TOLD_EVERY:
                said = done
                progress(t(f"已复制 {done} 份，共约 {total} 份", f"{done} of about {total} documents copied"))

        done = store.migrate(told)
    if as_json:
        emit({"store": store.url, "migrated": done})
    elif done.version == done.wanted:
        click.echo(
            t(
                f"已是第 {done.wanted} 版，无需迁移",
                f"it is version {done.wanted} already: nothing to migrate",
            )
        )
    else:
        click.echo(
            t(
                f"已由第 {done.version} 版迁移到第 {done.wanted} 版：复制 {done.documents} 份，停写 {done.closed_s:.1f} 秒。"
                "旧版程序此后不能再写入，请更新；确认无误后可用 finadwatch index migrate --drop-old 删除旧索引。",
                f"migrated from version {done.version} to {done.wanted}: {done.documents} documents copied, no writes"
                f" for {done.closed_s:.1f} s. Programs of the old release can't write any more: update them;"
                " finadwatch index migrate --drop-old deletes the old indices.",
            )
        )


ROLES = {"current": ("使用中", "current"), "old": ("旧版", "old"), "building": ("迁移中", "being built")}


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
            t("用途", "role"),
        ),
        [(row.name, row.version, row.documents, row.size, row.state, t(*ROLES[row.role])) for row in rows],
    )
    if under_way := _under_way(rows):
        click.echo(under_way)


def _under_way(rows: list[IndexStatus]) -> str | None:
    """What there is to say of versions: a migration that is not at its end, old indices that are left."""
    building = [row for row in rows if row.role == "building"]
    if building:
        version, done = building[0].version, sum(row.documents for row in building)
        total = sum(row.documents for row in rows if row.role == "current")
        return t(
            f"正在迁移到第 {version} 版：已复制约 {done}/{total} 份；若已中断，请再次运行 finadwatch index migrate",
            f"being migrated to version {version}: about {done} of {total} documents copied; if it was"
            " interrupted, run finadwatch index migrate again",
        )
    if any(row.role == "old" for row in rows):
        return t(
            "旧版本的索引可用 finadwatch index migrate --drop-old 删除",
            "finadwatch index migrate --drop-old deletes the indices of older versions",
        )
    return None
