"""Whom a batch is for: the office's own file, else the authority of that kind and place, else the publisher."""

from importlib.resources import files

from finadwatch.context import Desk
from findings.model.handover import Paper
from handover.addressees import Addressees


def addressee_of(desk: Desk, addressees: Addressees, paper: Paper, named: str | None) -> str | None:
    """The name of the addressee that a call means; None where nobody is named and the paper has no usual one.

    `named` is an id or a name of the office's own file, a kind of authority that takes the paper (csrc), a publisher
    (baidu), or the name itself.
    """
    if named and (own := addressees.find(paper, named)) is not None:
        return own.name
    kinds = () if paper is Paper.DISTRICT else addressees.papers[paper].kinds
    if named is None:
        return _authority(desk, kinds[0]) if len(kinds) == 1 else None
    if named in kinds:
        return _authority(desk, named)
    return _publisher(desk, named) if paper is Paper.STOP else " ".join(named.split())


def _authority(desk: Desk, kind: str) -> str:
    """What the authority of a kind in the office's place is called today."""
    from analyzers.authorities import load_kinds

    table = load_kinds()[kind]
    return table.name(table.place(desk.config.province), desk.today(), "zh").text


def _publisher(desk: Desk, named: str) -> str:
    """A publisher by its id in the table, under its firm's name; another name as it is."""
    from analyzers.publishers import publishers_of
    from analyzers.yamlfile import Document

    name = "publishers.yaml"
    rows = publishers_of(Document(name, files("ruleset").joinpath(name).read_text("utf-8-sig")), []).rows
    row = next((one for one in rows if one.id == named and one.holds(desk.today())), None)
    return (row.firm or row.title) if row else " ".join(named.split())
