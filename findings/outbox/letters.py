"""What waits in an outbox: bundles as bytes, and what is told of them."""

import zlib
from datetime import datetime

import msgspec

from findings.errors import WriteRefused
from findings.model.records import CaptureBundle
from findings.stores.codec import readable


class Letter(msgspec.Struct, frozen=True):
    """One waiting bundle as the file holds it."""

    number: int
    task_id: str
    run_id: str
    crc: int
    body: bytes

    def open(self) -> CaptureBundle:
        """The bundle. Raises WriteRefused if its bytes were damaged, or are of another release."""
        return unpack(self.task_id, self.body, self.crc)


class DeadLetter(msgspec.Struct, frozen=True):
    """One bundle that its store refused, without the bundle. `size` is in bytes."""

    store: str
    task_id: str
    run_id: str
    put_at: datetime
    refused_at: datetime
    reason: str
    size: int


class Discarded(msgspec.Struct, frozen=True, kw_only=True):
    """A dead letter that an officer gave up: `letter` as it was, by whom, when (UTC), why."""

    letter: DeadLetter
    at: datetime
    by: str
    why: str


class Away(msgspec.Struct, frozen=True):
    """A store that could not be written to: since when, tries so far, the next one, and why not."""

    since: datetime
    attempts: int
    next_try: datetime
    reason: str


class Pile(msgspec.Struct, frozen=True):
    """What lies in the outbox for one store. `size` is in bytes; `oldest` is when the oldest waiting bundle was put."""

    store: str
    waiting: int
    size: int
    oldest: datetime | None
    dead: int
    away: Away | None


def pack(bundle: CaptureBundle) -> tuple[bytes, int]:
    """A bundle as bytes with their checksum: SQLite itself would not notice a flipped bit.

    Raises WriteRefused for a number that no store could hold.
    """
    try:
        body = msgspec.msgpack.encode(readable(bundle))
    except (OverflowError, msgspec.MsgspecError) as error:
        raise WriteRefused(bundle.capture.task.id, str(error)) from error
    return body, zlib.crc32(body)


def unpack(task_id: str, body: bytes, crc: int) -> CaptureBundle:
    """The bundle behind bytes. Raises WriteRefused."""
    if zlib.crc32(body) != crc:
        raise WriteRefused(task_id, "its bytes changed while it waited")
    try:
        return msgspec.msgpack.decode(body, type=CaptureBundle)
    except msgspec.MsgspecError as error:
        raise WriteRefused(task_id, f"it can't be read: {error}") from error
