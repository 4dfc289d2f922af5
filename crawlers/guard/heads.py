"""HTTP/1 message heads as the guard's proxy needs them: read, check, rewrite. Pure."""

import base64
import binascii
import hmac
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
_STATUS = re.compile(rb"[1-9]\d\d")
_LENGTH_DIGITS = 18


class BadHead(ValueError):
    """A message head that is not HTTP/1."""


class RequestHead(msgspec.Struct, frozen=True):
    """The first line and headers of a request, header names as sent."""

    method: bytes
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]

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
    return RequestHead(words[0], words[1], _fields(lines[1:]))


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


def authorised(head: RequestHead, user: str, password: str) -> bool:
    """Whether the request carries the proxy credential of this crawl."""
    scheme, _, value = (head.get(b"proxy-authorization") or b"").partition(b" ")
    if scheme.lower() != b"basic":
        return False
    try:
        given = base64.b64decode(value, validate=True)
    except binascii.Error:
        return False
    return hmac.compare_digest(given, f"{user}:{password}".encode())


def body_length(head: RequestHead) -> int:
    """Bytes of the request's body. Raises BadHead where they can't be told beforehand."""
    if head.get(b"transfer-encoding") is not None:
        raise BadHead("request body without a length")
    length = head.get(b"content-length") or b"0"
    if not length.isdigit() or len(length) > _LENGTH_DIGITS:
        raise BadHead("bad Content-Length")
    return int(length)


def forward_request(head: RequestHead, path: bytes) -> bytes:
    """The head as it goes on to the server: origin form, one request a connection."""
    kept = [name + b": " + value for name, value in head.headers if name.lower() not in _HOP_BY_HOP]
    return b"\r\n".join([head.method + b" " + path + b" HTTP/1.1", *kept, b"Connection: close", b"", b""])


def forward_response(head: bytes) -> tuple[int, bytes]:
    """Status, and the answer's head as it goes back to the client. Raises BadHead.

    `Connection: close` is forced: a client that kept the connection would send its next
    request, perhaps for another host, past the check.
    """
    lines = head.split(b"\r\n")
    words = lines[0].split(b" ", 2)
    if len(words) < 2 or not words[0].startswith(b"HTTP/") or not _STATUS.fullmatch(words[1]):
        raise BadHead("bad status line")
    kept = [line for line in lines[1:] if line.partition(b":")[0].strip().lower() not in _HOP_BY_HOP]
    return int(words[1]), b"\r\n".join([lines[0], *kept, b"Connection: close", b"", b""])
