"""Who publishes ads on a source or a site, and where that firm has its seat (`ruleset/publishers.yaml`)."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import combinations

import msgspec

from analyzers.errors import Fault
from analyzers.yamlfile import Document
from findings.model.errors import Said
from findings.model.places import PLACES, place_of_icp


class Publisher(msgspec.Struct, frozen=True, rename={"since": "from"}, kw_only=True):
    """One publisher. `province` is the short name of a place, None where it is not known.

    `icp` is the number in the footer of its pages, `basis` the mark of what proves the province.
    """

    id: str
    title: str
    firm: str | None
    sources: tuple[str, ...]
    hosts: tuple[str, ...]
    province: str | None
    icp: str | None
    basis: str | None
    since: date | None
    until: date | None

    def holds(self, on: date) -> bool:
        """Whether the row speaks of a day."""
        return (self.since or date.min) <= on < (self.until or date.max)


class Publishers:
    """The table, findable by source and by host."""

    def __init__(self, rows: Sequence[Publisher]) -> None:
        self.rows = tuple(rows)
        self._by_source: dict[str, list[Publisher]] = {}
        self._by_host: dict[str, list[Publisher]] = {}
        for row in rows:
            for source in row.sources:
                self._by_source.setdefault(source, []).append(row)
            for host in row.hosts:
                self._by_host.setdefault(host, []).append(row)

    def of_source(self, source: str, on: date) -> Publisher | None:
        """Who publishes what a source shows."""
        return next((row for row in self._by_source.get(source, ()) if row.holds(on)), None)

    def of_host(self, host: str, on: date) -> Publisher | None:
        """Who publishes on a host or on a domain above it."""
        labels = host.casefold().rstrip(".").split(".")[-8:]
        for at in range(len(labels) - 1):
            rows = self._by_host.get(".".join(labels[at:]), ())
            if found := next((row for row in rows if row.holds(on)), None):
                return found
        return None


def publishers_of(document: Document | None, faults: list[Fault]) -> Publishers:
    """The publishers of a checked `publishers.yaml`; what a schema can't see is added to `faults`."""
    if document is None:
        return Publishers(())
    try:
        rows = msgspec.convert(document.data["publishers"], tuple[Publisher, ...])
    except msgspec.ValidationError as error:  # a date that is none, such as 2026-02-30
        faults.append(document.fault(["publishers"], Said(str(error), zh=f"写法有误（{error}）")))
        return Publishers(())
    faults += _faults(document, rows)
    return Publishers(rows)


def _faults(document: Document, rows: Sequence[Publisher]) -> Iterator[Fault]:
    for at, row in enumerate(rows):
        filed = place_of_icp(row.icp) if row.icp else None
        named = PLACES[row.province] if row.province else None
        if filed and named and filed.short not in (named.short, named.parent):
            said = Said(
                f"{row.icp} was not filed in {row.province}", zh=f"{row.icp} 不是{row.province}的备案号"
            )
            yield document.fault(["publishers", at, "icp"], said)
        if row.since and row.until and row.until <= row.since:
            yield document.fault(
                ["publishers", at, "until"], Said("a row must end after it begins", zh="止日须晚于起日")
            )
    for (_, one), (at, other) in combinations(enumerate(rows), 2):
        shared = {*one.hosts, *one.sources} & {*other.hosts, *other.sources}
        days = (one.since or date.min) < (other.until or date.max) and (other.since or date.min) < (
            one.until or date.max
        )
        if shared and days:
            said = Said(
                f"{sorted(shared)[0]} has two publishers on the same days",
                zh=f"{sorted(shared)[0]} 同一时期有两个发布者",
            )
            yield document.fault(["publishers", at], said)
