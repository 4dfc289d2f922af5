"""Who crawls a run: a small document that its process renews, and that lapses when it does not.

A process that was killed on this machine is known to be gone at once, by its number and the
machine's start; one on another machine after `LEASE_S`. Clocks that differ by more than a
third of that could let two processes hold one run.
"""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import time
from uuid import uuid4

import msgspec
from elasticsearch import Elasticsearch

from findings.errors import HoldLost, RunTaken
from findings.model.errors import FinAdWatchError, Said
from findings.stores.elastic.bulk import Item, write_bulk
from findings.stores.elastic.names import Names
from findings.stores.elastic.places import by_id

#: Seconds after which a hold that is not renewed lapses; it is renewed three times in that.
LEASE_S = 60.0


class Holder(msgspec.Struct, frozen=True):
    """A process: its machine, what tells this start of the machine from others, its number and start."""

    token: str
    host: str
    boot: str
    pid: int
    born: str

    @classmethod
    def this(cls) -> "Holder":
        """This process, under a new token."""
        return cls(uuid4().hex, socket.gethostname(), _boot(), os.getpid(), _born(os.getpid()))

    def gone(self) -> bool:
        """Whether it certainly lives no more: it ran on this machine, and is not there."""
        if (self.host, self.boot) != (socket.gethostname(), _boot()) or not self.boot:
            return False
        return _born(self.pid) != self.born


class LeaseHold:
    """A hold on one run, renewed by a thread of its own."""

    def __init__(self, client: Elasticsearch, url: str, names: Names, run_id: str) -> None:
        self._client = client
        self._url = url
        self._index = names.alias("leases")
        self._run_id = run_id
        self._me = Holder.this()
        self._over = threading.Event()
        self._taken_by: Holder | None = None
        self._beats = threading.Thread(target=self._renew, name="lease", daemon=True)

    def take(self) -> None:
        """Take the run. Raises RunTaken."""
        other = self._claim()
        if other is not None:
            raise RunTaken(self._run_id, _named(other))
        self._beats.start()

    def confirm(self) -> None:
        """Raise HoldLost if another process took the run meanwhile."""
        if self._taken_by is not None:
            raise HoldLost(self._run_id, _named(self._taken_by))

    def let_go(self) -> None:
        """End the renewal and free the run; a store that is away frees it by the lapse."""
        self._over.set()
        self._beats.join()
        if self._taken_by is None:
            with suppress(FinAdWatchError):
                self._write(0.0, read_lease(self._client, self._url, self._index, self._run_id))

    def _renew(self) -> None:
        while not self._over.wait(LEASE_S / 3):
            # A store that is away now is asked again at the next beat.
            with suppress(FinAdWatchError):
                self._taken_by = self._claim()
                if self._taken_by is not None:
                    return

    def _claim(self) -> Holder | None:
        """Write the run down as this process's, or return whose it is."""
        for _ in range(5):
            there = read_lease(self._client, self._url, self._index, self._run_id)
            if there is not None and there.holder.token != self._me.token and there.holds():
                return there.holder
            if self._write(LEASE_S, there):
                return None
        assert there is not None  # five others were faster
        return there.holder

    def _write(self, seconds: float, there: "Lease | None") -> bool:
        """Write the lease unless it changed since it was read."""
        record = {"holder": self._me, "until": time() + seconds}
        document = {"run_id": self._run_id, "until_us": int((time() + seconds) * 1e6), "record": record}
        item = Item(
            self._index,
            self._run_id,
            msgspec.json.encode(document),
            create=there is None,
            seq=there.seq if there else None,
            term=there.term if there else None,
        )
        return not write_bulk(self._client, self._url, [item], require_alias=True)


class Lease(msgspec.Struct, frozen=True):
    """What stands in the store of one run: by whom it is held and until when (Unix time)."""

    holder: Holder
    until: float
    seq: int
    term: int

    def holds(self) -> bool:
        """Whether it keeps others out."""
        return self.until > time() and not self.holder.gone()


def read_lease(client: Elasticsearch, url: str, index: str, run_id: str) -> Lease | None:
    """The lease of a run, or None; sees every write at once."""
    document = by_id(client, url, index, run_id)
    if document is None:
        return None
    kept = document["_source"]["record"]
    return Lease(
        msgspec.convert(kept["holder"], Holder), kept["until"], document["_seq_no"], document["_primary_term"]
    )


@contextmanager
def hold_lease(client: Elasticsearch, url: str, names: Names, run_id: str) -> Iterator[LeaseHold]:
    """Hold a run of a store. Raises RunTaken."""
    hold = LeaseHold(client, url, names, run_id)
    hold.take()
    try:
        yield hold
    finally:
        hold.let_go()


def _named(holder: Holder) -> Said:
    return Said(f"process {holder.pid} on {holder.host}", zh=f"{holder.host} 上的进程 {holder.pid} ")


def _boot() -> str:
    """What is one for all processes whose numbers can be compared: this start of the machine, and the
    space of numbers (containers of one machine have their own)."""
    with suppress(OSError):
        return _text(Path("/proc/sys/kernel/random/boot_id")) + str(Path("/proc/self/ns/pid").readlink())
    return ""


def _born(pid: int) -> str:
    """When a process started, in ticks since the machine did; empty for one that is not there or a zombie."""
    # proc(5): after the name in brackets come the state (field 3) and, as field 22, the start.
    words = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return words[19] if len(words) > 19 and words[0] not in ("Z", "X") else ""


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
