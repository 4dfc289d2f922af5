"""WARC files (ISO 28500) of what a visit asked for and was answered, one file a visit.

Each exchange is written to a file on disk as it ends, compressed by itself, by one thread of the
crawl: neither the event loop nor memory holds a whole visit.

What stands in a `response` record: the status line and headers as the server sent them, and the
body as the browser got it from the network, byte by byte, before any decoding of characters. Only
transfer and content coding (chunked, gzip, br…) are undone by then, because Chromium keeps no coded
body. The headers that speak of the coded form are therefore kept under `X-Orig-…`, and
`Content-Length` is that of the body in the record: any WARC reader gets the document itself.
Answers to Scrapy's own client keep their content coding, with its header.
"""

import os
import tempfile
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import msgspec

if TYPE_CHECKING:
    from warcio.statusandheaders import StatusAndHeaders

MEDIA_TYPE = "application/warc"
#: Longest address and header value in a record, in characters: a page may invent any.
_MAX_URL = 8_000
_MAX_VALUE = 65_536
_MAX_HEADERS = 500
_ASCII = "".join(map(chr, range(128)))
#: Headers that describe a body in transit and not the one in the record.
_OF_TRANSIT = frozenset(("content-encoding", "transfer-encoding", "content-length"))
#: A body is tried by so many bytes of its middle; one that keeps more than this share of them is stored as it is.
_TRIED = 16_384
_KEPT = 0.95

Headers = Sequence[tuple[str, str]]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a server answered. `body` is None where it did not come (whole): `cut` says why.

    `protocol` is Chromium's name (`http/1.1`, `h2`). `cut` is WARC's word: `length` (larger than is kept), `time` (still coming when the visit
    ended), `disconnect`, `unspecified`. `decoded` says that content coding was undone.
    """

    protocol: str
    status: int
    reason: str
    headers: Headers
    body: bytes | None
    cut: str | None = None
    decoded: bool = True


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """One request at `at` (UTC) and its answer; `error` says why there was none."""

    url: str
    method: str
    headers: Headers
    sent: bytes
    at: datetime
    ip: str | None
    answer: Answer | None
    error: str | None = None


class WarcFile:
    """One visit's WARC. `put` and `close` are called in the archive's thread only."""

    def __init__(self, folder: Path, software: str) -> None:
        from warcio.warcwriter import WARCWriter

        handle, name = tempfile.mkstemp(suffix=".warc.gz", dir=folder)
        self.path = Path(name)
        self._file = os.fdopen(handle, "wb")
        self._members = _Members(self._file)
        # Not `gzip=True`, which codes at full effort also what is coded already.
        self._writer = WARCWriter(self._members, gzip=False, warc_version="1.1")
        info = {"software": software, "format": "WARC File Format 1.1", "conformsTo": "ISO 28500:2017"}
        self._writer.write_record(self._writer.create_warcinfo_record(self.path.name, info))

    def put(self, exchange: Exchange) -> None:
        """Append an exchange. Raises OSError where the disk does not take it."""
        url, at = _one_line(exchange.url, _MAX_URL), _stamp(exchange.at)
        asked = self._record(url, "request", _request_head(exchange), exchange.sent, {"WARC-Date": at})
        answer = exchange.answer
        if answer is None:
            self._writer.write_record(asked)
            self._note(url, at, asked.rec_headers.get_header("WARC-Record-ID"), exchange.error or "")
            return
        more = {"WARC-Date": at}
        if exchange.ip is not None:
            more["WARC-IP-Address"] = exchange.ip
        if answer.cut is not None:
            more["WARC-Truncated"] = answer.cut
        if answer.protocol not in ("http/1.0", "http/1.1", ""):
            more["WARC-Protocol"] = _one_line(answer.protocol, 20)
        body = answer.body or b""
        got = self._record(url, "response", _response_head(answer), body, more)
        self._members.stored = _is_coded(body)  # the response is written before its request
        self._writer.write_request_response_pair(asked, got)

    def close(self) -> None:
        """Finish the file; nothing can be appended any more."""
        self._file.close()

    def _record(
        self, url: str, kind: str, head: "StatusAndHeaders", body: bytes, more: dict[str, str]
    ) -> Any:
        return self._writer.create_warc_record(
            url, kind, payload=BytesIO(body), length=len(body), http_headers=head, warc_headers_dict=more
        )

    def _note(self, url: str, at: str, about: str, error: str) -> None:
        text = f"fetch-error: {_one_line(error, 500)}\r\n".encode("utf-8", "replace")
        self._writer.write_record(
            self._writer.create_warc_record(
                url,
                "metadata",
                payload=BytesIO(text),
                length=len(text),
                warc_content_type="application/warc-fields",
                warc_headers_dict={"WARC-Date": at, "WARC-Concurrent-To": about},
            )
        )


class _Members:
    """A gzip file of one member a record: the writer calls `flush` at the end of each.

    A record whose body is coded already (a picture, a film, a font) is stored in its member: any gzip reader
    gets the same bytes, the file is no larger, and 13 ms for each 650 kB picture are saved.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._member: Any = None
        self.stored = False
        """Whether the next member is not to be compressed."""

    def write(self, data: bytes) -> None:
        """Append to the member of a record."""
        if self._member is None:
            level = zlib.Z_NO_COMPRESSION if self.stored else zlib.Z_BEST_COMPRESSION
            self._member = zlib.compressobj(level, zlib.DEFLATED, zlib.MAX_WBITS + 16)
            self.stored = False
        self._file.write(self._member.compress(data))

    def flush(self) -> None:
        """End the member."""
        if self._member is not None:
            self._file.write(self._member.flush())
            self._member = None
        self._file.flush()


