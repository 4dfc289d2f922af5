"""Where the searched words stand in an ad; one function, so that both stores answer alike."""

from collections.abc import Iterator, Sequence

from findings.query import Highlight
from findings.search.fold import fold_with_map

#: Most places named for one field of one ad: a page of hits stays small over hostile texts.
MAX_PLACES = 100


def highlights(terms: Sequence[str], title: str, text: str, image: str = "") -> tuple[Highlight, ...]:
    """The places of the folded `terms` in title, text and what was read in the image, in order, at most 100 a field.

    Offsets are code points of the original. Places of one term never overlap.
    """
    if not terms:
        return ()
    found: list[Highlight] = []
    for field, content in (("title", title), ("text", text), ("image", image)):
        places = sorted(set(_places(terms, content)))
        found += [Highlight(field, start, end) for start, end in places[:MAX_PLACES]]
    return tuple(found)


def _places(terms: Sequence[str], content: str) -> Iterator[tuple[int, int]]:
    folded, origin = fold_with_map(content)
    for term in terms:
        start = folded.find(term)
        for _ in range(MAX_PLACES):
            if start < 0:
                break
            end = start + len(term)
            yield origin[start], _end(content, origin, end)
            start = folded.find(term, end)


def _end(content: str, origin: list[int], end: int) -> int:
    """The offset after the last original character of a folded run that ends before `end`."""
    last = origin[end - 1]
    return last + 1 if content[last].strip() or end >= len(origin) else origin[end]
