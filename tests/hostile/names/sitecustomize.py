"""The name servers of the hostile internet: stands in for the system's resolver in every Python process
that is started with this folder on its path. What a guard does with the answers is the guard's own.

Ordinary names have an address that is public; what is sent there ends at the proxy of the test. Hostile
ones have private addresses, some only from their second answer on. Numbers in any spelling and
`localhost` are for the real resolver.
"""

import os
import socket
from collections import Counter
from typing import Any

#: An address of the documentation of names (RFC 2606): nothing is ever sent to it.
_PUBLIC = "93.184.216.34"
_PRIVATE = {
    "loop": ["127.0.0.1"],
    "loop6": ["::1"],
    "mapped": ["::ffff:127.0.0.1"],
    "ten": ["10.0.0.1"],
    "home": ["192.168.1.1"],
    "cloud": ["169.254.169.254"],
    "zero": ["0.0.0.0"],
    "nat64": ["64:ff9b::7f00:1"],
    "both": ["127.0.0.1", _PUBLIC, "10.0.0.1"],
}
_HOSTS = frozenset(os.environ.get("HOSTILE_HOSTS", "").split())
_asked: Counter[str] = Counter()
_system = socket.getaddrinfo


def _addresses(host: str) -> list[str] | None:
    """The addresses of a name of the hostile internet; None where it is none of its names."""
    if host in _HOSTS:
        return [_PUBLIC]
    if not host.endswith(".example"):
        return None
    kind = host.partition(".")[0].partition("-")[0]
    if kind == "turn":
        _asked[host] += 1
        return [_PUBLIC] if _asked[host] == 1 else ["127.0.0.1"]
    if kind == "none":
        raise socket.gaierror(socket.EAI_NONAME, "no such name")
    return _PRIVATE.get(kind, [_PUBLIC])


def _getaddrinfo(host: Any, port: Any, *more: Any, **named: Any) -> Any:
    name = host.decode() if isinstance(host, bytes) else str(host or "")
    found = _addresses(name.lower().rstrip("."))
    if found is None:
        if (
            any(char.isalpha() for char in name)
            and "." in name
            and not name.lower().startswith("0x")
            and not name.endswith("localhost")
        ):
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return _system(host, port, *more, **named)
    return [entry for address in found for entry in _system(address, port, *more, **named)]


if _HOSTS:
    socket.getaddrinfo = _getaddrinfo
