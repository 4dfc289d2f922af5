"""What a package is made of and what it says of itself (`case.json`), as types."""

from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from findings.model.crawl import Certificate, Hop
from findings.model.judgement import Box
from findings.model.records import Sighting
from handover.manifest import FileEntry

#: What is said of the clock where nobody recorded more.
CLOCK = "抓取主机系统时钟（UTC），是否与时间源同步未作记录 the capturing machine's clock (UTC); nothing is recorded of its synchronisation"


class PackageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """In whose name a package is made, by whom, with which software, when (UTC), and what is known of the clock that
    gave the times of capture."""

    office: str
    actor: str
    software: str
    at: datetime
    clock: str = CLOCK


class StampToken(msgspec.Struct, frozen=True, kw_only=True):
    """One authority's token (RFC 3161, DER) over a list. `at` is the time in it; `roots` are the certificates (PEM)
    of the authority's root, `between` those on the way to it, as they were known when it was taken."""

    authority: str
    token: bytes
    at: datetime
    roots: bytes
    between: bytes = b""


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """A list of SHA-256 that was stamped: the very bytes, the hashes that it holds, and the tokens over it.

    `gaps` are sentences on authorities that gave no token.
    """

    listing: bytes
    covers: frozenset[str]
    tokens: tuple[StampToken, ...]
    gaps: tuple[str, ...] = ()


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """A finished package. `key` is the fingerprint of the key that signed; `missing` names evidence that the store no
    longer had, or had altered, and what could not be made of it."""

    folder: Path
    manifest_sha256: str
    key: str
    files: tuple[FileEntry, ...]
    missing: tuple[str, ...]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One evidence file of a capture. `file` is its path in the package; None where it is not there: `why`."""

    role: str
    sha256: str
    size: int
    media_type: str
    file: str | None
    why: str | None = None


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Quoted words on a picture: where they were framed, in pixels of the untouched picture. `why` says why they were
    not, in Chinese and English."""

    text: str
    boxes: tuple[Box, ...] = ()
    why: str | None = None


class Marked(msgspec.Struct, frozen=True, kw_only=True):
    """One picture and the copies on which the words are framed. `part` is what of the picture each copy shows."""

    ad_id: str
    picture: str
    copies: tuple[str, ...]
    parts: tuple[Box, ...]
    words: tuple[Words, ...]
    why: str | None = None


class Visited(msgspec.Struct, frozen=True, kw_only=True):
    """One page as it was captured: the page with the ad, or (`behind` an ad) the one it leads to."""

    folder: str
    behind: str | None
    url: str
    final_url: str | None
    outcome: str
    status: int | None
    at: datetime
    device: str
    ip: str | None
    icp_number: str | None = None
    icp_owner: str | None = None
    proxy: str | None = None
    region: str | None = None
    hops: tuple[Hop, ...] = ()
    certificate: Certificate | None = None
    server_date: str | None = None
    clock_difference_s: float | None = None
    files: tuple[Kept, ...] = ()
    wacz: str | None = None
    wacz_why: str | None = None
    detail: str | None = None


class Stamped(msgspec.Struct, frozen=True, kw_only=True):
    """A stamped list in the package and its tokens. `covers` counts this package's evidence files on it;
    `delay_s` is from the latest capture to the token."""

    listing: str
    authority: str | None
    token: str | None
    at: datetime | None
    delay_s: float | None
    covers: int
    gap: str | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One sighting; `folder` is its capture's in this package, None where its files are not enclosed."""

    sighting: Sighting
    folder: str | None


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """`case.json`. Personal data in captured text is masked; `masked` says so. What was captured lies untouched in the
    evidence files."""

    format: str = "finadwatch-case-1"
    case_id: str
    state: str
    office: str
    actor: str
    software: str
    created_at: datetime
    clock: str
    lead_zh: str = "本材料为线索，是否违法由主管机关认定"
    masked: str = "个人信息已以 * 遮盖，原文见证据文件 personal data is masked by *, the originals are in the evidence files"
    first_seen: datetime
    last_seen: datetime
    runs: int
    sightings_total: int
    rulesets: tuple[str, ...]
    models: tuple[str, ...]
    ads: tuple[Any, ...]
    sightings: tuple[Any, ...]
    captures: tuple[Visited, ...]
    marked: tuple[Marked, ...]
    stamps: tuple[Stamped, ...]
    unstamped: int
    missing: tuple[str, ...]
