"""Connections to checked addresses: straight, or through a region's proxy (HTTP CONNECT, SOCKS5).

A proxy is given the address that was checked here, never the name: it could resolve a name to
a machine of its own network, past the check.
"""

import asyncio
import ssl
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from crawlers.guard.heads import MAX_HEAD, BadHead, basic, parse_response
from findings.model.errors import UsageError

#: Seconds for one connection, with what a proxy asks for before it is of use.
CONNECT_TIMEOUT_S = 10.0
PROXY_TIMEOUT_S = 20.0
_DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080}
#: RFC 1928 §6.
_SOCKS_REPLIES = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "network unreachable",
    4: "host unreachable",
    5: "connection refused",
    6: "TTL expired",
    7: "command not supported",
    8: "address type not supported",
}
_NO_PASSWORD, _PASSWORD, _NONE_FITS = 0x00, 0x02, 0xFF

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class ProxyAway(Exception):
    """A region's proxy did not reach the address. The text says why, and holds no password."""


class ProxyAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where a proxy is, and who we are to it. `scheme` is `http`, `https` or `socks5`."""

    scheme: str
    host: str
    port: int
    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"ProxyAddress({self.scheme}://{self.host}:{self.port})"


def proxy_address(url: str, username: str | None = None, password: str | None = None) -> ProxyAddress:
    """A proxy's address from its URL, which must hold no credential. Raises UsageError."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    odd = parts.username is not None or parts.path not in ("", "/") or parts.query or parts.fragment
    if parts.scheme not in _DEFAULT_PORTS or not host or odd:
        raise UsageError(
            "a proxy is given as http://host:port, https://host:port or socks5://host:port, without user name or password",
            zh="代理应写作 http://主机:端口、https://主机:端口 或 socks5://主机:端口，不含用户名和密码",
        )
    return ProxyAddress(
        scheme=parts.scheme,
        host=host,
        port=port or _DEFAULT_PORTS[parts.scheme],
        username=username,
        password=password,
    )


async def open_direct(address: str, port: int) -> Streams:
    """A connection to an address. Raises OSError or TimeoutError."""
    async with asyncio.timeout(CONNECT_TIMEOUT_S):
        return await asyncio.open_connection(address, port, limit=MAX_HEAD)


async def open_through(proxy: ProxyAddress, address: str, port: int, ca_file: Path | None) -> Streams:
    """A connection to an address through a proxy. Raises ProxyAway, whatever goes wrong.

    `ca_file` names authorities that a proxy's own certificate (`https`) may come from, beside the system's.
    """
    writer: asyncio.StreamWriter | None = None
    try:
        async with asyncio.timeout(PROXY_TIMEOUT_S):
            reader, writer = await asyncio.open_connection(
                proxy.host,
                proxy.port,
                limit=MAX_HEAD,
                ssl=_context(ca_file) if proxy.scheme == "https" else None,
            )
            hand = _socks5 if proxy.scheme == "socks5" else _connect
            await hand((reader, writer), proxy, address, port)
            return reader, writer
    except ProxyAway:
        _close(writer)
        raise
    except TimeoutError as late:
        _close(writer)
        raise ProxyAway("no answer in time") from late
    except (OSError, EOFError, asyncio.LimitOverrunError, BadHead) as away:
        _close(writer)
        why = "it ended the connection" if isinstance(away, EOFError) else f"{away}"
        raise ProxyAway(why or type(away).__name__) from away
    except BaseException:  # cancelled: nobody else knows the connection
        _close(writer)
        raise


def _close(writer: asyncio.StreamWriter | None) -> None:
    if writer is not None:
        writer.close()


def _context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


async def _connect(streams: Streams, proxy: ProxyAddress, address: str, port: int) -> None:
    """RFC 9110 §9.3.6."""
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    lines = [b"CONNECT %s HTTP/1.1" % target.encode(), b"Host: " + target.encode()]
    if proxy.username is not None:
        lines.append(b"Proxy-Authorization: " + basic(proxy.username, proxy.password or ""))
    streams[1].write(b"\r\n".join([*lines, b"", b""]))
    head = parse_response((await streams[0].readuntil(b"\r\n\r\n"))[:-4], b"CONNECT")
    if head.status == 407:
        raise ProxyAway("it refused user name or password (407)")
    if not 200 <= head.status < 300:
        raise ProxyAway(f"it answered {head.status}")


async def _socks5(streams: Streams, proxy: ProxyAddress, address: str, port: int) -> None:
    """RFC 1928 and, for a password, RFC 1929."""
    reader, writer = streams
    methods = bytes([_NO_PASSWORD] if proxy.username is None else [_NO_PASSWORD, _PASSWORD])
    writer.write(bytes([5, len(methods)]) + methods)
    version, method = await reader.readexactly(2)
    if version != 5 or (method != _NONE_FITS and method not in methods):
        raise ProxyAway("it does not speak SOCKS5")
    if method == _NONE_FITS:
        raise ProxyAway(
            "it asks for user name and password" if proxy.username is None else "it takes no password"
        )
    if method == _PASSWORD:
        user, password = (proxy.username or "").encode()[:255], (proxy.password or "").encode()[:255]
        writer.write(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
        _, status = await reader.readexactly(2)
        if status != 0:
            raise ProxyAway("it refused user name or password")
    ip = ip_address(address)
    kind = 1 if ip.version == 4 else 4
    writer.write(bytes([5, 1, 0, kind]) + ip.packed + port.to_bytes(2, "big"))
    version, reply, _, kind = await reader.readexactly(4)
    if version != 5 or reply != 0:
        raise ProxyAway(f"it answered: {_SOCKS_REPLIES.get(reply, f'code {reply}')}")
    bound = {1: 4, 4: 16}.get(kind)
    size = bound if bound is not None else (await reader.readexactly(1))[0]
    await reader.readexactly(size + 2)
