"""Reads and checks all source definitions that are installed."""

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


def load_sources(folder: Traversable | None = None) -> dict[str, Source]:
    """All sources by name, checked against `source.schema.json`.

    `folder` is a folder of `<name>/source.yaml`; without it the ones that ship. The signatures
    every site may show (`signatures.yaml`) stand after a source's own.
    Raises SourceFaults naming every fault with file and place.
    """
    if folder is None:
        return dict(_shipped())
    return dict(_read(folder))


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
    return tuple(yaml.safe_load(text)["signatures"])


def _read(folder: Traversable) -> dict[str, Source]:
    faults: list[Said] = []
    own: dict[str, dict[str, Any]] = {}
    for child, definition in _definitions(folder):
        try:
            raw = yaml.safe_load(definition.read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as bad:
            faults.append(_broken(_place(child), bad))
            continue
        here = [*_schema_faults(raw), *(_semantic_faults(raw, child) if isinstance(raw, dict) else ())]
        faults.extend(_at(child, here))
        if not here:
            own[child] = raw
    # A folder of one's own may extend what ships.
    known = {**_plain_definitions(), **own} if any("extends" in raw for raw in own.values()) else own
    found: dict[str, Source] = {}
    for child, raw in own.items():
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
    return {name: yaml.safe_load(definition.read_text("utf-8")) for name, definition in shipped}


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
