"""The folder of keys: the private key that signs now, the history of ours, and the offices that are trusted here.

    signing.pem            private, mode 0600, encrypted where a passphrase is given
    ring/ours.json         public keys of ours with their validity, and the statements of rotation
    ring/trusted/<fingerprint>.json

A rotation is noted before the new key takes the old one's place; a process killed in between leaves
`signing.pem.next`, and the next one ends it. The old private key is gone then: nothing needs it, and who finds it
could sign with dates of the past.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec

from handover.disk import put_whole, settle
from handover.errors import KeyUnusable
from handover.keys.errors import RingBroken
from handover.keys.history import FORMAT, History, KeyRecord, added, proven, read_history, record_of, rotated
from handover.signing import Signer, fingerprint
from handover.verify import UNKNOWN, Standing, plain_fingerprint


class Trusted(msgspec.Struct, frozen=True, kw_only=True):
    """An office whose keys are trusted here, by the fingerprint that it told. `by` and `at`: who said so, and when."""

    anchor: str
    by: str
    at: datetime
    history: History


class KeyRing:
    """The keys of one installation. `office` is written into new statements."""

    def __init__(self, key: Path, office: str, passphrase: bytes | None = None) -> None:
        self._key = key
        self._office = office
        self._passphrase = passphrase
        self._folder = key.parent / "ring"
        self._next = key.with_name(f"{key.name}.next")

    def signer(self, at: datetime) -> Signer:
        """The key that signs now, made at first use and known to the ring from then on. Raises KeyUnusable, RingBroken."""
        with self._alone():
            return self._current(at)

    def rotate(self, at: datetime) -> tuple[KeyRecord, KeyRecord]:
        """Let a new key follow the present one; return old and new. Raises KeyUnusable, RingBroken."""
        with self._alone():
            old = self._current(at)
            self._next.unlink(missing_ok=True)  # of a rotation that was never noted
            new = Signer.made()
            new.store(self._next, self._passphrase)
            history = rotated(self.history(), old, new, at)
            self._write(self._folder / "ours.json", history)
            self._take_next()
            return history.keys[-2], history.keys[-1]

    def history(self) -> History:
        """Our keys. Raises RingBroken."""
        path = self._folder / "ours.json"
        try:
            return _history(path.read_bytes())
        except FileNotFoundError:
            return History(office=self._office)
        except (OSError, ValueError) as error:
            raise RingBroken(path, str(error)[:300]) from error

    def trust(self, data: bytes, told: str, office: str, by: str, at: datetime) -> Trusted:
        """Trust an office's key, and those that it leads to, by the fingerprint that the office told.

        `data` is its public key in PEM or its export; a later export of it brings its newer keys. Raises
        HistoryBroken, FingerprintForeign.
        """
        anchor = plain_fingerprint(told)
        history = msgspec.structs.replace(proven(read_history(data, office, at), anchor), office=office)
        trusted = Trusted(anchor=anchor, by=by, at=at, history=history)
        with self._alone():
            self._write(self._folder / "trusted" / f"{anchor}.json", trusted)
        return trusted

    def trusted(self) -> list[Trusted]:
        """The offices that are trusted, by name. Raises RingBroken."""
        found = []
        for path in sorted((self._folder / "trusted").glob("*.json")):
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Trusted))
            except (OSError, ValueError) as error:
                raise RingBroken(path, str(error)[:300]) from error
        return sorted(found, key=lambda one: (one.history.office, one.anchor))

    def standing(self, key: str, at: datetime) -> Standing:
        """Whose key it is, for something signed `at` by its own word. Raises RingBroken."""
        if (mine := self.history().key(key)) is not None:
            if mine.until is None:
                return Standing("ours", "ours, in use", "本机关现用公钥")
            day = f"{mine.until:%Y-%m-%dT%H:%M:%SZ}"
            if at > mine.until:
                return Standing(
                    "ours_until", f"ours, but retired at {day}, before this was signed",
                    f"本机关公钥，但已于 {day} 停用，早于签出时间", fault=True,
                )  # fmt: skip
            return Standing("ours_until", f"ours, in use until {day}", f"本机关公钥，使用至 {day}")
        for office in self.trusted():
            if (theirs := office.history.key(key)) is None:
                continue
            name = office.history.office
            if theirs.until is not None and at > theirs.until:
                day = f"{theirs.until:%Y-%m-%dT%H:%M:%SZ}"
                return Standing(
                    "trusted", f"of {name}, but retired at {day}, before this was signed",
                    f"{name}公钥，但已于 {day} 停用，早于签出时间", fault=True,
                )  # fmt: skip
            return Standing("trusted", f"of {name}, trusted here", f"{name}公钥，本机已信任")
        return UNKNOWN

    def _current(self, at: datetime) -> Signer:
        history = self.history()
        if history.current is not None and self._next.exists():
            with suppress(KeyUnusable):  # half written: of a rotation that was never noted
                new = Signer.load(self._next, self._passphrase)
                if fingerprint(new.public_pem) == history.current.fingerprint:
                    self._take_next()  # a rotation was noted, and the process killed
        signer = Signer.load_or_make(self._key, self._passphrase)
        own = fingerprint(signer.public_pem)
        if history.current is None:
            first = msgspec.structs.replace(history, keys=(record_of(signer, at),))
            self._write(self._folder / "ours.json", first)
        elif history.current.fingerprint != own:
            if history.key(own) is not None:
                raise KeyUnusable(self._key, "it was retired, another key follows it")
            self._write(self._folder / "ours.json", added(history, signer, at))
        return signer

    def _take_next(self) -> None:
        self._next.replace(self._key)
        settle(self._key.parent)

    def _write(self, path: Path, value: History | Trusted) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        put_whole(path, msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n")

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time."""
        for folder in (self._key.parent, self._folder):  # `parents` would be open to all
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self._folder / "lock").open("wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _history(data: bytes) -> History:
    history = msgspec.json.decode(data, type=History)
    if history.format != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    return history
