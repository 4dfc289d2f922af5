"""Domain values as the JSON that stores keep, and back. What is stored can always be read again."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import msgspec

from findings.errors import WriteRefused
from findings.model.crawl import Capture
from findings.model.records import AdRecord, CaptureBundle
from findings.model.surrogates import without_halves

_T = TypeVar("_T", bound=msgspec.Struct)

#: What both stores can index: whole numbers of 32 and of 64 bits.
MAX_INT, MAX_LONG = 2**31 - 1, 2**63 - 1


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
    if _writable(value):
        return value
    return msgspec.convert(without_halves(msgspec.to_builtins(value)), type(value))


def _writable(value: object) -> bool:
    try:
        msgspec.json.encode(value)
    except UnicodeEncodeError:
        return False
    return True


def checked(bundle: CaptureBundle) -> CaptureBundle:
    """A bundle fit for storing. Raises WriteRefused if its parts don't belong together.

    Every sighting must be of the bundle's task, every instant that orders answers must
    carry a time zone, and numbers that are searched by must be of the size that they can have.
    """
    # Numbers hold no halves of characters, and are most of the JSON.
    words = [msgspec.structs.replace(ad, embedding=None) for ad in bundle.ads]
    if not _writable((bundle.capture, words, bundle.sightings)):
        bundle = readable(bundle)
    task = bundle.capture.task.id
    aware(task, "at", bundle.capture.at)
    _counted(bundle.capture)
    for ad in bundle.ads:
        aware(ad.id, "first_seen", ad.first_seen)
        aware(ad.id, "judged_at", ad.judged_at)
        _judged(ad)
    for sighting in bundle.sightings:
        aware(sighting.id, "at", sighting.at)
        within(sighting.id, "position", sighting.position, -MAX_INT, MAX_INT)
        if sighting.task_id != task:
            raise WriteRefused(sighting.id, f"it is of task {sighting.task_id}, the capture of {task}")
    return bundle


def aware(document_id: str, field: str, at: datetime) -> None:
    """Raise WriteRefused for an instant that can't be put in order: without time zone, or out of range in UTC."""
    if at.tzinfo is None:
        raise WriteRefused(document_id, f"{field} has no time zone")
    try:
        at.astimezone(UTC)
    except OverflowError as error:
        raise WriteRefused(
            document_id, f"{field} is out of range: before the year 1 or after 9999"
        ) from error


def _counted(capture: Capture) -> None:
    for field, filled in capture.filled.items():
        for count in (filled.found, filled.total):
            within(capture.task.id, f"filled {field}", count, 0, MAX_LONG)


def _judged(ad: AdRecord) -> None:
    for finding in ad.judgement.findings:
        within(ad.id, "category", finding.category, 1, 9)
        within(ad.id, "score", finding.score, 0, 1)
        for span in finding.spans:
            within(ad.id, "span", span.start, 0, MAX_INT)
            within(ad.id, "span", span.end, 0, MAX_INT)


def within(document_id: str, field: str, number: float, least: int, most: int) -> None:
    """Raise WriteRefused for a number out of its range."""
    # Not a number is no size; `encode` refuses it with its own sentence.
    if number < least or number > most:
        raise WriteRefused(document_id, f"{field} {number} is out of range: {least} to {most}")


def replaceable(document_id: str, stored: Any, kind: type[msgspec.Struct]) -> None:
    """Raise WriteRefused if a stored value, as JSON values, has fields that this release does not know.

    Written again without them, what a newer release found out would be lost.
    """
    unknown = _unknown(stored, _type_of(kind), "")
    if unknown is not None:
        raise WriteRefused(
            document_id,
            f"a newer release stored {unknown} in it, which this one would lose: update this program",
        )


def _unknown(value: Any, kind: msgspec.inspect.Type, path: str) -> str | None:
    """The path of the first field that a type does not have."""
    match kind:
        case msgspec.inspect.StructType() if isinstance(value, dict):
            known = _fields(kind.cls)
            for name, inner in value.items():
                if name not in known:
                    return f"{path}{name}"
                if found := _unknown(inner, known[name], f"{path}{name}."):
                    return found
        case msgspec.inspect.UnionType():
            for one in kind.types:
                if isinstance(one, msgspec.inspect.StructType | msgspec.inspect.VarTupleType):
                    return _unknown(value, one, path)
        case msgspec.inspect.VarTupleType() if isinstance(value, list) and value and _holds(kind):
            return next((found for item in value if (found := _unknown(item, kind.item_type, path))), None)
        case msgspec.inspect.DictType() if isinstance(value, dict):
            inner_kind = kind.value_type
            return next(
                (found for item in value.values() if (found := _unknown(item, inner_kind, path))), None
            )
    return None


def _holds(kind: msgspec.inspect.VarTupleType) -> bool:
    return not isinstance(kind.item_type, msgspec.inspect.FloatType | msgspec.inspect.StrType)


@cache
def _type_of(kind: type) -> msgspec.inspect.Type:
    return msgspec.inspect.type_info(kind)


@cache
def _fields(kind: type) -> dict[str, msgspec.inspect.Type]:
    info = _type_of(kind)
    assert isinstance(info, msgspec.inspect.StructType)
    return {field.encode_name: field.type for field in info.fields}
