"""From a host name to the addresses a crawl may connect to."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable, Mapping

import msgspec

from crawlers.guard.addresses import refusal

#: Seconds a name may take to resolve.
RESOLVE_TIMEOUT_S = 10.0
#: Seconds for which a name without an address is not asked for again, and how many such names are kept.
_REMEMBER_UNKNOWN_S = 60.0
_MOST_UNKNOWN = 10_000

Lookup = Callable[[str, int], Awaitable[list[str]]]


class AddressRefused(Exception):
    """Every address of a host is one that a crawl must not reach. The text says which and why."""


class NameUnknown(Exception):
    """A host name has no address."""


class Target(msgspec.Struct, frozen=True):
    """Where to connect: checked addresses in order of preference, and the port."""

    addresses: tuple[str, ...]
    port: int


async def system_lookup(host: str, port: int) -> list[str]:
    """All addresses of a name by the system's resolver, in its order, each once."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(RESOLVE_TIMEOUT_S):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError, TimeoutError) as failed:
        raise NameUnknown(f"{host}: {failed or 'no answer in time'}") from failed
    return list(dict.fromkeys(str(address[4][0]) for address in found))


class Resolver:
    """Resolves each connection's name once and checks the answer, so that it can't change in between.

    `hosts` maps names to an address and `ports` a port to another one for those names only:
    the sandbox's names, and nothing but these, pass unchecked.
    """

    def __init__(
        self,
        *,
        allow_private: bool = False,
        hosts: Mapping[str, str] | None = None,
        ports: Mapping[int, int] | None = None,
        lookup: Lookup = system_lookup,
    ) -> None:
        self._allow_private = allow_private
        self._hosts = {name.lower().rstrip("."): ip for name, ip in (hosts or {}).items()}
        self._ports = dict(ports or {})
        self._lookup = lookup
        self._asking: dict[tuple[str, int], asyncio.Task[list[str]]] = {}
        self._unknown: dict[str, tuple[float, str]] = {}

    async def resolve(self, host: str, port: int) -> Target:
        """Where a connection to `host` may go. Raises AddressRefused or NameUnknown.

        A forbidden address beside a public one is left out rather than refused: else an
        advertiser could keep a crawl away by adding a private address to its name.
        """
        mapped = self._hosts.get(host)
        if mapped is not None:
            return Target((mapped,), self._ports.get(port, port))
        found = await self._addresses(host, port)
        reasons = {address: refusal(address, allow_private=self._allow_private) for address in found}
        allowed = tuple(address for address, reason in reasons.items() if reason is None)
        if not allowed:
            raise AddressRefused("; ".join(reason for reason in reasons.values() if reason))
        return Target(allowed, port)

    async def _addresses(self, host: str, port: int) -> list[str]:
        """All addresses of a name. Equal questions at one moment are asked once, and a name without
        an address is not asked for again for a while: a page with a hundred pictures on a dead host
        would keep the system's resolver busy for minutes. Addresses found are never kept.
        """
        since, why = self._unknown.get(host, (0.0, ""))
        if why and time.monotonic() - since < _REMEMBER_UNKNOWN_S:
            raise NameUnknown(why)
        task = self._asking.get((host, port))
        if task is None:
            task = asyncio.ensure_future(self._lookup(host, port))
            self._asking[host, port] = task
            task.add_done_callback(lambda _done: self._asking.pop((host, port), None))
        try:
            found = await asyncio.shield(task)
            if not found:
                raise NameUnknown(f"{host}: no address")
        except NameUnknown as unknown:
            if len(self._unknown) >= _MOST_UNKNOWN:
                self._unknown.clear()
            self._unknown[host] = (time.monotonic(), str(unknown))
            raise
        return found
