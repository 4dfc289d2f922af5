"""The other firms of a firm: through legal representatives and shareholders, step by step.

A firm that holds shares of another is a strong link. A natural person is known by the name alone
(no list holds identity numbers): a shared name is a weak link, two shared names a middling one.
A name that very many firms bear (王伟) is not followed; every limit that was met is told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

import msgspec

from findings.model.errors import Said
from licences.codes import clean_code
from licences.keys import person_key
from licences.model import FirmEntry
from licences.names import full_key
from licences.parties import parties_in

MAX_STEPS = 6
#: Firms of one person's name that are followed: with more the name says nothing of who it is.
MAX_BEARERS = 50
#: Firms that one firm holds and that are followed: an investment arm of a province holds hundreds.
MAX_HELD = 500
MAX_FIRMS = 2_000
MAX_PARTIES = 200  # shareholders of one firm that are followed


class Role(StrEnum):
    """How a party belongs to a firm."""

    LEGAL_REPRESENTATIVE = "legal_representative"
    SHAREHOLDER = "shareholder"


class Strength(StrEnum):
    """How much a link proves: firm to firm, two names shared, one name shared."""

    STRONG = "strong"
    MIDDLING = "middling"
    WEAK = "weak"


class Party(msgspec.Struct, frozen=True):
    """A person or organisation that a firm names. `share` is in percent."""

    name: str
    role: Role
    person: bool
    code: str | None = None
    share: float | None = None

    @property
    def key(self) -> str:
        """The comparable form of its name."""
        return person_key(self.name)


class Link(msgspec.Struct, frozen=True):
    """Why one firm leads to another: what the first and what the second has to do with `party`.

    Between a firm and one that it holds `party` is the holder itself.
    """

    party: str
    person: bool
    near: tuple[str, ...]
    far: tuple[str, ...]


class Related(msgspec.Struct, frozen=True, kw_only=True):
    """A firm and the way to it: `via` is the id of the firm one step before."""

    firm: FirmEntry
    step: int
    via: str | None = None
    strength: Strength | None = None
    links: tuple[Link, ...] = ()


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, the start first, and every limit that was met on the way."""

    firms: tuple[Related, ...]
    notes: tuple[Said, ...] = ()

    def ways(self) -> dict[str, tuple[str, ...]]:
        """Firm by id → the names on the way back to the start, its own first."""
        ways: dict[str, tuple[str, ...]] = {}
        for one in self.firms:  # what leads to a firm comes before it
            ways[one.firm.id] = (one.firm.name, *(ways[one.via] if one.via is not None else ()))
        return ways


class Firms(Protocol):
    """The business register, asked by name, code and party; answers may be cut at a length of their own."""

    def firm_of(self, name_or_code: str) -> Sequence[FirmEntry]:
        """Firms with a code or a registered or former name."""
        ...

    def of_person(self, key: str) -> Sequence[FirmEntry]:
        """Firms whose legal representative bears this name."""
        ...

    def of_holder(self, key: str, code: str | None) -> Sequence[FirmEntry]:
        """Firms of which somebody of this name, or with this code, is a shareholder."""
        ...


def parties_of(firm: FirmEntry) -> tuple[Party, ...]:
    """Whom a firm names, its legal representative first. A delegate of a partner is a person of their own."""
    named: list[tuple[str, Role, str | None, float | None]] = []
    if firm.legal_representative:
        named.append((firm.legal_representative, Role.LEGAL_REPRESENTATIVE, None, None))
    named += [(one.name, Role.SHAREHOLDER, one.code, one.share) for one in firm.shareholders[:MAX_PARTIES]]
    found: list[Party] = []
    for cell, role, code, share in named:
        for at, (name, person) in enumerate(parties_in(cell)):
            if len(person_key(name)) < 2:
                continue
            if at == 0:  # code and share are the partner's, not its delegate's
                found.append(Party(name, role, person and not code, code, share))
            else:
                found.append(Party(name, role, person))
    return tuple(found)


