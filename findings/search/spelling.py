"""Further spellings of what was typed, by whoever knows them: a firm's short name stands for its full one."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from findings.query import SearchQuery
from findings.search.asked import MAX_SPELLINGS
from findings.search.expression import WORDS, Phrase, leaves
from findings.search.fold import fold
from findings.search.syntax import parse


def spelled(query: SearchQuery, known: Callable[[str], Iterable[str]]) -> SearchQuery:
    """The query with the spellings that `known` gives for its (folded) words. Raises QuerySyntaxError."""
    tree = parse(query.words)
    terms = (
        [leaf.term for leaf in leaves(tree) if isinstance(leaf, Phrase) and leaf.field == WORDS]
        if tree
        else []
    )
    also: dict[str, tuple[str, ...]] = {}
    for term in dict.fromkeys(terms):
        names = dict.fromkeys(name for given in known(term) if (name := fold(given).strip()) and name != term)
        if names:
            also[term] = tuple(names)[:MAX_SPELLINGS]
    return replace(query, also=query.also | also)
