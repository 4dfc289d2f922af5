"""What a server's own clock said when it answered, beside the clock of the machine that captured."""

import contextlib
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

#: Headers of an answer that are looked at.
_MOST = 500


def server_clock(headers: bytes | None) -> tuple[str | None, float | None]:
    """The `Date` of an answer (RFC 9110 §6.6.1; the evidence role `headers`) as written, and by how many seconds this
    machine was ahead of it; None for what can't be read. It is no proof: a server says anything."""
    with contextlib.suppress(ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError):
        said: Any = msgspec.json.decode(headers or b"")
        date = next(
            (str(value)[:64] for name, value in said["headers"][:_MOST] if str(name).lower() == "date"), ""
        )
        theirs = parsedate_to_datetime(date)
        theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
        return date, round((datetime.fromisoformat(said["at"]) - theirs).total_seconds(), 1)
    return None, None