@dataclass
class _Walk:
    firms: Firms
    found: dict[str, Related]
    notes: list[Said] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    followed: set[str] = field(default_factory=set)
    """Persons and holders whose firms are all known: to ask again brings nothing new."""

    def step(self, frontier: Iterable[FirmEntry], step: int) -> list[FirmEntry]:
        """The firms one step from a frontier that were not known before."""
        new: list[FirmEntry] = []
        for firm in frontier:
            for other, links in self._around(firm).values():
                if other.id in self.found:
                    continue
                if len(self.found) > MAX_FIRMS:
                    self._note(
                        f"more than {MAX_FIRMS} firms: the rest was left out",
                        f"超过 {MAX_FIRMS} 家，其余未列出",
                    )
                    return new
                self.found[other.id] = Related(
                    firm=other, step=step, via=firm.id, strength=_strength(links), links=tuple(links)
                )
                new.append(other)
        return new

    def _around(self, firm: FirmEntry) -> dict[str, tuple[FirmEntry, list[Link]]]:
        """Every firm that a firm leads to, with all links between the two."""
        around: dict[str, tuple[FirmEntry, list[Link]]] = {}

        def add(other: FirmEntry, link: Link) -> None:
            if other.id != firm.id:
                links = around.setdefault(other.id, (other, []))[1]
                if link not in links:
                    links.append(link)

        own = parties_of(firm)
        for name in dict.fromkeys(party.name for party in own if party.person):
            near = _roles(own, person_key(name))
            for other, far in self._bearers(name):
                add(other, Link(name, True, near, far))
        for party in own:
            if party.person:
                continue
            near = _roles(own, party.key)
            for holder in self.firms.firm_of(party.code or party.name)[:MAX_BEARERS]:
                add(holder, Link(party.name, False, near, ()))
            for other in self._held(party.name, party.code):
                far = _roles(parties_of(other), party.key, party.code)
                if far:
                    add(other, Link(party.name, False, near, far))
        for other in self._held(firm.name, firm.uscc):
            if far := _roles(parties_of(other), full_key(firm.name), firm.uscc):
                add(other, Link(firm.name, False, (), far))
        return around

    def _bearers(self, name: str) -> Iterator[tuple[FirmEntry, tuple[str, ...]]]:
        key = person_key(name)
        if self._done(f"person {key}"):
            return
        bearers = {one.id: one for one in (*self.firms.of_person(key), *self.firms.of_holder(key, None))}
        if len(bearers) > MAX_BEARERS:
            self._note(
                f"{len(bearers)} firms or more name a {name}: not followed",
                f"有 {len(bearers)} 家以上企业登记有同名的{name}，未展开",
            )
            return
        for other in bearers.values():
            if far := _roles([party for party in parties_of(other) if party.person], key):
                yield other, far

    def _held(self, name: str, code: str | None) -> Sequence[FirmEntry]:
        """The firms that an organisation holds or, as managing partner, represents."""
        if self._done(f"holder {person_key(name)} {code}"):
            return ()
        key = person_key(name)
        named = (*self.firms.of_holder(key, code), *self.firms.of_person(key))
        held = list({one.id: one for one in named}.values())
        if len(held) > MAX_HELD:
            self._note(
                f"{name} holds {len(held)} firms or more: the first {MAX_HELD} were followed",
                f"{name}持有 {len(held)} 家以上企业，只展开前 {MAX_HELD} 家",
            )
        return held[:MAX_HELD]

    def _done(self, asked: str) -> bool:
        known = asked in self.followed
        self.followed.add(asked)
        return known

    def _note(self, en: str, zh: str) -> None:
        if zh not in self.told:
            self.told.add(zh)
            self.notes.append(Said(en, zh=zh))


def related(start: FirmEntry, firms: Firms, steps: int) -> Search:
    """All firms within so many steps of one, nearest first; each by one shortest way."""
    walk = _Walk(firms, {start.id: Related(firm=start, step=0)})
    frontier: list[FirmEntry] = [start]
    for step in range(1, min(steps, MAX_STEPS) + 1):
        frontier = walk.step(frontier, step)
    return Search(firms=tuple(walk.found.values()), notes=tuple(walk.notes))


def _roles(parties: Iterable[Party], key: str, code: str | None = None) -> tuple[str, ...]:
    """What a name or code is to a firm: `legal_representative`, `shareholder 51%`.

    Where both sides have a code, the code decides and not the name.
    """
    cleaned = clean_code(code) if code else None
    roles = []
    for party in parties:
        theirs = clean_code(party.code) if party.code else None
        same = theirs == cleaned if theirs and cleaned else party.key == key
        if same:
            share = f" {party.share:g}%" if party.share is not None else ""
            roles.append(f"{party.role.value}{share}")
    return tuple(dict.fromkeys(roles))


def _strength(links: Sequence[Link]) -> Strength:
    if any(not link.person for link in links):
        return Strength.STRONG
    names = {person_key(link.party) for link in links}
    return Strength.MIDDLING if len(names) > 1 else Strength.WEAK
