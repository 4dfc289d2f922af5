"""Which lists together name everyone who may advertise a product at a place: only for these does absence count.

One list may say so of itself (`products`). Else every licence type under which the product may be offered needs a
fresh complete list of its holders there: banks on one list, small lenders and pawnbrokers of the province on others.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from findings.model.places import PLACES
from findings.model.vocabulary import Product
from licences.model import Register
from licences.registers import Registers
from licences.scope import scope_table
from licences.stored import StoredList


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the lists prove of absence.

    `lists` leave nobody out; empty where they might. Then `missing` are the licence types whose holders no fresh
    list of the place names (all or none of them may be on lists), `old` the newest list that is only too old, and
    `elsewhere` says that a list of the product is about other places.
    """

    lists: tuple[StoredList, ...] = ()
    missing: tuple[str, ...] = ()
    old: StoredList | None = None
    elsewhere: bool = False

    @property
    def oldest(self) -> StoredList | None:
        """The list on whose day the absence rests."""
        return min(self.lists, key=lambda one: one.register.as_of, default=None)


def coverage(product: Product, places: Collection[str], registers: Registers, on: date) -> Coverage:
    """The lists that cover a product on a day. `places` are all that is known of where ad and firm belong."""
    alone = registers.covering(product)
    here = [one for one in alone if _speaks_of(one.register, places)]
    if (whole := _fresh(here, on)) is not None:
        return Coverage((whole,))
    types = scope_table().together(product)
    found: dict[str, StoredList] = {}
    old = list(here)
    for kind in types:
        holders = [one for one in registers.naming(kind) if _speaks_of(one.register, places)]
        if (current := _fresh(holders, on)) is not None:
            found[kind] = current
        else:
            old += holders
    if types and len(found) == len(types):
        return Coverage(tuple(dict.fromkeys(found.values())))
    newest = max(old, key=lambda one: one.register.as_of, default=None)
    missing = tuple(kind for kind in types if kind not in found) if found else ()
    return Coverage((), missing, newest, len(alone) > len(here))


def _fresh(lists: Iterable[StoredList], on: date) -> StoredList | None:
    return next((one for one in lists if not one.register.stale(on)), None)


def _speaks_of(register: Register, places: Collection[str]) -> bool:
    """Whether a list of some provinces is about all these places: of a firm from elsewhere it says nothing."""
    if not register.territory:
        return True
    territory = frozenset(register.territory)
    return bool(places) and all(one in territory or PLACES[one].parent in territory for one in places)
