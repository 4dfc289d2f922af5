"""What a package is made of and what it says of itself (`case.json`), as types."""

from datetime import date, datetime
from pathlib import Path

import msgspec

from findings.model.crawl import Certificate, Hop
from findings.model.judgement import AppInfo, Box, Icp, Judgement
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
    """One authority's token over a list in the package, or why there is none (`gap`, `gap_zh`).

    `covers` counts this package's evidence files on the list; `delay_s` is from the earliest of these captures to the
    token, by two clocks; `late` where that is more than ten minutes. `clock_off_s` is by how much the clock of the
    machine that asked was ahead of the authority's at least: 0 where nothing shows that they differ.
    """

    authority: str
    listing: str | None
    token: str | None = None
    roots: str | None = None
    at: datetime | None = None
    delay_s: float | None = None
    late: bool = False
    clock_off_s: float | None = None
    covers: int
    gap: str | None = None
    gap_zh: str | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One sighting; `folder` is its capture's in this package, None where its files are not enclosed."""

    id: str
    ad_id: str
    at: datetime
    source: str
    device: str
    region: str | None
    keyword: str | None
    slot: str
    position: int
    mark: str
    page_url: str
    run_id: str
    task_id: str
    folder: str | None


class AdFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One ad of the case and its judgement: a lead with spans and basis. The law is that in force in China on
    `law_of`; spans point into `title`, `text` and `picture_text`."""

    id: str
    source: str
    channel: str
    title: str
    text: str
    picture_text: str | None
    display: str | None
    landing_url: str | None
    landing_host: str | None
    advertiser_shown: str | None
    app: AppInfo | None
    icp: Icp | None
    keyword: str | None
    first_seen: datetime
    judged_at: datetime
    law_of: date
    judgement: Judgement


class CaseFile(msgspec.Struct, frozen=True, kw_only=True):
    """`case.json`. Personal data in captured text is masked; `masked` says so. What was captured lies untouched in the
    evidence files. `unframed` are quoted words that are framed on no picture, `unstamped` counts evidence files that no
    token covers; `ads` are the worst of `ads_total`."""

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
    ads: tuple[AdFacts, ...]
    ads_total: int
    sightings: tuple[Seen, ...]
    captures: tuple[Visited, ...]
    marked: tuple[Marked, ...]
    unframed: tuple[str, ...]
    stamps: tuple[Stamped, ...]
    unstamped: int
    missing: tuple[str, ...]
