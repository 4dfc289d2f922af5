"""What is known of a site's place and registrar, and how: a batch never guesses, it says 未知."""

from collections.abc import Iterable
from typing import Protocol

import msgspec

from findings.model.errors import Said


class HostFacts(msgspec.Struct, frozen=True):
    """Where a server stands and who registered its domain; None is 未知.

    `province` is a place's short name (上海), `abroad` the country's two letters (ISO 3166-1) where it stands outside
    the mainland. `by` says for each fact which provider knew it.
    """

    province: str | None = None
    abroad: str | None = None
    registrar: str | None = None
    by: tuple[Said, ...] = ()


class Provider(Protocol):
    """One source of such facts. A provider that can't be asked raises its typed error once, and is left out then."""

    def facts(self, host: str | None, ip: str | None) -> HostFacts:
        """What it knows of a host and of the address that the host had when it was captured."""
        ...


def together(known: Iterable[HostFacts]) -> HostFacts:
    """What several providers know, each fact from the first that knows it."""
    told = HostFacts()
    for one in known:
        place = one if told.province is None and told.abroad is None else told
        told = HostFacts(
            place.province,
            place.abroad,
            told.registrar or one.registrar,
            tuple(dict.fromkeys((*told.by, *one.by))),
        )
    return told
