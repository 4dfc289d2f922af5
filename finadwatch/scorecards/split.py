"""Which rows are tuned on and which are held out.

The split is that of training (`models.corpus`): by the CRC-32 of a row's `group`, else of its id, never at
random, so that near-duplicates stay on one side. A fifth of the groups is held out.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

from finadwatch.scorecards.rows import Row
from models.corpus import held_out


class Split(StrEnum):
    """The part of the rows that is scored."""

    ALL = "all"
    DEV = "dev"
    HOLDOUT = "holdout"


def part(rows: Iterable[Row], split: Split) -> Iterator[Row]:
    """The rows of one part, in their order."""
    for row in rows:
        if split is Split.ALL or held_out({"id": row.id, "group": row.group}) == (split is Split.HOLDOUT):
            yield row
