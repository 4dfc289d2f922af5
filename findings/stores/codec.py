"""Domain values as the JSON that stores keep, and back. What is stored can always be read again."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from findings.errors import WriteRefused
from findings.model.records import CaptureBundle

_T = TypeVar("_T", bound=msgspec.Struct)


def encode(document_id: str, value: msgspec.Struct) -> bytes:
    """JSON of a value whose strings are already `readable`.

    Raises WriteRefused for what JSON can't give back: a number that is none, a string
    where the type wants another.
    """
    data = msgspec.json.encode(value)
    try:
        msgspec.json.decode(data, type=type(value))
    except msgspec.MsgspecError as error:
        raise WriteRefused(document_id, f"it could not be read again: {error}") from error
    return data


def decode(data: bytes | str, kind: type[_T]) -> _T:
    """The value behind stored JSON."""
    return msgspec.json.decode(data, type=kind)


def readable(value: _T) -> _T:
    """The value with U+FFFD in place of each lone surrogate, which no UTF-8 can carry.

    One code point replaces one, so offsets of spans stay right.
    """
    try:
        msgspec.json.encode(value)
    except UnicodeEncodeError:
        return msgspec.convert(_mended(msgspec.to_builtins(value)), type(value))
    return value


def _mended(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {_mended(key): _mended(item) for key, item in value.items()}
        case list() | tuple():
            return [_mended(item) for item in value]
    return value


def checked(bundle: CaptureBundle) -> CaptureBundle:
    """A bundle fit for storing. Raises WriteRefused if its parts don't belong together.

    Every sighting must be of the bundle's task, every instant that orders answers must
    carry a time zone.
    """
    bundle = readable(bundle)
    task = bundle.capture.task.id
    _aware(task, "at", bundle.capture.at)
    for ad in bundle.ads:
        _aware(ad.id, "first_seen", ad.first_seen)
        _aware(ad.id, "judged_at", ad.judged_at)
    for sighting in bundle.sightings:
        _aware(sighting.id, "at", sighting.at)
        if sighting.task_id != task:
            raise WriteRefused(sighting.id, f"it is of task {sighting.task_id}, the capture of {task}")
    return bundle


def _aware(document_id: str, field: str, at: datetime) -> None:
    if at.tzinfo is None:
        raise WriteRefused(document_id, f"{field} has no time zone")
