"""Legal forms and branches as names write them, from `data/trades.yaml`."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from licences.tabledata import load_own


@dataclass(frozen=True, slots=True)
class Forms:
    """Legal forms, branches and what they are written like."""

    legal: tuple[str, ...]
    same: tuple[tuple[str, str], ...]
    short: tuple[str, ...]
    branches: tuple[str, ...]
    units: tuple[str, ...]
    branching: tuple[str, ...]
    subsidiaries: tuple[str, ...]


def _longest_first(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


@cache
def forms() -> Forms:
    """The forms, each kind longest first. Raises DataFault."""
    names = load_own("data/trades.yaml", "trades.schema.json")
    return Forms(
        legal=_longest_first(names["legal_forms"]),
        same=tuple(sorted(names["same_form"].items(), key=lambda row: -len(row[0]))),
        short=_longest_first(names["short_forms"]),
        branches=_longest_first(names["branches"]),
        units=_longest_first(names["units"]),
        branching=tuple(names["branching"]),
        subsidiaries=_longest_first(names["subsidiaries"]),
    )
