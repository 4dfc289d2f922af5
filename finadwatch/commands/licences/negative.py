"""finadwatch licences negative: who was named by an authority, and entries added or ended by hand."""

from datetime import date
from itertools import islice
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import Day, example, json_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, safe, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from licences.model import NegativeEntry
    from licences.registers import Registers

_actor = click.option(
    "--as", "actor", help=t("经办人（默认取配置）", "who records it (configuration by default)")
)


@click.group(
    help=t("负面清单：查看、加入、失效。", "Negative lists: look, add, end.")
    + "\n\n"
    + example(
        "finadwatch licences negative add 满仓投资顾问有限公司 --authority 某市金融监管局 --date 2026-10-08 "
        "--document 某金监公告〔2026〕3号 --domain mancang.example",
        "finadwatch licences negative expire negative-own:0123456789ab --on 2027-01-01",
    )
)
def negative() -> None:
    """Group."""


def _listed(registers: "Registers") -> "Iterator[tuple[str, NegativeEntry]]":
    from licences.model import ListKind, NegativeEntry

    for one in registers.lists:
        if one.register.kind is ListKind.NEGATIVE:
            yield from ((one.register.id, e) for e in one.entries() if isinstance(e, NegativeEntry))


@negative.command(
    "list",
    help=t(
        "列出负面清单中的条目；默认只列当日有效的。",
        "Show entries; only those in force unless --all is given.",
    )
    + "\n\n"
    + example("finadwatch licences negative list 投资 --all"),
)
@click.argument("words", nargs=-1)
@click.option("--on", type=Day(), help=t("在该日有效（默认今天）", "in force on that day (today)"))
@click.option("--all", "every", is_flag=True, help=t("含已失效和尚未生效的", "with ended and future ones"))
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True)
@json_option
@click.pass_obj
def list_(
    desk: Desk, words: tuple[str, ...], on: date | None, every: bool, limit: int, as_json: bool
) -> None:
    """Entries of all negative lists whose name, authority, document, code, host or app holds every word."""
    day = on or desk.today()
    rows = [
        (register, entry)
        for register, entry in islice(_found(desk.registers(), words, None if every else day), limit + 1)
    ]
    if as_json:
        for register, entry in rows[:limit]:
            emit({"register": register, "entry": entry})
        return
    table(
        t("负面清单", "Negative lists"),
        (
            t("编号", "id"),
            t("名称", "name"),
            t("机关", "authority"),
            t("文号", "document"),
            t("公布", "listed"),
            t("失效", "ends"),
            t("域名、应用", "sites, apps"),
        ),
        [
            (
                entry.id,
                entry.name,
                entry.authority,
                entry.document or "",
                entry.listed_on,
                entry.expires or "",
                " ".join((*entry.domains, *entry.app_packages)),
            )
            for _, entry in rows[:limit]
        ],
    )
    if len(rows) > limit:
        click.echo(t(f"只列出前 {limit} 条（--limit）", f"the first {limit} only (--limit)"), err=True)


def _found(
    registers: "Registers", words: tuple[str, ...], on: date | None
) -> "Iterator[tuple[str, NegativeEntry]]":
    for register, entry in _listed(registers):
        if on is not None and not (entry.listed_on <= on and (entry.expires is None or on <= entry.expires)):
            continue
        told = " ".join(
            filter(
                None,
                (
                    entry.id,
                    entry.name,
                    entry.authority,
                    entry.document,
                    entry.uscc,
                    *entry.domains,
                    *entry.app_packages,
                ),
            )
        )
        if all(word in told for word in words):
            yield register, entry


@negative.command(
    help=t(
        "加入一条：谁、被谁、何时、依据何文件列入。",
        "Add an entry: who was named, by whom, when, in which document.",
    )
    + "\n\n"
    + example(
        "finadwatch licences negative add 满仓投资顾问有限公司 --authority 某市金融监管局 --date 2026-10-08 --as 张三"
    )
)
@click.argument("name")
@click.option("--authority", required=True, help=t("认定或公布的机关", "the authority"))
@click.option("--date", "listed_on", type=Day(), required=True, help=t("公布日期", "day of listing"))
@click.option("--document", help=t("文号或文件", "the document"))
@click.option("--uscc", help=t("统一社会信用代码", "unified social credit code"))
@click.option("--domain", "domains", multiple=True, help=t("网站域名", "a site"))
@click.option("--package", "packages", multiple=True, help=t("应用包名", "an app's package"))
@click.option("--expires", type=Day(), help=t("最后有效日", "last day in force"))
@click.option(
    "--common-name",
    is_flag=True,
    help=t("名称许多人都可能使用，不按名称核对", "many could bear the name: don't match by it"),
)
@click.option(
    "--register",
    default="negative-own",
    show_default=True,
    help=t("负面清单代号", "name of the negative list"),
)
@_actor
@json_option
@click.pass_obj
def add(
    desk: Desk,
    name: str,
    authority: str,
    listed_on: date,
    document: str | None,
    uscc: str | None,
    domains: tuple[str, ...],
    packages: tuple[str, ...],
    expires: date | None,
    common_name: bool,
    register: str,
    actor: str | None,
    as_json: bool,
) -> None:
    """Store the list with the entry as a new version; older versions stay."""
    from licences.listings import add_listing, new_entry

    entry = new_entry(
        name,
        authority=authority,
        listed_on=listed_on,
        register=register,
        document=document,
        uscc=uscc,
        domains=domains,
        app_packages=packages,
        expires=expires,
        match_name=not common_name,
    )
    version = add_listing(
        desk.config.licences_folder,
        entry,
        actor or desk.actor,
        desk.local_now(),
        register=register,
        office=desk.config.takedown.office,
    )
    _told(register, version, entry.id, as_json, t("已加入", "added"))


@negative.command(
    help=t("让一条失效：在该日之后不再有效。", "End an entry: it is in force until that day.")
    + "\n\n"
    + example("finadwatch licences negative expire negative-own:0123456789ab --on 2027-01-01")
)
@click.argument("entry_id")
@click.option("--on", type=Day(), required=True, help=t("最后有效日", "its last day"))
@_actor
@json_option
@click.pass_obj
def expire(desk: Desk, entry_id: str, on: date, actor: str | None, as_json: bool) -> None:
    """Store the list with the entry ended as a new version; older versions stay."""
    from licences.listings import end_listing

    register = entry_id.partition(":")[0]
    version = end_listing(
        desk.config.licences_folder, entry_id, on, actor or desk.actor, desk.local_now(), register=register
    )
    _told(register, version, entry_id, as_json, t("已设失效", "ended"))


def _told(register: str, version: str, entry_id: str, as_json: bool, done: str) -> None:
    if as_json:
        emit({"register": register, "version": version, "entry": entry_id})
    else:
        click.echo(f"{done} {safe(entry_id)}  {register}@{version}")
