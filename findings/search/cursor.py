"""A place between two pages: the sort key of the last hit, packed so that nobody builds on it."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Annotated

import msgspec

from findings.errors import QueryValueError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
#: Cursors come back from outside; neither store can compare with an integer beyond 64 bits.
_Micros = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_place = msgspec.json.Decoder(tuple[_Micros, str])


def micros(at: datetime) -> int:
    """Microseconds since 1970 of an aware instant: the exact number that both stores sort by."""
    return (at - _EPOCH) // _MICROSECOND


def pack(first_seen: int, ad_id: str) -> str:
    """The cursor after the ad with this `first_seen` (microseconds) and id."""
    packed = base64.urlsafe_b64encode(msgspec.json.encode((first_seen, ad_id)))
    return packed.decode().rstrip("=")


def unpack(cursor: str) -> tuple[int, str]:
    """`first_seen` in microseconds and id of the last hit. Raises QueryValueError."""
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return _place.decode(packed)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise QueryValueError(
            "cursor", cursor, "take it from the page before", zh="请使用上一页给出的值"
        ) from error
