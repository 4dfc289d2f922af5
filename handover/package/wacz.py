"""A WACZ 1.1.1 (web archive in one file) from the WARC files of a capture, for viewers such as ReplayWeb.page.

Written by `cdxj-indexer` and our own ZIP: the `wacz` library dates every part by the clock, so the same capture would
give other bytes each time. It validates what is written here (tests).
"""

import hashlib
import io
import json
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from handover.zips import write_zip

VERSION = "1.1.1"
#: Bytes that one WARC may hold, decompressed; a crawl keeps a page of 64 MB at most.
MOST_BYTES = 1_000_000_000
_CHUNK = 1 << 16


class WarcUnreadable(Exception):
    """No record of a WARC can be read. The message is bilingual."""


class WaczMade(msgspec.Struct, frozen=True):
    """Whether a WACZ was written, and what of the WARC files is not in it (bilingual)."""

    written: bool
    faults: tuple[str, ...]


class WaczPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page that a viewer opens: its address and when it was captured (UTC)."""

    url: str
    at: datetime
    title: str = ""


def write_wacz(path: Path, warcs: Sequence[tuple[Path, WaczPage]], software: str) -> WaczMade:
    """Write a WACZ of WARC files, stored unaltered, with the page that each is of; dated by the first page.

    A WARC of which no record can be read is left out; without any other no file is written. One that breaks off is in
    it whole, but its index ends there.
    """
    faults: list[str] = []
    lines: list[str] = []
    pages: list[WaczPage] = []
    parts: list[tuple[str, bytes | Path]] = []
    for warc, page in warcs:
        name = f"page-{len(pages) + 1:02d}.warc.gz"
        try:
            if _breaks_off(warc):
                faults.append(
                    f"{warc.name}: WARC 不完整，仅索引至中断处 the WARC breaks off, its index ends there"
                )
            lines += _indexed(warc, name)
        except WarcUnreadable as error:
            faults.append(f"{warc.name}: {error}")
            continue
        parts.append((f"archive/{name}", warc))
        pages.append(page)
    if pages:
        parts.append(("indexes/index.cdx", "".join(sorted(lines)).encode("utf-8", "replace")))
        parts.append(("pages/pages.jsonl", _listed(pages)))
        write_zip(path, [*parts, *_described(parts, pages[0].at, software)])
    return WaczMade(bool(pages), tuple(faults))


def _listed(pages: Sequence[WaczPage]) -> bytes:
    rows = [{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}]
    rows += [
        {"id": f"page-{count:02d}", "url": page.url, "ts": _stamp(page.at), "title": page.title}
        for count, page in enumerate(pages, 1)
    ]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _described(
    parts: Sequence[tuple[str, bytes | Path]], created: datetime, software: str
) -> list[tuple[str, bytes]]:
    """The list of the parts with their hashes, and the hash of that list."""
    package = json.dumps(
        {
            "profile": "data-package",
            "wacz_version": VERSION,
            "software": software,
            "created": _stamp(created),
            "resources": [_resource(name, content) for name, content in parts],
        },
        indent=2,
    ).encode()
    digest = {"path": "datapackage.json", "hash": f"sha256:{hashlib.sha256(package).hexdigest()}"}
    return [
        ("datapackage.json", package),
        ("datapackage-digest.json", json.dumps(digest, indent=2).encode()),
    ]


def _breaks_off(warc: Path) -> bool:
    """Whether a gzipped WARC ends within a member: its reader would just stop. Raises WarcUnreadable for a bomb."""
    data, size = memoryview(warc.read_bytes()), 0
    member, at = None, 0
    if bytes(data[:2]) != b"\x1f\x8b":
        return False
    while at < len(data):
        member = member or zlib.decompressobj(zlib.MAX_WBITS + 16)
        fed = data[at : at + _CHUNK]
        try:
            size += len(member.decompress(fed, MOST_BYTES))
        except zlib.error:
            return True
        if size >= MOST_BYTES:
            raise WarcUnreadable(f"WARC 过大 the WARC is too large (more than {MOST_BYTES} bytes)")
        at += len(fed) - len(member.unused_data)
        if member.eof:
            member = None
    return member is not None


def _indexed(warc: Path, name: str) -> list[str]:
    """The lines of the index (CDXJ) of a WARC; what comes after a place where it breaks off is not in it."""
    from cdxj_indexer.main import CDXJIndexer

    out = io.StringIO()
    try:
        CDXJIndexer(out, [str(warc)], filename=name).process_all()
    except Exception as error:  # warcio raises what its parsers raise, of many kinds, for a broken file
        if not out.getvalue():
            raise WarcUnreadable(f"WARC 不可读 the WARC can't be read ({str(error)[:200]})") from error
    if not out.getvalue():
        raise WarcUnreadable("WARC 中没有应答记录 the WARC holds no answer")
    return out.getvalue().splitlines(keepends=True)


def _resource(name: str, content: bytes | Path) -> dict[str, object]:
    data = content if isinstance(content, bytes) else content.read_bytes()
    return {
        "name": name.rpartition("/")[2].lower(),
        "path": name,
        "hash": f"sha256:{hashlib.sha256(data).hexdigest()}",
        "bytes": len(data),
    }


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
