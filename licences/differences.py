"""What a new version of a list adds, drops and changes.

Entries are told apart by 64 bits of their ids and of their contents, so two lists of a million
are compared in a second; those that differ are read and compared themselves.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from licences.stored import StoredList

Numbers = NDArray[np.int64]


class FieldChange(msgspec.Struct, frozen=True):
    """A field before and after, as JSON would show it; None where it was or is left out."""

    field: str
    old: Any
    new: Any


class Change(msgspec.Struct, frozen=True):
    """An entry that differs from the list before, by the fields that do."""

    id: str
    name: str
    fields: tuple[FieldChange, ...]


class Differences:
    """Between two versions: `added` numbers of the new list, `gone` of the old one, each ascending."""

    def __init__(self, old: StoredList | None, new: StoredList) -> None:
        """`old` is None where there was no list before."""
        self.old, self.new = old, new
        ids = new.tables.ids
        before = old.tables.ids if old is not None else np.zeros(0, dtype=np.uint64)
        _, here, there = np.intersect1d(ids, before, assume_unique=True, return_indices=True)
        self.added = _others(len(ids), here)
        self.gone = _others(len(before), there)
        differing = np.zeros(0, dtype=np.int64)
        if old is not None:
            differing = np.flatnonzero(new.tables.digests[here] != old.tables.digests[there])
        self._changed = list(zip(there[differing].tolist(), here[differing].tolist(), strict=True))

    def __bool__(self) -> bool:
        return bool(len(self.added) or len(self.gone) or self._changed)

    @property
    def changed(self) -> int:
        """How many entries differ."""
        return len(self._changed)

    def added_names(self) -> Iterator[str]:
        """The names of the new entries."""
        return (self.new.entry(number).name for number in self.added.tolist())

    def gone_names(self) -> Iterator[str]:
        """The names of the entries that the new list has no more."""
        if self.old is not None:
            yield from (self.old.entry(number).name for number in self.gone.tolist())

    def changes(self) -> Iterator[Change]:
        """The entries that differ in more than the file they came from, by number."""
        if self.old is None:
            return
        for there, here in self._changed:
            before = msgspec.to_builtins(self.old.entry(there))
            after = msgspec.to_builtins(self.new.entry(here))
            fields = tuple(
                FieldChange(name, before.get(name), after.get(name))
                for name in sorted(before.keys() | after.keys())
                if name != "source" and before.get(name) != after.get(name)
            )
            yield Change(self.new.entry(here).id, self.new.entry(here).name, fields)


def _others(count: int, known: NDArray[np.intp]) -> Numbers:
    unknown = np.ones(count, dtype=np.bool_)
    unknown[known] = False
    return np.flatnonzero(unknown)
