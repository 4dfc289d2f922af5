"""Vectors of meaning: which can be compared, and how near two are."""

import math
from collections.abc import Sequence

from findings.errors import QueryValueError

#: Length of the vectors that stores keep: that of the embedding model and of index_templates/indices/ads-v2.json.
DIMENSIONS = 256


def direction(vector: Sequence[float] | None) -> tuple[float, ...] | None:
    """The vector at length 1, or None for one of another number of parts or without a direction."""
    if vector is None or len(vector) != DIMENSIONS:
        return None
    size = math.hypot(*vector)
    if not 1e-6 < size < 1e6:
        return None
    return tuple(part / size for part in vector)


def checked_direction(vector: Sequence[float]) -> tuple[float, ...]:
    """The direction of a vector to search by. Raises QueryValueError where it has none."""
    found = direction(vector)
    if found is None:
        raise QueryValueError(
            "meaning",
            f"({len(vector)})",
            f"give {DIMENSIONS} numbers, not all 0",
            zh=f"应为 {DIMENSIONS} 个不全为零的数",
        )
    return found
