"""Provinces by address: a file of address ranges that an office has from its own supplier.

A line is `first,last,where…` or `network/bits,where…`, separated by commas, tabs or bars; `where` is any words that
name a province (中国|福建省|福州市|电信), or a country. `#` begins a comment.
"""

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path
from typing import Self

import msgspec

from findings.model.errors import Said
from handover.hosting.errors import HostingFileBroken
from handover.hosting.model import HostFacts
from handover.hosting.places import province_in

#: Most ranges of one file (whole files of the kind have under two million), and characters of a line.
MOST_RANGES, MOST_LINE = 5_000_000, 1_000
_HERE = frozenset({"cn", "chn", "中国", "china"})
_NOWHERE = frozenset({"", "0", "-", "*", "保留", "内网ip", "未知", "zz"})


class Fault(msgspec.Struct, frozen=True):
    """A line, counted from 1, that says nothing that could be read."""

    line: int
    why: Said


class AddressRanges:
    """Ranges that don't overlap, searched by halving. `faults` are lines that were left out."""

    def __init__(self, name: str) -> None:
        self._by = Said(f"address file {name}", zh=f"地址段文件 {name}")
        self._first = {4: array("I"), 6: _Numbers()}
        self._last = {4: array("I"), 6: _Numbers()}
        self._where = {4: array("I"), 6: array("I")}
        self._names: list[tuple[str | None, str | None]] = []
        self.faults: list[Fault] = []

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a file, UTF-8. Raises HostingFileBroken where it can't be read or no line of it can."""
        ranges = cls(path.name)
        try:
            with path.open(encoding="utf-8-sig", errors="replace", newline=None) as lines:
                ranges._take(_bounded(lines))
        except OSError as error:
            raise HostingFileBroken(path, error.strerror or str(error)) from error
        if not ranges._names:
            raise HostingFileBroken(path, "0 address ranges 地址段")
        return ranges

    def facts(self, host: str | None, ip: str | None) -> HostFacts:
        """The province of an address, or the country where it is abroad."""
        try:
            address = ip_address(ip or "")
        except ValueError:
            return HostFacts()
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        number, firsts = int(address), self._first[address.version]
        at = bisect_right(firsts, number) - 1
        if at < 0 or number > self._last[address.version][at]:
            return HostFacts()
        province, abroad = self._names[self._where[address.version][at]]
        return HostFacts(province, abroad, by=(self._by,)) if province or abroad else HostFacts()

    def _take(self, lines: Iterable[str]) -> None:
        known: dict[str, int] = {}
        read: dict[int, list[tuple[int, int, int, int]]] = {4: [], 6: []}
        for number, line in enumerate(lines, 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if sum(map(len, read.values())) >= MOST_RANGES:
                self._fault(number, f"more than {MOST_RANGES} ranges", f"超过 {MOST_RANGES} 段")
                break
            parts = [part.strip() for part in line.replace("\t", ",").replace("|", ",").split(",")]
            span = _span(parts)
            if span is None:
                self._fault(number, "no range of addresses", "不是地址段")
                continue
            version, first, last, rest = span
            where = known.setdefault(",".join(rest), len(known))
            if where == len(self._names):
                self._names.append(_place(rest))
            read[version].append((first, last, where, number))
        for version, ranges in read.items():
            end = -1
            for first, last, where, number in sorted(ranges):
                if first <= end:
                    self._fault(number, "it overlaps another range", "与其他地址段重叠")
                    continue
                end = last
                self._first[version].append(first)
                self._last[version].append(last)
                self._where[version].append(where)

    def _fault(self, line: int, en: str, zh: str) -> None:
        self.faults.append(Fault(line, Said(en, zh=zh)))


class _Numbers(list[int]):
    """Addresses of IPv6, which no array of the machine's numbers holds."""


def _bounded(lines: Iterable[str]) -> Iterable[str]:
    return (line[:MOST_LINE] for line in lines)


def _span(parts: list[str]) -> tuple[int, int, int, list[str]] | None:
    """Version, first and last address of a line, and its other words."""
    try:
        if "/" in parts[0]:
            network = ip_network(parts[0], strict=False)
            return network.version, int(network[0]), int(network[-1]), parts[1:]
        first = ip_address(parts[0])
        last: IPv4Address | IPv6Address = ip_address(parts[1])
    except (ValueError, IndexError):
        return None
    if first.version != last.version or int(last) < int(first):
        return None
    return first.version, int(first), int(last), parts[2:]


def _place(words: list[str]) -> tuple[str | None, str | None]:
    """Province, or else the country as written, of the words of a line."""
    named = [word for word in words if word.casefold() not in _NOWHERE]
    if province := province_in(" ".join(named)):
        return province, None
    country = named[0] if named else None
    return None, None if country is None or country.casefold() in _HERE else country[:40]
