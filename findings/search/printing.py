"""Writes the tree of a typed query down again, so that it reads back as the same tree."""

from datetime import UTC, datetime, timedelta

from findings.model.vocabulary import Severity
from findings.model.zone import CHINA
from findings.search.expression import (
    WORDS,
    AtLeast,
    Below,
    Either,
    Every,
    Expression,
    Is,
    Leaf,
    Not,
    Phrase,
)

#: Where the name of a field in a tree is not that of the query language.
_NAMES = {"licence_status": "licence"}
_FROM = {"first_seen": "since", "last_seen": "seen_since"}
_TO = {"first_seen": "until", "last_seen": "seen_until"}


def written(expression: Expression) -> str:
    """A query of the same meaning, every value in quotation marks."""
    match expression:
        case Not(part):
            return f"-{_inside(part)}"
        case Every(parts):
            return " ".join(
                f"({written(part)})" if isinstance(part, Either) else written(part) for part in parts
            )
        case Either(parts):
            return " OR ".join(_inside(part) for part in parts)
        case _:
            return _leaf(expression)


def _inside(part: Expression) -> str:
    return f"({written(part)})" if isinstance(part, Every | Either) else written(part)


def _leaf(leaf: Leaf) -> str:
    match leaf:
        case Phrase(field, term):
            return _quoted(term) if field == WORDS else f"{field}:{_quoted(term)}"
        case Is("severity", rank):
            return f"severity:{list(Severity)[int(rank)]}"
        case Is(field, value):
            return f"{_NAMES.get(field, field)}:{_quoted(str(value))}"
        case AtLeast("score", number):
            return f"score:{number}"
        case AtLeast(field, at):
            return f"{_FROM[field]}:{_day(int(at))}"
        case Below(field, at):
            return f"{_TO[field]}:{_day(int(at) - 1)}"


def _quoted(text: str) -> str:
    # A folded text may hold the mark itself (it was typed full width); that form folds to it again.
    return '"' + text.replace('"', "＂") + '"'


def _day(at: int) -> str:
    day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    return f"{day.astimezone(CHINA):%Y-%m-%d}"
