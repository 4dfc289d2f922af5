"""A search as the WHERE clause over `ad_facts AS f`. Values always travel as parameters."""

from collections.abc import Sequence
from typing import Any

from findings.model.vocabulary import CaseState
from findings.query import SortOrder
from findings.search.cursor import Place
from findings.search.expression import AtLeast, Below, Either, Every, Expression, Is, Not, Phrase, leaves
from findings.search.fold import token
from findings.stores.sqlite.indexing import DUTY_BITS

#: A condition with the values of its question marks.
Condition = tuple[str, list[Any]]

_NUMBERS = {
    "score": "f.score",
    "first_seen": "f.first_seen",
    "last_seen": "f.last_seen",
    "stored": "f.stored",
}
_KINDS = {"source", "licence_status", "severity", "product", "channel"}

#: What a search is sorted by, and which way.
ORDERS: dict[SortOrder, tuple[str, str]] = {
    SortOrder.NEWEST: ("first_seen", "DESC"),
    SortOrder.LAST_SEEN: ("last_seen", "DESC"),
    SortOrder.WORST: ("worst", "DESC"),
    SortOrder.STORED: ("stored", "ASC"),
}


#: The index of `ad_facts` that has an order.
INDICES = {
    SortOrder.NEWEST: "facts_newest",
    SortOrder.LAST_SEEN: "facts_last_seen",
    SortOrder.WORST: "facts_worst",
    SortOrder.STORED: "facts_stored",
}


def where(expression: Expression | None) -> Condition:
    """The condition for the ads that match; all where nothing is asked."""
    if expression is None:
        return "TRUE", []
    condition = _condition(expression)
    return _tested(condition) if finds_rows(expression) else condition


def rows_first(expression: Expression) -> tuple[str, Condition]:
    """Tables and condition of a search that first finds rows: the index of words leads where all found has them."""
    facts = "ad_facts AS f INDEXED BY facts_kinds" if only_kinds(expression) else "ad_facts AS f"
    parts = _together(expression.parts, Every) if isinstance(expression, Every) else [expression]
    words = next((part for part in parts if _match(part) is not None), None)
    if words is None:
        return facts, where(expression)
    led: Condition = ("f.ad = ad_letters.rowid AND ad_letters MATCH ?", [_match(words)])
    others = [_tested(_condition(part)) for part in parts if part is not words]
    return f"ad_letters CROSS JOIN {facts}", _joined(" AND ", [led, *others])


def after(sort: SortOrder, place: Place | None) -> Condition:
    """The condition for the ads behind a place in an order."""
    if place is None:
        return "TRUE", []
    column, way = ORDERS[sort]
    sign = "<" if way == "DESC" else ">"
    # The first part is what an index can go to at once.
    return f"(f.{column} {sign}= ? AND (f.{column} {sign} ? OR f.id > ?))", [
        place.value,
        place.value,
        place.id,
    ]


def of_order(expression: Expression | None, sort: SortOrder) -> Condition:
    """What a search asks of the value that an order sorts by; TRUE for nothing."""
    parts = expression.parts if isinstance(expression, Every) else (expression,)
    bounds = [
        _condition(part)
        for part in parts
        if isinstance(part, AtLeast | Below) and part.field == ORDERS[sort][0]
    ]
    return _joined(" AND ", bounds) if bounds else ("TRUE", [])


def only_kinds(expression: Expression | None) -> bool:
    """Whether a search first finds rows of ads, and then asks of each for no more than its kind."""
    if expression is None or not finds_rows(expression):
        return False
    return not any(
        isinstance(leaf, AtLeast | Below) and leaf.field in _NUMBERS for leaf in leaves(expression)
    )


def finds_rows(expression: Expression | None) -> bool:
    """Whether a search first finds rows of ads (by words, terms), not values in `ad_facts`."""
    match expression:
        case Phrase():
            return True
        case Is(field, _):
            return field not in (*_KINDS, "category", "duty", "state", "ad")
        case Every(parts):
            return any(finds_rows(part) for part in parts)
        case Either(parts):
            return all(finds_rows(part) for part in parts)
    return False


