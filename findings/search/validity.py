"""What a search may ask for; checked once, before any store is asked."""

import re

from findings.errors import QueryValueError
from findings.query import SearchQuery
from findings.search.terms import parse_terms

MAX_LIMIT = 1000
#: Half of a surrogate pair: what Python makes of a command line that is not UTF-8. No store takes it.
_HALF = re.compile("[\ud800-\udfff]")


def checked_terms(query: SearchQuery) -> tuple[str, ...]:
    """The folded terms of a search whose values are all in range.

    Raises QueryValueError or QuerySyntaxError.
    """
    if not 1 <= query.limit <= MAX_LIMIT:
        raise QueryValueError("limit", query.limit, f"give 1 to {MAX_LIMIT}", zh=f"应为 1 至 {MAX_LIMIT}")
    for category in query.categories:
        if not 1 <= category <= 9:
            raise QueryValueError("category", category, "give 1 to 9", zh="应为 1 至 9")
    for name, at in (("since", query.since), ("until", query.until)):
        if at is not None and at.tzinfo is None:
            raise QueryValueError(name, at.isoformat(), "give it with a time zone", zh="须带时区")
    for name, texts in (
        ("source", query.sources),
        ("host", query.hosts),
        ("case_id", [query.case_id or ""]),
        ("run_id", [query.run_id or ""]),
    ):
        for text in texts:
            if _HALF.search(text):
                raise QueryValueError(name, text, "it is no valid text", zh="不是有效文本")
    return parse_terms(query.words)
