"""finadwatch licences related: the other firms of a firm, as a table and a graph file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, json_option
from finadwatch.context import Desk
from finadwatch.errors import NoSuchFirm, NoSuchRegister, OutputRefused, SeveralFirms
from finadwatch.i18n import language, t
from finadwatch.labels import firm_status_label
from finadwatch.show import emit, progress, table

if TYPE_CHECKING:
    from collections.abc import Callable

    from licences.firmlists import RegisteredFirms
    from licences.index import Index
    from licences.model import FirmEntry
    from licences.related import Link, Related, Search

    Ways = dict[str, tuple[str, ...]]

GRAPHS = ("graphml", "gexf", "json")


@click.command(
    help=t(
        "从法定代表人和股东出发，列出一家企业（如负面清单上的）的关联企业。"
        "自然人只凭姓名，同名不等于同一人；名称写入文件或 JSON 时自然人姓名隐去，除非给出 --names。",
        "The other firms of a firm, by legal representatives and shareholders. Persons are known by name "
        "alone; in files and JSON their names are masked unless --names is given.",
    )
    + "\n\n"
    + example(
        "finadwatch licences related 星河示例有限公司 --steps 2 --graph related.graphml",
        "finadwatch licences related 91310000MA00000001 --csv related.csv --names",
    )
)
@click.argument("firm", metavar=t("名称或代码", "NAME|CODE"))
@click.option("--steps", type=click.IntRange(1, 6), default=2, show_default=True, help=t("步数", "steps"))
@click.option("--register", "register_id", help=t("只用这一名录", "only this business register"))
@click.option(
    "--graph",
    "graph_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=t("写入图文件（.graphml、.gexf、.json）", "write a graph file (.graphml, .gexf, .json)"),
)
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help=t("写入 CSV 文件", "write a CSV file"),
)
@click.option(
    "--mask/--names",
    "mask",
    default=None,
    help=t(
        "隐去或写出自然人姓名（默认：屏幕写出，文件与 JSON 隐去）",
        "mask or write persons' names (default: written on screen, masked in files and JSON)",
    ),
)
@json_option
@click.pass_obj
def related(
    desk: Desk,
    firm: str,
    steps: int,
    register_id: str | None,
    graph_file: Path | None,
    csv_file: Path | None,
    mask: bool | None,
    as_json: bool,
) -> None:
    """Search the business register from one firm and print what is near, nearest first."""
    from licences.firmlists import RegisteredFirms
    from licences.model import ListKind
    from licences.related import related as search_from

    form = _form(graph_file)
    registers = desk.registers()
    lists = [one.register.id for one in registers.lists if one.register.kind is ListKind.FIRMS]
    if register_id is not None and register_id not in lists:
        raise NoSuchRegister(register_id)
    firms = RegisteredFirms(registers.index, register_id)
    search = search_from(_start(firms, firm), firms, steps)
    listed = _Listed(registers.index, search)
    shared, ways = _shown(mask is not False), search.ways()
    if graph_file is not None:
        _write_graph(graph_file, form, search, listed, shared)
    if csv_file is not None:
        from finadwatch.commands.licences.exports import write_csv

        write_csv(csv_file, _columns(), (_row(one, ways, listed, shared) for one in search.firms))
    if as_json:
        for one in search.firms:
            emit(_plain(one, ways, listed, shared))
    else:
        here = _shown(mask is True)
        table(
            t("关联企业", "Related firms"),
            _columns(),
            [_row(one, ways, listed, here) for one in search.firms],
        )
    for note in search.notes:
        progress(f"· {note.said(language())}")
    if not as_json:
        progress(
            t(
                "自然人仅凭姓名关联，同名未必同一人，请以登记档案核实。",
                "Persons are linked by name alone: one name need not be one person.",
            )
        )


def _start(firms: "RegisteredFirms", asked: str) -> "FirmEntry":
    """The one firm that was asked for. Raises NoSuchFirm, SeveralFirms."""
    found = firms.firm_of(asked)
    if not found:
        raise NoSuchFirm(asked)
    if len(found) > 1:
        raise SeveralFirms(asked, [f"{one.uscc or one.id} {one.name}" for one in found[:10]])
    return found[0]


class _Listed:
    """Which of the firms found stand on a negative list, by code or full name."""

    def __init__(self, index: "Index", search: "Search") -> None:
        from licences.names import full_key

        self._ids = {
            one.firm.id
            for one in search.firms
            if (one.firm.uscc and index.negative_uscc.get(one.firm.uscc))
            or index.negative_name.get(full_key(one.firm.name))
        }

    def __call__(self, firm_id: str) -> bool:
        return firm_id in self._ids


def _shown(mask: bool) -> "Callable[[str], str]":
    from licences.personal import masked

    return masked if mask else str


def _form(path: Path | None) -> str:
    form = path.suffix.lower().lstrip(".") if path else ""
    if path is not None and form not in GRAPHS:
        raise OutputRefused(
            path, t("应以 .graphml、.gexf 或 .json 结尾", "it must end with .graphml, .gexf or .json")
        )
    return form


def _write_graph(
    path: Path, form: str, search: "Search", listed: _Listed, shown: "Callable[[str], str]"
) -> None:
    from licences.relatedgraph import graph_of, write_graph

    try:
        path.write_bytes(write_graph(graph_of(search, listed, shown), form))
    except OSError as error:
        raise OutputRefused(path, error.strerror or str(error)) from error


def _columns() -> tuple[str, ...]:
    return (
        t("步", "step"), t("企业", "firm"), t("统一社会信用代码", "code"), t("状态", "status"),
        t("省份", "seat"), t("负面清单", "listed"), t("关联强度", "strength"), t("关联", "link"), t("路径", "path"),
    )  # fmt: skip


def _row(one: "Related", ways: "Ways", listed: _Listed, shown: "Callable[[str], str]") -> tuple[object, ...]:
    firm = one.firm
    strengths = {
        "strong": t("强（企业持股）", "strong (a firm holds shares)"),
        "middling": t("中（两人以上同名）", "middling (two names or more)"),
        "weak": t("弱（一人同名）", "weak (one name)"),
    }
    return (
        one.step,
        firm.name,
        firm.uscc or "",
        firm_status_label(firm.status.value),
        firm.seat or "",
        t("是", "yes") if listed(firm.id) else "",
        strengths[one.strength.value] if one.strength else "",
        "；".join(_said(link, shown) for link in one.links),
        " ← ".join(ways[one.firm.id]),
    )


def _said(link: "Link", shown: "Callable[[str], str]") -> str:
    """`张三：法定代表人 → 股东 51%`: what a party is to the firm before and to this one."""
    party = shown(link.party) if link.person else link.party
    near, far = (("、".join(_role(role) for role in roles)) for roles in (link.near, link.far))
    return f"{party}：{near or t('本企业', 'itself')} → {far or t('本企业', 'itself')}"


def _role(role: str) -> str:
    name, _, share = role.partition(" ")
    known = {
        "legal_representative": t("法定代表人", "legal representative"),
        "shareholder": t("股东", "shareholder"),
    }
    return f"{known[name]} {share}".rstrip()


def _plain(one: "Related", ways: "Ways", listed: _Listed, shown: "Callable[[str], str]") -> dict[str, object]:
    firm = one.firm
    return {
        "step": one.step,
        "name": firm.name,
        "uscc": firm.uscc,
        "status": firm.status.value,
        "seat": firm.seat,
        "listed": listed(firm.id),
        "strength": one.strength.value if one.strength else None,
        "links": [
            {
                "party": shown(link.party) if link.person else link.party,
                "person": link.person,
                "near": link.near,
                "far": link.far,
            }
            for link in one.links
        ],
        "path": ways[one.firm.id],
    }
