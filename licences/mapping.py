"""Column names by register (`mappings/*.yaml`), and where they stand in a table."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from findings.model.errors import Said, UsageError
from findings.model.places import PLACES
from findings.model.vocabulary import Product
from licences.errors import ColumnsWrong
from licences.model import REGISTER_NAME, ListKind
from licences.names import text_key
from licences.scope import scope_table
from licences.tabledata import faulty, load_checked, load_own, read_text

_SCHEMA = "mapping.schema.json"
_IN_BRACKETS = re.compile(r"[（(\[【].*?[)）\]】]")
#: Titles, dates and merged cells may stand above the header; it is looked for in these rows.
HEADER_ROWS = 15
_SHOWN_HEADERS = 12
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")
_LONGEST_TITLE = 20  # characters of a heading that messages show


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a register's table looks like and what its list proves.

    `licence_types`: those of which the list names every holder. `local`: each import says whose
    list it is. `carried`: columns whose merged or left-out cells take the value of the row above.
    """

    kind: ListKind
    title_zh: str
    max_age_days: int
    complete: bool
    products: tuple[Product, ...]
    licence_type: str | None
    licence_types: tuple[str, ...]
    territory: tuple[str, ...]
    local: bool
    synonyms: dict[str, tuple[str, ...]]
    required: frozenset[str]
    carried: frozenset[str]


def _mapping(raw: dict[str, Any], origin: str) -> Mapping:
    faults: list[Said] = []
    known = {product.value for product in Product}
    products = raw.get("products", [])
    faults += [
        Said(f"products: no product {name!r}", zh=f"products：没有产品 {name!r}")
        for name in products
        if name not in known
    ]
    kind = raw.get("licence_type")
    if kind is not None and kind not in scope_table().allowed:
        faults.append(
            Said(
                f"licence_type: scope.yaml has no type {kind!r}",
                zh=f"licence_type：scope.yaml 中没有类型 {kind!r}",
            )
        )
    types = raw.get("licence_types", [])
    faults += [
        Said(
            f"licence_types: scope.yaml has no type {name!r}",
            zh=f"licence_types：scope.yaml 中没有类型 {name!r}",
        )
        for name in types
        if name not in scope_table().allowed
    ]
    territory = raw.get("territory", [])
    faults += unknown_places(territory)
    synonyms: dict[str, tuple[str, ...]] = {}
    owner: dict[str, str] = {}
    for column, rule in raw["columns"].items():
        keys = tuple(dict.fromkeys(text_key(word) for word in rule["synonyms"]))
        for key in keys:
            if owner.setdefault(key, column) != column:
                said = Said(
                    f"columns/{column}: {key!r} is also a synonym of {owner[key]!r}",
                    zh=f"columns/{column}：{key!r} 也是 {owner[key]!r} 的同义词",
                )
                faults.append(said)
        synonyms[column] = keys
    if faults:
        raise faulty(origin, faults)
    return Mapping(
        kind=ListKind(raw["kind"]),
        title_zh=raw["title"]["zh"],
        max_age_days=raw["max_age_days"],
        complete=raw.get("complete", False),
        products=tuple(Product(name) for name in products),
        licence_type=kind,
        licence_types=tuple(types),
        territory=tuple(territory),
        local=raw.get("local", False),
        synonyms=synonyms,
        required=frozenset(column for column, rule in raw["columns"].items() if rule.get("required")),
        carried=frozenset(column for column, rule in raw["columns"].items() if rule.get("carry")),
    )


def unknown_places(names: Sequence[str]) -> list[Said]:
    """A fault for each territory that is no province's short name."""
    return [
        Said(
            f"territory: {name!r} is no province's short name (上海, 内蒙古 …)",
            zh=f"territory：{name!r} 不是省份简称（如 上海、内蒙古）",
        )
        for name in names
        if name not in PLACES
    ]


def load_mapping(register: str, path: Path | None = None) -> Mapping:
    """The mapping of a register: a file of the user's, its own bundled one, or `default`.

    What follows a first `-` tells lists of one kind apart (`small_loan-js`). Raises DataFault with all faults of the file, UsageError for a bad register name.
    """
    if not REGISTER_NAME.fullmatch(register):
        raise UsageError(
            f"{register!r} is no register name: lower-case letters, digits, - and _ only",
            zh=f"{register!r} 不是名单名称：只能用小写字母、数字、- 和 _",
        )
    if path is not None:
        return _mapping(load_checked(read_text(path), _SCHEMA, str(path)), str(path))
    bundled = f"mappings/{register.partition('-')[0]}.yaml"
    if not files("licences").joinpath(bundled).is_file():
        bundled = "mappings/negative.yaml" if register.startswith("negative") else "mappings/default.yaml"
    return _mapping(load_own(bundled, _SCHEMA), f"licences/{bundled}")


