"""Reads and checks all source definitions: those that ship, and those of an office's own folder."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any

import msgspec
import yaml
from jsonschema import Draft202012Validator

from crawlers.sources.errors import SourceFaults
from crawlers.sources.extend import base_faults, extended
from crawlers.sources.model import Source
from findings.model.errors import Said
from findings.model.faults import schema_fault

_SHARED = "signatures.yaml"

#: Ten times as fast as Python's loader, but a file nested 100,000 deep crashes it: for what ships only.
_OURS = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_sources(own: Traversable | None = None) -> dict[str, Source]:
    """All sources by name, checked against `source.schema.json`: those that ship, then those of `own`.

    `own` is an office's folder of `<name>/source.yaml`; it need not exist. From there comes data and
    no code, under names that nothing shipped bears. The signatures every site may show
    (`signatures.yaml`) stand after a source's own.
    Raises SourceFaults naming every fault with file and place.
    """
    if own is None or not own.is_dir():
        return dict(_shipped())
    return {**_shipped(), **_read(own, own=True)}


@cache
def _shipped() -> Mapping[str, Source]:
    return MappingProxyType(_read(files("crawlers.sources")))


@cache
def _validator() -> Draft202012Validator:
    schema = json.loads(files("crawlers.sources").joinpath("source.schema.json").read_text("utf-8"))
    return Draft202012Validator(schema)


@cache
def _common_signatures() -> tuple[dict[str, Any], ...]:
    text = files("crawlers.sources").joinpath(_SHARED).read_text("utf-8")
    return tuple(_loaded(text)["signatures"])


def _read(folder: Traversable, *, own: bool = False) -> dict[str, Source]:
    faults: list[Said] = []
    defined: dict[str, dict[str, Any]] = {}
    for child, definition in _definitions(folder):
        if own:
            faults.extend(_at(child, _stranger_faults(child, folder)))
        try:
            text = definition.read_text("utf-8")
            raw = yaml.safe_load(text) if own else _loaded(text)
        except (yaml.YAMLError, UnicodeDecodeError, OSError, RecursionError) as bad:
            faults.append(_broken(_place(child), bad))
            continue
        here = [*_schema_faults(raw), *(_semantic_faults(raw, child) if isinstance(raw, dict) else ())]
        faults.extend(_at(child, here))
        if not here:
            defined[child] = raw
    # A folder of one's own may extend what ships.
    known = {**_plain_definitions(), **defined} if own else defined
    found: dict[str, Source] = {}
    for child, raw in defined.items():
        here = [*base_faults(raw, known)]
        if not here:
            whole = extended(raw, known[raw["extends"]]) if "extends" in raw else raw
            here = [*_page_faults(whole)]
        if here:
            faults.extend(_at(child, here))
            continue
        whole = {**whole, "signatures": [*whole.get("signatures", ()), *_common_signatures()]}
        try:
            found[child] = msgspec.convert(whole, Source)
        except msgspec.ValidationError as bad:
            faults.append(_broken(_place(child), bad))
    if faults:
        raise SourceFaults(faults)
    return found


def _definitions(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for child in sorted(folder.iterdir(), key=lambda entry: entry.name):
        definition = child.joinpath("source.yaml")
        if child.is_dir() and definition.is_file():
            yield child.name, definition


@cache
def _plain_definitions() -> Mapping[str, dict[str, Any]]:
    """What ships, as written."""
    shipped = _definitions(files("crawlers.sources"))
    return {name: _loaded(definition.read_text("utf-8")) for name, definition in shipped}


def _loaded(text: str) -> Any:
    return yaml.load(text, Loader=_OURS)  # noqa: S506 - a safe loader


def _place(child: str) -> str:
    return f"{child}/source.yaml"


def _at(child: str, faults: Iterable[Said]) -> Iterator[Said]:
    for fault in faults:
        yield Said(f"{_place(child)}: {fault}", zh=f"{_place(child)}：{fault.zh}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def _broken(place: str, error: Exception) -> Said:
    """What a library says of a text; it says so in English only."""
    return Said(f"{place}: {_one_line(error)}", zh=f"{place}：写法有误（{_one_line(error)}）")


def _schema_faults(raw: object) -> Iterator[Said]:
    for fault in sorted(_validator().iter_errors(raw), key=lambda error: list(map(str, error.absolute_path))):
        yield schema_fault(".".join(map(str, fault.absolute_path)) or "(root)", fault)


def _stranger_faults(name: str, folder: Traversable) -> Iterator[Said]:
    """What a definition from outside the program may not do: replace one of ours, or bring code."""
    if name in _plain_definitions():
        yield Said(
            "name: a source of this name ships with the program; choose another",
            zh="name：与内置来源同名，请改名",
        )
    if folder.joinpath(name, "parser.py").is_file():
        yield Said(
            "parser.py: only source.yaml is read from a folder of one's own, code is never run; take it out",
            zh="parser.py：自有来源只读取 source.yaml，不执行代码，请移除",
        )


def _page_faults(whole: dict[str, Any]) -> Iterator[Said]:
    """Pages of its own can only have a source that takes addresses."""
    if whole.get("pages") and not any("{url}" in template for template in whole["url"].values()):
        yield Said(
            "pages: only a source whose url is {url} has pages of its own",
            zh="pages：只有 url 为 {url} 的来源才能有自己的页面",
        )


def _semantic_faults(raw: dict[str, Any], folder: str) -> Iterator[Said]:
    """What a JSON Schema can't say: the name is the folder's, patterns and selectors compile."""
    from cssselect import GenericTranslator, SelectorError
    from lxml import etree

    if raw.get("name") != folder:
        yield Said(f"name: it must be the folder's, {folder}", zh=f"name：应与文件夹同名（{folder}）")
    for index, signature in enumerate(_list(raw.get("signatures"))):
        for key in ("url", "title", "text", "body"):
            try:
                re.compile(str(signature.get(key) or ""))
            except re.error as bad:
                yield _broken(f"signatures.{index}.{key}", bad)
    for place, candidate in _candidates(raw):
        try:
            for css in (candidate.get("css"), candidate.get("without")):
                if isinstance(css, str):
                    GenericTranslator().css_to_xpath(css)
            if isinstance(candidate.get("xpath"), str):
                etree.XPath(candidate["xpath"])
            for key in ("match", "matches"):
                if re.compile(str(candidate.get(key) or "()")).groups < (key == "match"):
                    yield Said(f"{place}.{key}: no group to take", zh=f"{place}.{key}：没有可取的分组")
        except (SelectorError, etree.XPathSyntaxError, re.error) as bad:
            yield _broken(place, bad)


def _candidates(raw: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every candidate and condition of a definition, with its place."""
    groups = {"selectors": raw.get("selectors")}
    for index, shape in enumerate(_list(raw.get("shapes"))):
        groups[f"shapes.{index}.fields"] = shape.get("fields")
        groups[f"shapes.{index}"] = {
            key: shape.get(key) for key in ("items", "needs", "skip", "promoted") if key in shape
        }
    for place, group in groups.items():
        for field, candidates in (group if isinstance(group, dict) else {}).items():
            for index, candidate in enumerate(_list(candidates)):
                yield f"{place}.{field}.{index}", candidate


def _list(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
