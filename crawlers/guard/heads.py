"""HTTP/1 message heads as the guard's proxy needs them: read, check, rewrite. Pure."""

import base64
import binascii
import re
from urllib.parse import urlsplit

import msgspec

#: Largest head in bytes that is read; Chromium's own limit on response heads is 256 KiB.
MAX_HEAD = 256 * 1024

#: Headers that belong to one connection and never pass a proxy (RFC 9110 §7.6.1).
_HOP_BY_HOP = frozenset(
    (b"connection", b"proxy-connection", b"keep-alive", b"proxy-authorization", b"proxy-authenticate", b"te",
     b"trailer", b"upgrade")
)  # fmt: skip
#: RFC 9112 §4; a longer number would also be too much for int() of a hostile server's 256 KiB.
_CONNECTION = (b"connection", b"proxy-connection")
_CHUNK_SIZE = re.compile(rb"[0-9a-fA-F]{1,15}")
_STATUS = re.compile(rb"[1-9]\d\d")
_LENGTH_DIGITS = 18


class BadHead(ValueError):
    """A message head that is not HTTP/1."""


class RequestHead(msgspec.Struct, frozen=True):
    """The first line and headers of a request, header names as sent."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    version: bytes = b"HTTP/1.1"

    def get(self, name: bytes) -> bytes | None:
        """The first header of that (lower case) name, or None."""
        return next((value for key, value in self.headers if key.lower() == name), None)


def _fields(lines: list[bytes]) -> tuple[tuple[bytes, bytes], ...]:
    fields = []
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not name or name != name.strip():
            raise BadHead("bad header line")
        fields.append((name, value.strip()))
    return tuple(fields)


def parse_request(head: bytes) -> RequestHead:
    """A request head (up to and without the blank line). Raises BadHead."""
    lines = head.split(b"\r\n")
    words = lines[0].split(b" ")
    if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
        raise BadHead("bad request line")
    return RequestHead(words[0], words[1], _fields(lines[1:]), words[2])


def connect_target(target: bytes) -> tuple[str, int]:
    """Host and port of a CONNECT request. Raises BadHead."""
    host, port, _ = _split(b"//" + target)
    if port is None:
        raise BadHead("CONNECT without a port")
    return host, port


def absolute_target(target: bytes) -> tuple[str, int, bytes]:
    """Host, port and path with query of an absolute http request target. Raises BadHead."""
    if not target.lower().startswith(b"http://"):
        raise BadHead("only http:// targets and CONNECT")
    host, port, path = _split(target)
    return host, port or 80, path


def _split(target: bytes) -> tuple[str, int | None, bytes]:
    try:
        parts = urlsplit(target.decode("ascii"))
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError as bad:
        raise BadHead("bad target") from bad
    if not host or parts.username is not None:
        raise BadHead("bad target")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return host, port, path.encode("ascii")


def credential(head: RequestHead) -> tuple[str, str] | None:
    """User name and password that the request gives the proxy, None where it gives none."""
    scheme, _, value = (head.get(b"proxy-authorization") or b"").partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        user, colon, password = base64.b64decode(value, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


def basic(user: str, password: str) -> bytes:
    """The value of an Authorization header (RFC 7617)."""
    return b"Basic " + base64.b64encode(f"{user}:{password}".encode())


def body_length(head: RequestHead) -> int:
    """Bytes of the request's body. Raises BadHead where they can't be told beforehand."""
    if head.get(b"transfer-encoding") is not None:
        raise BadHead("request body without a length")
    given = [value for name, value in head.headers if name.lower() == b"content-length"]
    length = given[0] if given else b"0"
    if len(given) > 1 or not length.isdigit() or len(length) > _LENGTH_DIGITS:
        raise BadHead("bad Content-Length")
    return int(length)


def keeps(head: RequestHead) -> bool:
    """Whether the client wants to use its connection again (RFC 9112 §9.3)."""
    wishes = b",".join(value for name, value in head.headers if name.lower() in _CONNECTION).lower()
    return head.version != b"HTTP/1.0" and b"close" not in wishes


def forward_request(head: RequestHead, path: bytes, *, keep: bool) -> bytes:
    """The head as it goes on to the server, in origin form."""
    kept = [name + b": " + value for name, value in head.headers if name.lower() not in _HOP_BY_HOP]
    connection = b"Connection: keep-alive" if keep else b"Connection: close"
    return b"\r\n".join([head.method + b" " + path + b" HTTP/1.1", *kept, connection, b"", b""])


class ResponseHead(msgspec.Struct, frozen=True):
    """An answer's status and headers, as lines. `keep` says that its end can be told and that the
    server keeps the connection; `length` is the body's size in bytes, None where it is `chunked`
    or ends with the connection."""

    status: int
    lines: tuple[bytes, ...]
    keep: bool
    length: int | None
    chunked: bool = False

    def forward(self, *, keep: bool) -> bytes:
        """The head as it goes back to the client."""
        closing = () if keep else (b"Connection: close",)
        return b"\r\n".join((*self.lines, *closing, b"", b""))


def parse_response(head: bytes, method: bytes) -> ResponseHead:
    """An answer's head (up to and without the blank line) to a request of `method`. Raises BadHead.

    Where the size of the body is unclear (RFC 9112 §6.3), it ends with the connection, and its
    client judges it: the guard never guesses where the next answer begins.
    """
    lines = head.split(b"\r\n")
    words = lines[0].split(b" ", 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not _STATUS.fullmatch(words[1]):
        raise BadHead("bad status line")
    status = int(words[1])
    kept, lengths, codings, wishes = [lines[0]], [], [], b""
    for line in lines[1:]:
        name, _, value = line.partition(b":")
        name = name.strip().lower()
        if name in _CONNECTION:
            wishes += value.lower() + b","
        if name in _HOP_BY_HOP:
            continue
        kept.append(line)
        if name == b"content-length":
            lengths.append(value.strip())
        elif name == b"transfer-encoding":
            codings.append(value.strip().lower())
    persistent = words[0] == b"HTTP/1.1" and b"close" not in wishes
    if method == b"HEAD" or status in (204, 304) or 100 <= status < 200:
        return ResponseHead(status, tuple(kept), persistent and status != 101, 0)
    if codings:
        framed = codings == [b"chunked"] and not lengths
        return ResponseHead(status, tuple(kept), persistent and framed, None, framed)
    if len(lengths) == 1 and lengths[0].isdigit() and len(lengths[0]) <= _LENGTH_DIGITS:
        return ResponseHead(status, tuple(kept), persistent, int(lengths[0]))
    return ResponseHead(status, tuple(kept), False, None)


def chunk_size(line: bytes) -> int:
    """The size in bytes that a chunk's first line (without its end) names. Raises BadHead."""
    digits = line.partition(b";")[0].strip()
    if not _CHUNK_SIZE.fullmatch(digits):
        raise BadHead("bad chunk size")
    return int(digits, 16)
