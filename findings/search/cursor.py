"""A place between two pages: the order and the sort key of the last hit, packed so that nobody builds on it."""

import base64
import binascii
import math
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from findings.errors import QueryValueError
from findings.query import SortOrder

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: Cursors come back from outside; neither store can compare with an integer beyond 64 bits.
_Micros = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The last hit of a page: the value that the order sorts by (microseconds, or `worst`), and its id."""

    sort: SortOrder
    value: _Micros | float
    id: str


_place = msgspec.json.Decoder(Place)


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware instant: the exact number that both stores sort by."""
    return (at - _EPOCH) // _MICROSECOND


def pack(place: Place) -> str:
    """The cursor behind a hit."""
    packed = base64.urlsafe_b64encode(msgspec.json.encode(place))
    return packed.decode().rstrip("=")


def unpack(cursor: str | None, sort: SortOrder) -> Place | None:
    """The place of a cursor; None for none. Raises QueryValueError, also for the cursor of another order."""
    if cursor is None:
        return None
    try:
        place = _place.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if place.sort is sort and math.isfinite(place.value):
            return place
        fault: Exception | None = None
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        fault = error
    raise QueryValueError(
        "cursor",
        cursor[:200],
        "take it from the page before, with the same order",
        zh="请使用上一页给出的值，排序须相同",
    ) from fault