def _header_key(cell: object) -> tuple[str, str]:
    text = unicodedata.normalize("NFKC", cell) if isinstance(cell, str) else ""
    return text_key(text), text_key(_IN_BRACKETS.sub("", text))


def _columns(cells: Sequence[object], mapping: Mapping) -> dict[str, int]:
    """Column → place in the row, by the best synonym; raises ColumnsWrong for a doubled heading."""
    keys = [_header_key(cell) for cell in cells]
    found: dict[str, int] = {}
    for column, synonyms in mapping.synonyms.items():
        for synonym in synonyms:
            places = [i for i, key in enumerate(keys) if synonym in key]
            if len(places) > 1:
                raise ColumnsWrong(
                    f"two columns are headed {cells[places[0]]!s:.40}: keep one of columns "
                    f"{places[0] + 1} and {places[1] + 1}",
                    zh=f"有两列的表头都是 {cells[places[0]]!s:.40}：第 {places[0] + 1}、{places[1] + 1} 列请只留一列",
                )
            if places:
                found[column] = places[0]
                break
    return found


def _merged(upper: Sequence[object], lower: Sequence[object]) -> list[object]:
    """A heading over two rows: the lower cell, or the upper one where the lower is merged away."""
    width = max(len(upper), len(lower))
    padded = [[*row, *([None] * (width - len(row)))] for row in (upper, lower)]
    return [low if low not in (None, "") else high for high, low in zip(*padded, strict=True)]


def headings(rows: Sequence[Sequence[object]], columns: dict[str, int]) -> dict[str, str]:
    """What the heading rows, the lower one last, call each column."""
    found: dict[str, str] = {}
    for column, place in columns.items():
        cells = (row[place] for row in reversed(rows[-2:]) if place < len(row))
        text = next((str(cell) for cell in cells if cell not in (None, "")), column)
        found[column] = " ".join(text.split())[:_LONGEST_TITLE]
    return found


def _garbled(shown: Sequence[str]) -> str | None:
    """What headings said before a program took their bytes for Western letters; None where they are no such text."""
    for cell in shown:
        for codec in ("utf-8", "gb18030"):
            try:
                text = cell.encode("latin-1").decode(codec)
            except UnicodeError:
                continue
            if _HAN.search(text):
                return text
    return None


def find_header(rows: Sequence[Sequence[object]], mapping: Mapping) -> tuple[int, dict[str, int]]:
    """The index of the last heading row and the place of each column.

    `rows` are the first rows of the table. Raises ColumnsWrong, naming what is missing and
    what was found instead.
    """
    best: tuple[int, int, dict[str, int]] | None = None
    doubled: ColumnsWrong | None = None
    for at, row in enumerate(rows[:HEADER_ROWS]):
        for cells in (row, _merged(rows[at - 1], row) if at else row):
            try:
                columns = _columns(cells, mapping)
            except ColumnsWrong as error:
                doubled = doubled or error
                continue
            if columns and (best is None or len(columns) > best[0]):
                best = (len(columns), at, columns)
    missing = mapping.required - (best[2].keys() if best else set())
    if best is not None and not missing:
        return best[1], best[2]
    if doubled is not None:
        raise doubled
    seen = rows[best[1]] if best else (rows[0] if rows else ())
    shown = [f"{cell!s:.20}" for cell in seen if cell not in (None, "")][:_SHOWN_HEADERS]
    wanted = "; ".join(f"{column} ({', '.join(mapping.synonyms[column][:4])})" for column in sorted(missing))
    wanted_zh = "；".join(
        f"{column}（可写作 {'、'.join(mapping.synonyms[column][:4])}）" for column in sorted(missing)
    )
    garbled = _garbled(shown)
    advice = (
        f"; it is in a wrong encoding and once read {garbled}: export it again as UTF-8" if garbled else ""
    )
    advice_zh = f"；疑为乱码，原文似为“{garbled}”：请以 UTF-8 重新导出" if garbled else ""
    raise ColumnsWrong(
        f"no heading row has the required columns: missing {wanted}; "
        f"found {', '.join(shown) or 'nothing'}{advice}",
        zh=f"没有哪一行表头含全部必需列：缺少 {wanted_zh}；现有 {'、'.join(shown) or '无'}{advice_zh}",
    )