def _condition(expression: Expression) -> Condition:
    if (match := _match(expression)) is not None:
        return "f.ad IN (SELECT rowid FROM ad_letters WHERE ad_letters MATCH ?)", [match]
    match expression:
        case Phrase(_, term):
            return "f.ad IN (SELECT rowid FROM ad_names WHERE ad_names MATCH ?)", [_phrase(term)]
        case Is(field, value):
            return _is(field, value)
        case AtLeast("severity", rank):
            return "f.kind IN (SELECT id FROM ad_kinds WHERE severity >= ?)", [rank]
        case AtLeast(field, number):
            return f"{_NUMBERS[field]} >= ?", [number]
        case Below(field, number):
            return f"{_NUMBERS[field]} < ?", [number]
        case Not(part):
            condition, values = _condition(part)
            return f"NOT ({condition})", values
        case Every(parts):
            return _joined(" AND ", [_condition(part) for part in _together(parts, Every)])
        case Either(parts):
            return _joined(" OR ", [_condition(part) for part in _together(parts, Either)])


def _together(parts: Sequence[Expression], kind: type[Every] | type[Either]) -> list[Expression]:
    """The parts, those that the index of letters answers as one question to it."""
    words = [part for part in parts if _match(part) is not None]
    if words and kind is Every:
        words += [part for part in parts if isinstance(part, Not) and _match(part.part) is not None]
    others = [part for part in parts if part not in words]
    return [kind(tuple(words)), *others] if len(words) > 1 else list(parts)


def _joined(word: str, conditions: Sequence[Condition]) -> Condition:
    return f"({word.join(text for text, _ in conditions)})", [
        value for _, values in conditions for value in values
    ]


def _tested(condition: Condition) -> Condition:
    """Of rows that are found by other means. The plus keeps SQLite from looking up each once for every kind wanted."""
    return condition[0].replace("f.kind IN", "+f.kind IN"), condition[1]


def _is(field: str, value: str | int) -> Condition:
    if field in _KINDS:
        return f"f.kind IN (SELECT id FROM ad_kinds WHERE {field} = ?)", [value]  # noqa: S608
    match field:
        case "category":
            return "f.kind IN (SELECT id FROM ad_kinds WHERE categories & ?)", [1 << int(value)]
        case "duty":
            bit = {str(duty): number for duty, number in DUTY_BITS.items()}[str(value)]
            return "f.kind IN (SELECT id FROM ad_kinds WHERE duties & ?)", [1 << bit]
        case "host":
            return "f.ad IN (SELECT row FROM ads WHERE host = ?)", [value]
        case "case":
            return "f.ad IN (SELECT row FROM ads WHERE case_id = ?)", [value]
        case "run":
            return "f.ad IN (SELECT ad FROM sightings WHERE run_id = ?)", [value]
        case "ad":
            return "f.id = ?", [value]
        case "state":
            return _state(str(value))
    return (
        "f.ad IN (SELECT ad FROM ad_terms JOIN terms ON terms.id = ad_terms.term"
        " WHERE terms.field = ? AND terms.value = ?)",
        [field, value],
    )


def _state(state: str) -> Condition:
    """An ad has the state of its case; a case without a file is open."""
    of_files = "f.ad IN (SELECT ads.row FROM case_files JOIN ads ON ads.case_id = case_files.id WHERE case_files.state {})"
    if state == CaseState.OPEN:
        return f"NOT {of_files.format('<> ?')}", [state]
    return of_files.format("= ?"), [state]


def _match(expression: Expression) -> str | None:
    """What to ask the index of letters; None for what it can't answer alone."""
    match expression:
        case Phrase("words", term):
            return _phrase(term)
        case Phrase("title" | "text" as column, term):
            return f"{{{column}}} : {_phrase(term)}"
        case Every(parts):
            wanted = _all_match(" AND ", [part for part in parts if not isinstance(part, Not)])
            denied = [part.part for part in parts if isinstance(part, Not)]
            if wanted is None or not denied:
                return wanted
            without = _all_match(" OR ", denied)
            return f"({wanted} NOT {without})" if without else None
        case Either(parts):
            return _all_match(" OR ", parts)
    return None


def _all_match(word: str, parts: Sequence[Expression]) -> str | None:
    asked = [_match(part) for part in parts]
    if not asked or any(match is None for match in asked):
        return None
    return f"({word.join(str(match) for match in asked)})"


def _phrase(term: str) -> str:
    return f'"{" ".join(token(letter) for letter in term)}"'
