"""To whom an office hands over, and what each paper is made of: `data/addressees.yaml` and the office's own file.

Names of authorities are no part of it: they change by place and day, and whoever makes a batch knows them
(`ruleset/authorities.yaml`).
"""

import json
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import msgspec
import yaml

from findings.model.errors import Said
from findings.model.faults import schema_fault
from findings.model.handover import Paper
from handover.columns import COLUMNS
from handover.errors import AddresseesWrong

#: Bytes of an office's own file at most; two thousand addressees take a fifth of it.
MOST_BYTES = 2_000_000


class PaperForm(msgspec.Struct, frozen=True, kw_only=True):
    """What one paper is made of. `kinds` of authority take it, the first where a batch names nobody; `personal` says
    whether data of natural persons stands in its list, `rows` whether that has a row a site or a case;
    an answer is asked for within `answer_days` working days.
    `action` is what the form for receipts asks for in each row."""

    title: str
    action: str
    kinds: tuple[str, ...]
    personal: Literal["masked", "whole"]
    answer_days: int
    rows: Literal["case", "site"]
    columns: tuple[str, ...]


class Addressee(msgspec.Struct, frozen=True, kw_only=True):
    """One addressee of the office's own file. `sources` are those whose ads a publisher answers for."""

    id: str
    paper: Paper
    name: str
    sources: tuple[str, ...] = ()
    answer_days: int | None = None


class Addressees(msgspec.Struct, frozen=True, kw_only=True):
    """The whole table."""

    papers: Mapping[Paper, PaperForm]
    addressees: tuple[Addressee, ...] = ()

    def find(self, paper: Paper, name: str) -> Addressee | None:
        """The addressee of a paper by id or name."""
        return next(
            (one for one in self.addressees if one.paper is paper and name in (one.id, one.name)), None
        )


class _Own(msgspec.Struct, frozen=True, kw_only=True):
    papers: dict[Paper, PaperForm] = {}
    addressees: tuple[Addressee, ...] = ()


def load_addressees(own: Path | None = None) -> Addressees:
    """The table that ships, with the papers of an office's own file in place of its own, and that file's addressees.

    Raises AddresseesWrong with every fault of that file.
    """
    shipped = _read(yaml.safe_load(files("handover").joinpath("data/addressees.yaml").read_text("utf-8")))
    if own is None:
        return Addressees(papers=shipped.papers)
    try:
        with own.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise AddresseesWrong(own, [Said(f"more than {MOST_BYTES} bytes", zh=f"超过 {MOST_BYTES} 字节")])
        given: Any = yaml.safe_load(raw.decode("utf-8-sig")) or {}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
        why = " ".join(str(error).split())[:300]
        raise AddresseesWrong(own, [Said(why, zh=f"无法读取（{why}）")]) from error
    faults = list(_faults(given))
    if faults:
        raise AddresseesWrong(own, faults)
    read = _read(given)
    return Addressees(papers={**shipped.papers, **read.papers}, addressees=read.addressees)


def _read(value: Any) -> _Own:
    return msgspec.convert(value, _Own)


def _faults(value: Any) -> Iterator[Said]:
    from jsonschema import Draft202012Validator

    schema = json.loads(files("handover").joinpath("data/addressees.schema.json").read_text("utf-8"))
    wrong = sorted(
        Draft202012Validator(schema).iter_errors(value), key=lambda e: [str(p) for p in e.absolute_path]
    )
    for error in wrong[:100]:
        yield schema_fault(".".join(str(part) for part in error.absolute_path) or "top level", error)
    if wrong:
        return
    for paper, form in value.get("papers", {}).items():
        for column in form["columns"]:
            if column not in COLUMNS:
                yield Said(
                    f"papers.{paper}.columns: there is no column {column}",
                    zh=f"papers.{paper}.columns：没有名为 {column} 的栏目",
                )
    seen: set[tuple[str, str]] = set()
    for one in value.get("addressees", []):
        key = (one["paper"], one["id"])
        if key in seen:
            yield Said(
                f"addressees: {one['id']} stands twice for {one['paper']}",
                zh=f"addressees：{one['paper']} 的 {one['id']} 重复",
            )
        seen.add(key)