class Archive:
    """Makes the WARC files of one crawl in a folder of its own and writes them in one thread."""

    def __init__(self, folder: Path, software: str) -> None:
        self._folder = folder
        self._software = software
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="crawl-warc")

    def open(self) -> WarcFile:
        """A new WARC file with its `warcinfo`. Raises OSError."""
        return WarcFile(self._folder, self._software)


def _request_head(exchange: Exchange) -> "StatusAndHeaders":
    from warcio.statusandheaders import StatusAndHeaders

    parts = urlsplit(exchange.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    line = f"{_ascii(exchange.method, 20)} {_ascii(target, _MAX_URL)} HTTP/1.1"
    # What is said to the guard, its password above all, never reaches the server and no record.
    said = [pair for pair in exchange.headers if not pair[0].lower().startswith("proxy-")]
    return StatusAndHeaders(line, _bounded(said), is_http_request=True)


def _response_head(answer: Answer) -> "StatusAndHeaders":
    from warcio.statusandheaders import StatusAndHeaders

    headers = _bounded(answer.headers)
    if answer.decoded:
        headers = [
            (f"X-Orig-{name}" if name.lower() in _OF_TRANSIT else name, value) for name, value in headers
        ]
        headers.append(("Content-Length", str(len(answer.body or b""))))
    line = f"{answer.status} {_ascii(answer.reason, 200)}".strip()
    protocol = "HTTP/1.0" if answer.protocol == "http/1.0" else "HTTP/1.1"  # what readers of WARC know
    return StatusAndHeaders(line, headers, protocol=protocol)


def _is_coded(body: bytes) -> bool:
    """Whether compressing a body would hardly make it smaller; its media type may lie."""
    start = max(0, (len(body) - _TRIED) // 2)
    part = body[start : start + _TRIED]
    return len(part) == _TRIED and len(zlib.compress(part, zlib.Z_BEST_SPEED)) > _KEPT * _TRIED


def _bounded(headers: Headers) -> list[tuple[str, str]]:
    """Headers without line breaks; names that HTTP/2 begins with a colon are no HTTP/1.1 headers."""
    return [
        (_ascii(name, 200), _ascii(value, _MAX_VALUE))
        for name, value in headers[:_MAX_HEADERS]
        if name and not name.startswith(":")
    ]


def _one_line(text: str, most: int) -> str:
    clean = "".join(" " if char in "\r\n\0" else char for char in text[:most])
    return clean.encode("utf-8", "replace").decode()


def _ascii(text: str, most: int) -> str:
    """In ASCII, the rest by `%`: what warcio wants to do itself, but fails at for names, first lines and some values."""
    return quote(_one_line(text, most), safe=_ASCII)


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
