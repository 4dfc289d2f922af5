"""Reads what an officer typed into a search box."""

from findings.errors import QuerySyntaxError
from findings.search.fold import fold

#: Longest query in code points. A phrase of this length is still cheap on both stores.
MAX_WORDS = 1000

#: Chinese and typographic quotation marks do what ASCII ones do: input methods insert them.
_OPENING = {'"': '"', "“": "”", "”": "”", "「": "」"}


def parse_terms(words: str) -> tuple[str, ...]:
    """The folded terms of a query, each once, in order.

    White space separates terms; quotation marks keep it. Terms of nothing but invisible
    characters are left out. Raises QuerySyntaxError on a quotation mark that never closes
    and on a query of over 1,000 characters.
    """
    if len(words) > MAX_WORDS:
        raise QuerySyntaxError(
            f"the query is longer than {MAX_WORDS} characters", MAX_WORDS, zh=f"检索式超过 {MAX_WORDS} 个字符"
        )
    terms: list[str] = []
    place = 0
    while place < len(words):
        letter = words[place]
        if letter.isspace():
            place += 1
        elif letter in _OPENING:
            end = _closing(words, place)
            terms.append(words[place + 1 : end])
            place = end + 1
        else:
            end = place
            while end < len(words) and not words[end].isspace() and words[end] not in _OPENING:
                end += 1
            terms.append(words[place:end])
            place = end
    folded = (fold(term) for term in terms)
    return tuple(dict.fromkeys(term for term in folded if term.strip()))


def _closing(words: str, opening: int) -> int:
    closing = {_OPENING[words[opening]], '"'} if words[opening] != '"' else {'"'}
    for place in range(opening + 1, len(words)):
        if words[place] in closing:
            return place
    raise QuerySyntaxError("a quotation mark is never closed", opening, zh="引号没有配对")
