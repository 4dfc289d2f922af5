"""A search as a small tree, the same for every store: what is looked for, and how the parts are joined.

A store turns the tree into a query of its own; what each leaf means is said here and in `fields`.
"""

from collections.abc import Iterator

import msgspec

#: The field of a phrase that was typed without one: it may stand in title or text.
WORDS = "words"


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """A folded run of characters within a text: `words` (title or text), `title`, `text` or `advertiser`."""

    field: str
    term: str


class Is(msgspec.Struct, frozen=True, tag=True):
    """A field holds this value, or one of its values is this. `domain` holds a host and all domains above it."""

    field: str
    value: str | int


class AtLeast(msgspec.Struct, frozen=True, tag=True):
    """A number is this or more: `score`, `severity` (rank), `first_seen`, `last_seen`, `stored` (microseconds)."""

    field: str
    value: int | float


class Below(msgspec.Struct, frozen=True, tag=True):
    """A number is less than this; the fields of `AtLeast`."""

    field: str
    value: int | float


class Not(msgspec.Struct, frozen=True, tag=True):
    """The part does not hold."""

    part: "Expression"


class Every(msgspec.Struct, frozen=True, tag=True):
    """All parts hold."""

    parts: tuple["Expression", ...]


class Either(msgspec.Struct, frozen=True, tag=True):
    """One part holds at least."""

    parts: tuple["Expression", ...]


Leaf = Phrase | Is | AtLeast | Below
Expression = Phrase | Is | AtLeast | Below | Not | Every | Either


def every(*parts: Expression) -> Expression:
    """All of these, without brackets inside brackets and without a part twice."""
    return _joined(Every, parts)


def either(*parts: Expression) -> Expression:
    """One of these at least, in the same plain form."""
    return _joined(Either, parts)


def negated(part: Expression) -> Expression:
    """The opposite; of an opposite the part itself."""
    return part.part if isinstance(part, Not) else Not(part)


def _joined(kind: type[Every] | type[Either], parts: tuple[Expression, ...]) -> Expression:
    flat: list[Expression] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    single = tuple(dict.fromkeys(flat))
    return single[0] if len(single) == 1 else kind(single)


def leaves(expression: Expression) -> Iterator[Leaf]:
    """All leaves, from left to right."""
    match expression:
        case Not(part):
            yield from leaves(part)
        case Every(parts) | Either(parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield expression


def wanted(expression: Expression, *, holds: bool = True) -> Iterator[Phrase]:
    """The phrases that make an ad match where they stand in it: all but the denied ones."""
    match expression:
        case Phrase():
            if holds:
                yield expression
        case Not(part):
            yield from wanted(part, holds=not holds)
        case Every(parts) | Either(parts):
            for part in parts:
                yield from wanted(part, holds=holds)


def asks_for_something(expression: Expression, *, holds: bool = True) -> bool:
    """Whether every ad that matches has something that was looked for: no search of denials alone does."""
    match expression:
        case Not(part):
            return asks_for_something(part, holds=not holds)
        case Every(parts):
            told = [asks_for_something(part, holds=holds) for part in parts]
            return any(told) if holds else all(told)
        case Either(parts):
            told = [asks_for_something(part, holds=holds) for part in parts]
            return all(told) if holds else any(told)
        case _:
            return holds
