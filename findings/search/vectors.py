"""Vectors of meaning: which can be compared, and how near two are."""

import math
from collections.abc import Sequence

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
