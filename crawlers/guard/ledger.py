"""What the guard met: for each host and port the address reached, or why it was not."""

import threading
from collections import OrderedDict
from enum import StrEnum

import msgspec

#: Hosts remembered; the oldest go first. A page can name any number of them.
MAX_ENTRIES = 20_000


class Reach(StrEnum):
    """How one attempt to connect ended."""

    CONNECTED = "connected"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"


class Contact(msgspec.Struct, frozen=True):
    """The last attempt at one host and port. `ip` is set where a connection stood."""

    reach: Reach
    ip: str | None = None
    detail: str | None = None


class Ledger:
    """Contacts by host and port. Written by the guard's thread, read by the crawl's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._contacts: OrderedDict[tuple[str, int], Contact] = OrderedDict()

    def record(self, host: str, port: int, contact: Contact) -> None:
        """Remember the newest contact of a host."""
        with self._lock:
            self._contacts[host, port] = contact
            self._contacts.move_to_end((host, port))
            while len(self._contacts) > MAX_ENTRIES:
                self._contacts.popitem(last=False)

    def last(self, host: str, port: int) -> Contact | None:
        """The newest contact of a host, or None if it was never asked for."""
        with self._lock:
            return self._contacts.get((host, port))
