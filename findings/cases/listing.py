"""What may be asked of the queue, checked once before any store is asked; and a place in it."""

import base64
import binascii
import re
from typing import Annotated

import msgspec

from findings.casebook import CaseQuery
from findings.errors import QueryValueError
from findings.model.casework import CaseFile
from findings.search.asked import MAX_LIMIT
from findings.search.cursor import micros

_HALF = re.compile("[\ud800-\udfff]")
_Micros = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
_place = msgspec.json.Decoder(tuple[float, _Micros, str])

#: The sort key of a file: priority, last seen in microseconds, id.
Place = tuple[float, int, str]


def checked(query: CaseQuery) -> Place | None:
    """The place to go on from, of a query whose values are all in range. Raises QueryValueError."""
    if not 1 <= query.limit <= MAX_LIMIT:
        raise QueryValueError("limit", query.limit, f"give 1 to {MAX_LIMIT}", zh=f"应为 1 至 {MAX_LIMIT}")
    for category in query.categories:
        if not 1 <= category <= 9:
            raise QueryValueError("category", category, "give 1 to 9", zh="应为 1 至 9")
    for name, at in (("free_at", query.free_at), ("on_desk", query.on_desk[1] if query.on_desk else None)):
        if at is not None and at.tzinfo is None:
            raise QueryValueError(name, str(at), "give it with a time zone", zh="须带时区")
    for name, texts in (
        ("assignee", query.assignees),
        ("district", query.districts),
        ("source", query.sources),
        ("on_desk", query.on_desk[:1] if query.on_desk else ()),
    ):
        for text in texts:
            if _HALF.search(text):
                raise QueryValueError(name, text, "it is no valid text", zh="不是有效文本")
    return None if query.cursor is None else _unpack(query.cursor)


def cursor_after(file: CaseFile) -> str:
    """The cursor of the place behind a file."""
    place: Place = (file.priority, micros(file.facts.last_seen), file.id)
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def _unpack(cursor: str) -> Place:
    try:
        return _place.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise QueryValueError(
            "cursor", cursor, "take it from the page before", zh="请使用上一页给出的值"
        ) from error
