"""What a search gets from other rooms: full names of institutions from the registers, vectors from the analyzer."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from finadwatch.context import Desk
from findings.model.vocabulary import Matched
from findings.query import SearchQuery
from findings.search.spelling import spelled

if TYPE_CHECKING:
    from licences.registers import Registers

#: A word that could be an institution's short name: two Chinese characters at least, and not a whole sentence.
_NAME = re.compile(r"[\u4e00-\u9fff]{2}")
_LONGEST = 64


def with_full_names(desk: Desk, query: SearchQuery) -> SearchQuery:
    """The query, which also looks for the full and other names of institutions whose short name was typed."""
    registers = cache(desk.registers)  # read for the first word that could be a name: a third of a second
    return spelled(query, lambda term: names_of(registers, term))


def names_of(registers: "Callable[[], Registers]", term: str) -> Iterator[str]:
    """All names of the institutions that the whitelists know under a short name; none for a full name."""
    if len(term) > _LONGEST or not _NAME.search(term):
        return
    found = registers().index.name(term)
    if found is None or found.matched is not Matched.BRAND:
        return
    for hit in found.hits:
        entry = hit.entry
        yield from (
            name for name in (entry.full_name, entry.name, *entry.former_names, *entry.brands) if name
        )


def vector_of(desk: Desk, text: str) -> tuple[float, ...]:
    """The meaning of a text, by the model that embedded the ads. Raises ModelMissing."""
    (vector,) = desk.judge().analyzer.embed([text])
    return vector
