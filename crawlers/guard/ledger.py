"""What the guard met: for each route, host and port the address reached, or why it was not."""

from collections import OrderedDict
from enum import StrEnum

import msgspec

#: Hosts remembered; the oldest go first. A page can name any number of them.
MAX_ENTRIES = 20_000


class Reach(StrEnum):
    """How one attempt to connect ended. `proxy` means that the region's proxy did not get there."""

    CONNECTED = "connected"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    PROXY = "proxy"


class Contact(msgspec.Struct, frozen=True):
    """The last attempt at one host and port. `ip` is set where a connection stood."""

    reach: Reach
    ip: str | None = None
    detail: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """A contact with what it was of. `route` is the name of a proxy, empty for the direct way."""

    route: str
    host: str
    port: int
    contact: Contact


class Ledger:
    """The newest contacts by route, host and port. For one thread."""

    def __init__(self) -> None:
        self._contacts: OrderedDict[tuple[str, str, int], Contact] = OrderedDict()

    def record(self, entry: Entry) -> None:
        """Remember the newest contact of a host."""
        key = (entry.route, entry.host, entry.port)
        self._contacts[key] = entry.contact
        self._contacts.move_to_end(key)
        while len(self._contacts) > MAX_ENTRIES:
            self._contacts.popitem(last=False)

    def last(self, host: str, port: int, route: str = "") -> Contact | None:
        """The newest contact of a host by a route, or None if it was never asked for."""
        return self._contacts.get((route, host, port))
