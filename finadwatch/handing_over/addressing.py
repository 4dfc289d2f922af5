"""Whom a batch is for: the office's own file, else the authority of that kind and place, else the publisher."""

import re
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from finadwatch.context import Desk
from findings.model.handover import Paper
from handover.addressees import Addressees
from handover.errors import AddresseeUnknown

if TYPE_CHECKING:
    from analyzers.publishers import Publisher

#: What is an id and no name of an authority or a firm.
_ID = re.compile(r"[a-z0-9_-]+")


@dataclass(frozen=True)
class Meant:
    """The addressee that a call means. `sources` are those whose ads it answers for; none known: all."""

    name: str
    sources: tuple[str, ...] = ()


def addressee_of(desk: Desk, addressees: Addressees, paper: Paper, named: str | None) -> Meant | None:
    """The addressee that a call means; None where nobody is named and the paper has no usual one.

    `named` is an id or a name of the office's own file, a kind of authority that takes the paper (csrc), a publisher
    (baidu), or the name itself. Raises AddresseeUnknown for an id that is nobody's.
    """
    if named and (own := addressees.find(paper, named)) is not None:
        return Meant(own.name, own.sources)
    kinds = () if paper is Paper.DISTRICT else addressees.papers[paper].kinds
    if named is None:
        return Meant(_authority(desk, kinds[0])) if len(kinds) == 1 else None
    if named in kinds:
        return Meant(_authority(desk, named))
    plain = Meant(" ".join(named.split()))
    if not plain.name:
        return None
    if paper is Paper.STOP and (publisher := _publisher(desk, plain.name)) is not None:
        return publisher
    if _ID.fullmatch(plain.name):
        own_ids = [one.id for one in addressees.addressees if one.paper is paper]
        raise AddresseeUnknown(
            plain.name, [*own_ids, *(_publisher_ids(desk) if paper is Paper.STOP else kinds)]
        )
    return plain


def _authority(desk: Desk, kind: str) -> str:
    """What the authority of a kind in the office's place is called today."""
    from analyzers.authorities import load_kinds

    table = load_kinds()[kind]
    return table.name(table.place(desk.config.province), desk.today(), "zh").text


def _publisher(desk: Desk, named: str) -> Meant | None:
    """A publisher by its id in the table, under its firm's name, with its sources."""
    row = next((one for one in _publishers(desk) if one.id == named), None)
    return Meant(row.firm or row.title, row.sources) if row else None


def _publisher_ids(desk: Desk) -> list[str]:
    return [row.id for row in _publishers(desk)]


def _publishers(desk: Desk) -> "list[Publisher]":
    """The rows of the table that hold today."""
    from analyzers.publishers import publishers_of
    from analyzers.yamlfile import Document

    name = "publishers.yaml"
    rows = publishers_of(Document(name, files("ruleset").joinpath(name).read_text("utf-8-sig")), []).rows
    return [one for one in rows if one.holds(desk.today())]
