"""Saved searches: what is new since the last report.

New is what the store first got since then, by the instant of storing, not by `first_seen`: an ad that
arrives late from an outbox is older than what was reported, and new all the same. Writers' clocks differ
and what they write is seen a little later, so each report looks back `OVERLAP_S` before the
last ad of the one before, and leaves out those that it named there.
"""

from collections import deque
from datetime import datetime

import msgspec
from msgspec.structs import replace

from findings.errors import QueryValueError
from findings.query import SearchQuery, SortOrder

#: How far reports overlap: clocks may differ by this much, and a write may take so long to be seen.
OVERLAP_S = 900
#: Ids remembered of one report; where more came within the overlap, the next looks back less far.
MAX_RECENT = 50_000
MAX_NAME = 100


class SavedSearch(msgspec.Struct, frozen=True, kw_only=True):
    """A search that an officer keeps. What was stored before `since` (microseconds) was reported; what came
    later only if `recent` has its id. `reported` counts the ads of all reports, `reported_at` is the last one."""

    owner: str
    name: str
    query: SearchQuery
    saved_at: datetime
    since: int = 0
    recent: tuple[str, ...] = ()
    reported: int = 0
    reported_at: datetime | None = None


def checked_name(name: str) -> str:
    """A name fit for a saved search. Raises QueryValueError."""
    plain = name.strip()
    if not plain or len(plain) > MAX_NAME or not plain.isprintable():
        raise QueryValueError(
            "name",
            name[:MAX_NAME],
            f"give 1 to {MAX_NAME} characters that can be seen",
            zh=f"应为 1 至 {MAX_NAME} 个可见字符",
        )
    return plain


class Report:
    """One report of a saved search: told of every ad that matches, in the order of storing, it says which are new."""

    def __init__(self, saved: SavedSearch) -> None:
        self._saved = saved
        self._known = frozenset(saved.recent)
        self._recent: deque[tuple[int, str]] = deque()
        self._floor = saved.since
        self.new = 0

    @property
    def query(self) -> SearchQuery:
        """What to ask the store for, besides `since`."""
        return replace(self._saved.query, sort=SortOrder.STORED, cursor=None, facets=())

    @property
    def since(self) -> int:
        """The instant of storing (microseconds) from which on the store is asked."""
        return self._saved.since

    def is_new(self, stored: int, ad_id: str) -> bool:
        """Whether an ad was in no report yet."""
        self._recent.append((stored, ad_id))
        self._floor = max(self._floor, stored - OVERLAP_S * 1_000_000)
        while self._recent[0][0] < self._floor:
            self._recent.popleft()
        if len(self._recent) > MAX_RECENT:
            self._recent.popleft()
            self._floor = max(self._floor, self._recent[0][0])
        new = ad_id not in self._known
        self.new += new
        return new

    def done(self, at: datetime) -> SavedSearch:
        """The search as it is to be kept, once all was told."""
        return replace(
            self._saved,
            since=self._floor,
            recent=tuple(ad_id for _, ad_id in self._recent),
            reported=self._saved.reported + self.new,
            reported_at=at,
        )
