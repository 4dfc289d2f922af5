"""finadwatch search: find what was found, one module a command."""

from pathlib import Path
from typing import Any

import click

from finadwatch.commands.options import as_option, example, json_option, store_option
from finadwatch.commands.search.filters import filters
from finadwatch.commands.search.find import find
from finadwatch.commands.search.saved import drop, new, save, saved
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.redacting import unmasked_option

#: A minus that stands for NOT, as the query language reads it too; click would take it for an option.
_MINUS = "－"


#: What else can be done with searches. To look for such a word itself: search '"new"'.
_OTHERS = {"save": save, "saved": saved, "new": new, "drop": drop}


class _Search(click.Command):
    """A search whose words may begin with a minus, and the commands for searches that are kept."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Go to a command that the first word names; else search.

        A word after one minus is a word that must not occur: no option here has one letter but -h.
        """
        if args and args[0] in _OTHERS:
            return _OTHERS[args[0]].make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        given = [
            _MINUS + arg[1:] if len(arg) > 1 and arg[0] == "-" and arg[1] not in "-h" else arg for arg in args
        ]
        return super().make_context(info_name, given, parent, **extra)


@click.command(
    cls=_Search,
    help=t(
        "检索线索。各词须同时出现（不分全角半角、繁简、大小写）；“引号”内为整句；OR 或、NOT 非（或 -词）与括号可组合；"
        "字段:值 如 域名:a.example、广告主:星河、规则:guarantee.principal、类别:2、状态:待核、起:2026-11-01。",
        "Search findings. All words must occur (width, traditional forms and case don't count); quotes keep a phrase;"
        " OR, NOT (or -word) and brackets combine; field:value as in domain:a.example, advertiser:星河,"
        " rule:guarantee.principal, category:2, state:open, since:2026-11-01.",
    )
    + "\n\n"
    + t(
        "保存的检索：search save 名称 词…、search saved、search new 名称、search drop 名称。",
        "Searches that are kept: search save NAME WORD…, search saved, search new NAME, search drop NAME.",
    )
    + "\n\n"
    + example(
        "finadwatch search 保本 --category 2",
        "finadwatch search '(保本 或 保息) -银行 域名:a.example' --sort worst",
        "finadwatch search 保本 --since 2026-11-01 --export 保本.xlsx",
        "finadwatch search --meaning 承诺不会亏钱的理财 --category 2",
    ),
)
@click.argument("words", nargs=-1)
@filters
@click.option("--cursor", help=t("接上页", "go on from a page"))
@click.option(
    "--export",
    type=click.Path(dir_okay=False, path_type=Path),
    help=t(
        "全部结果写入 .csv、.xlsx 或 .jsonl 文件", "write the whole result to a .csv, .xlsx or .jsonl file"
    ),
)
@click.option(
    "--like",
    metavar="AD_ID",
    help=t("与此广告文字近似的广告，由近到远", "ads of nearly the same words as this one, nearest first"),
)
@click.option(
    "--meaning",
    metavar="TEXT",
    help=t("与此文意思相近的广告，由近到远", "ads nearest in meaning to this text, nearest first"),
)
@unmasked_option
@as_option
@store_option
@json_option
@click.pass_obj
def command(desk: Desk, /, **given: Any) -> None:
    """Search one store and print a page of hits with their words marked."""
    find(desk, **given)
