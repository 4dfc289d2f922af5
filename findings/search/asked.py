"""What a search asks for: its words and its filters as one tree, checked before any store is asked."""

import re
from collections.abc import Callable, Iterable, Mapping

import msgspec
from msgspec.structs import replace

from findings.errors import QuerySyntaxError, QueryValueError
from findings.query import SearchQuery
from findings.search.cursor import micros
from findings.search.expression import (
    WORDS,
    AtLeast,
    Below,
    Either,
    Every,
    Expression,
    Is,
    Not,
    Phrase,
    asks_for_something,
    either,
    every,
    wanted,
)
from findings.search.fields import FIELDS, MAX_VALUE, BadFieldValue
from findings.search.fold import fold
from findings.search.syntax import first_denial, parse

MAX_LIMIT = 1000
#: Values of one filter, and further spellings of one word.
MAX_VALUES, MAX_SPELLINGS = 200, 20
#: Half of a surrogate pair: what Python makes of a command line that is not UTF-8. No store takes it.
_HALF = re.compile("[\ud800-\udfff]")

#: Filters by text values, and the field of each.
_TEXTS: dict[str, Callable[[SearchQuery], Iterable[str]]] = {
    "clear": lambda query: query.clear,
    "rule": lambda query: query.rules,
    "source": lambda query: query.sources,
    "region": lambda query: query.regions,
    "province": lambda query: query.provinces,
    "keyword": lambda query: query.keywords,
    "advertiser": lambda query: query.advertisers,
    "domain": lambda query: query.domains,
    "icp": lambda query: query.icp_numbers,
    "app": lambda query: query.app_packages,
    "case": lambda query: () if query.case_id is None else (query.case_id,),
    "run": lambda query: () if query.run_id is None else (query.run_id,),
}
#: Filters by values of closed lists.
_CHOICES: dict[str, Callable[[SearchQuery], Iterable[str | int]]] = {
    "category": lambda query: query.categories,
    "duty": lambda query: map(str, query.duties),
    "licence_status": lambda query: map(str, query.licence_status),
    "severity": lambda query: (severity.rank for severity in query.severities),
    "product": lambda query: map(str, query.products),
    "channel": lambda query: map(str, query.channels),
    "device": lambda query: map(str, query.devices),
    "state": lambda query: map(str, query.states),
}


class Asked(msgspec.Struct, frozen=True):
    """A search whose values are all in range: the tree of all conditions, and the phrases to mark in what is found."""

    query: SearchQuery
    expression: Expression | None
    phrases: tuple[str, ...]
    added: dict[str, tuple[str, ...]]


def ask(query: SearchQuery) -> Asked:
    """What a search asks for. Raises QuerySyntaxError, QueryValueError."""
    _check(query)
    parts = list(_filters(query))
    words = parse(query.words)
    added: dict[str, tuple[str, ...]] = {}
    if words is not None:
        if not parts and not asks_for_something(words):
            raise QuerySyntaxError(
                "a search of NOT alone would find nearly everything: say what to look for, or give a filter",
                first_denial(query.words),
                zh="只有“非”的检索几乎会命中全部：请写明要找的内容，或加筛选条件",
            )
        also = {fold(word): tuple(map(fold, spellings)) for word, spellings in query.also.items()}
        words = _spelled(words, also, added)
        parts.append(words)
    expression = every(*parts) if parts else None
    phrases = wanted(expression) if expression else ()
    marked = dict.fromkeys(phrase.term for phrase in phrases if phrase.field != "advertiser")
    return Asked(query, expression, tuple(marked), added)


def ask_since(query: SearchQuery, since: int) -> Asked:
    """What a search asks for, of the ads that a store first got at an instant (microseconds) or later."""
    asked = ask(query)
    later = AtLeast("stored", since)
    return replace(asked, expression=every(asked.expression, later) if asked.expression else later)


def ask_alike(query: SearchQuery, ad_id: str, bands: Iterable[str]) -> Asked:
    """What a search asks for, of the other ads that share a part of a signature."""
    asked = ask(query)
    shared = either(*(Is("band", band) for band in bands))
    found = every(*([asked.expression] if asked.expression else []), shared, Not(Is("ad", ad_id)))
    return replace(asked, expression=found)


def _spelled(
    expression: Expression, also: Mapping[str, tuple[str, ...]], added: dict[str, tuple[str, ...]]
) -> Expression:
    """The tree with further spellings of its words; a denied word denies them too."""
    match expression:
        case Phrase("words", term) if spellings := also.get(term):
            added[term] = spellings
            every_name = (term, *spellings)
            return either(
                *(Phrase(WORDS, name) for name in every_name),
                *(Phrase("advertiser", name) for name in every_name),
            )
        case Not(part):
            return Not(_spelled(part, also, added))
        case Every(parts):
            return every(*(_spelled(part, also, added) for part in parts))
        case Either(parts):
            return either(*(_spelled(part, also, added) for part in parts))
    return expression


def _filters(query: SearchQuery) -> Iterable[Expression]:
    for field, of_field in _TEXTS.items():
        values = [_read(field, value) for value in of_field(query)]
        if values:
            yield either(*values)
    for field, chosen in _CHOICES.items():
        found = [Is(field, value) for value in chosen(query)]
        if found:
            yield either(*found)
    if query.hosts:
        yield either(*(Is("host", host.lower()) for host in query.hosts))
    if query.min_score is not None:
        yield AtLeast("score", query.min_score)
    if query.findings_only:
        yield AtLeast("severity", 0)
    for name, since, until in (
        ("first_seen", query.since, query.until),
        ("last_seen", query.seen_since, query.seen_until),
    ):
        if since is not None:
            yield AtLeast(name, micros(since))
        if until is not None:
            yield Below(name, micros(until))


def _read(field: str, value: str) -> Expression:
    try:
        return FIELDS[field].read(value)
    except BadFieldValue as error:
        raise QueryValueError(field, value, str(error.said), zh=error.said.zh) from error


def _check(query: SearchQuery) -> None:
    if not 1 <= query.limit <= MAX_LIMIT:
        raise QueryValueError("limit", query.limit, f"give 1 to {MAX_LIMIT}", zh=f"应为 1 至 {MAX_LIMIT}")
    for category in query.categories:
        if not 1 <= category <= 9:
            raise QueryValueError("category", category, "give 1 to 9", zh="应为 1 至 9")
    if query.min_score is not None and not 0 <= query.min_score <= 1:  # NaN is not either
        raise QueryValueError("score", query.min_score, "give 0 to 1", zh="应为 0 至 1")
    for name in ("since", "until", "seen_since", "seen_until"):
        at = getattr(query, name)
        if at is not None and at.tzinfo is None:
            raise QueryValueError(name, at.isoformat(), "give it with a time zone", zh="须带时区")
    for name, texts in (
        *((name, list(of_field(query))) for name, of_field in _TEXTS.items()),
        ("host", list(query.hosts)),
    ):
        if len(texts) > MAX_VALUES:
            raise QueryValueError(name, len(texts), f"give {MAX_VALUES} at most", zh=f"最多 {MAX_VALUES} 个")
        for text in texts:
            if _HALF.search(text) or len(text) > MAX_VALUE:
                raise QueryValueError(name, text[:MAX_VALUE], "it is no valid text", zh="不是有效文本")
    if any(len(spellings) > MAX_SPELLINGS for spellings in query.also.values()):
        raise QueryValueError(
            "also", "…", f"give {MAX_SPELLINGS} a word at most", zh=f"每词最多 {MAX_SPELLINGS} 个"
        )
