"""An office's keys over time: when each was used, and the statements by which one followed another (pure).

A rotation is one sentence of JSON signed by the old key, so that who trusts the old trusts the new, and by the new one,
so that nobody can claim another's key.
"""

from collections.abc import Iterable
from datetime import datetime

import msgspec

from findings.model.errors import Said
from handover.keys.errors import FingerprintForeign, HistoryBroken
from handover.signing import Signer, fingerprint, signed_by

FORMAT = "finadwatch-keys-1"
#: Bytes of an export, and keys in it, at most.
MOST_BYTES = 1_000_000
MOST_KEYS = 500


class KeyRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One public key. It signed from `since` to `until` (UTC); None: it still does. `pem` is its public part."""

    fingerprint: str
    pem: str
    since: datetime
    until: datetime | None = None


class Rotation(msgspec.Struct, frozen=True, kw_only=True):
    """That one key follows another. `statement` is the very text that both signed; signatures in hex."""

    statement: str
    by_old: str
    by_new: str


class History(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of an office, oldest first, and their rotations. Only public parts."""

    format: str = FORMAT
    office: str
    keys: tuple[KeyRecord, ...] = ()
    rotations: tuple[Rotation, ...] = ()

    @property
    def current(self) -> KeyRecord | None:
        """The key that signs now."""
        return self.keys[-1] if self.keys else None

    def key(self, wanted: str) -> KeyRecord | None:
        """The key of a fingerprint."""
        return next((one for one in self.keys if one.fingerprint == wanted), None)


class _Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    format: str = "finadwatch-key-rotation-1"
    office: str
    old: str
    new: str
    at: datetime


def record_of(signer: Signer, since: datetime) -> KeyRecord:
    """A key that begins to sign."""
    pem = signer.public_pem
    return KeyRecord(fingerprint=fingerprint(pem), pem=pem.decode("ascii"), since=since)


def added(history: History, new: Signer, at: datetime) -> History:
    """The history with another key from now on, without a statement of the old one: it was put there by hand."""
    retired = tuple(
        msgspec.structs.replace(one, until=at) if one.until is None else one for one in history.keys
    )
    return msgspec.structs.replace(history, keys=(*retired, record_of(new, at)))


def rotated(history: History, old: Signer, new: Signer, at: datetime) -> History:
    """The history with a new key that the old one vouches for."""
    statement = msgspec.json.encode(
        _Statement(
            office=history.office, old=fingerprint(old.public_pem), new=fingerprint(new.public_pem), at=at
        )
    )
    rotation = Rotation(
        statement=statement.decode(), by_old=old.sign(statement).hex(), by_new=new.sign(statement).hex()
    )
    whole = added(history, new, at)
    return msgspec.structs.replace(whole, rotations=(*history.rotations, rotation))


def read_history(data: bytes, office: str, at: datetime) -> History:
    """The keys of an export, or of a public key in PEM (then `office` is whose, and `at` since when).

    Raises HistoryBroken.
    """
    if len(data) > MOST_BYTES:
        raise HistoryBroken(Said(f"more than {MOST_BYTES} bytes", zh=f"超过 {MOST_BYTES} 字节"))
    if data.lstrip().startswith(b"-----BEGIN PUBLIC KEY-----"):
        try:
            one = KeyRecord(fingerprint=fingerprint(data), pem=data.decode("ascii"), since=at)
        except ValueError as error:
            raise HistoryBroken(Said(str(error), zh=str(error))) from error
        return History(office=office, keys=(one,))
    try:
        history = msgspec.json.decode(data, type=History)
        if (
            history.format != FORMAT
            or not 0 < len(history.keys) <= MOST_KEYS
            or len(history.rotations) > MOST_KEYS
        ):
            raise ValueError("format or number of keys")
        for key in history.keys:
            if fingerprint(key.pem.encode()) != key.fingerprint:
                raise ValueError(f"{key.fingerprint} is not the fingerprint of its key")
    except (ValueError, UnicodeError, RecursionError) as error:
        raise HistoryBroken(Said(str(error)[:300], zh=str(error)[:300])) from error
    return history


def proven(history: History, anchor: str) -> History:
    """What follows from trust in one key: those that it leads to, forward and back, by statements that both signed.

    Raises FingerprintForeign where the anchor is not among them.
    """
    if history.key(anchor) is None:
        raise FingerprintForeign(anchor, tuple(one.fingerprint for one in history.keys))
    links = list(_links(history))
    known, more = {anchor}, True
    while more:
        new = {one for link in links for one in (link.old, link.new) if {link.old, link.new} & known} - known
        known |= new
        more = bool(new)
    ends = {link.old: link.at for link in links if link.old in known}
    begins = {link.new: link.at for link in links if link.new in known}
    keys = tuple(
        msgspec.structs.replace(
            one, since=begins.get(one.fingerprint, one.since), until=ends.get(one.fingerprint)
        )
        for one in history.keys
        if one.fingerprint in known
    )
    return msgspec.structs.replace(history, keys=keys)


def _links(history: History) -> Iterable[_Statement]:
    """The statements that both of their keys signed."""
    pems = {one.fingerprint: one.pem.encode() for one in history.keys}
    for rotation in history.rotations:
        try:
            said = msgspec.json.decode(rotation.statement, type=_Statement)
            text = rotation.statement.encode()
            if signed_by(pems[said.old], bytes.fromhex(rotation.by_old), text) and signed_by(
                pems[said.new], bytes.fromhex(rotation.by_new), text
            ):
                yield said
        except (ValueError, KeyError):  # a statement that proves nothing leads nowhere
            continue
