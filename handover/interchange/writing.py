"""A feed as bytes, a case at a time: memory does not grow with it."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import msgspec

from findings.model.vocabulary import CASE_STATE_ZH, CATEGORY_ZH, LICENCE_ZH, Level
from handover.cells import harmless
from handover.interchange.entry import FeedCategory, FeedEntry
from handover.interchange.stix import bundle_id, identity, objects


def feed_bytes(entries: Iterable[FeedEntry], form: str, *, office: str, since: datetime) -> Iterator[bytes]:
    """The pieces of a feed as `jsonl`, `csv` or `stix`. `office` is its author, `since` (UTC) when the feed's period begins."""
    if form == "jsonl":
        return (msgspec.json.encode(entry) + b"\n" for entry in entries)
    if form == "csv":
        return _csv(entries)
    return _stix(entries, office, since)


def _stix(entries: Iterable[FeedEntry], office: str, since: datetime) -> Iterator[bytes]:
    """A bundle: each object once, whatever cases share it."""
    author = identity(office, since)
    yield b'{"type":"bundle","id":' + msgspec.json.encode(bundle_id((office, since.isoformat())))
    yield b',"objects":[\n' + msgspec.json.encode(author)
    written: set[str] = set()
    for entry in entries:
        for one in objects(entry, author["id"]):
            if one["id"] not in written:
                written.add(one["id"])
                yield b",\n" + msgspec.json.encode(one)
    yield b"\n]}\n"


_COLUMNS: dict[str, Callable[[FeedEntry], str]] = {
    "案件线索编号": lambda entry: entry.id,
    "状态": lambda entry: CASE_STATE_ZH[entry.state],
    "说明": lambda entry: entry.statement,
    "广告标题": lambda entry: entry.title,
    "广告主": lambda entry: entry.advertiser.name or "未知",
    "统一社会信用代码": lambda entry: entry.advertiser.uscc or "",
    "准入状态": lambda entry: LICENCE_ZH[entry.advertiser.licence],
    "名录日期": lambda entry: entry.advertiser.as_of.isoformat() if entry.advertiser.as_of else "",
    "涉嫌类别": lambda entry: "；".join(
        f"{one.category} {CATEGORY_ZH[one.category]}" for one in _of(entry, Level.CLEAR)
    ),
    "可商榷类别": lambda entry: "；".join(
        f"{one.category} {CATEGORY_ZH[one.category]}" for one in _of(entry, Level.ARGUABLE)
    ),
    "引用原文": lambda entry: "\n".join(text for one in entry.categories for text in one.quoted),
    "依据": lambda entry: "\n".join(dict.fromkeys(text for one in entry.categories for text in one.basis)),
    "网址": lambda entry: "\n".join(entry.urls),
    "域名": lambda entry: "\n".join(entry.hosts),
    "IP 地址": lambda entry: "\n".join(entry.ips),
    "ICP 备案号": lambda entry: "\n".join(one.number or "" for one in entry.icp),
    "ICP 主体": lambda entry: "\n".join(one.owner or "" for one in entry.icp),
    "应用包名": lambda entry: "\n".join(entry.packages),
    "发现来源": lambda entry: "；".join(entry.sources),
    "建议移送": lambda entry: "；".join(entry.route),
    "首次发现 (UTC)": lambda entry: f"{entry.first_seen:%Y-%m-%dT%H:%M:%SZ}",
    "最近发现 (UTC)": lambda entry: f"{entry.last_seen:%Y-%m-%dT%H:%M:%SZ}",
    "出现次数": lambda entry: str(entry.sightings),
    "规则版本": lambda entry: "；".join(entry.rulesets),
    "未列出的值": lambda entry: str(entry.more),
}


def _of(entry: FeedEntry, level: Level) -> list[FeedCategory]:
    return [one for one in entry.categories if one.level is level]


def _csv(entries: Iterable[FeedEntry]) -> Iterator[bytes]:
    """UTF-8 with BOM, CRLF (RFC 4180)."""
    yield b"\xef\xbb\xbf" + _line(_COLUMNS)
    for entry in entries:
        yield _line(harmless(cell(entry)) for cell in _COLUMNS.values())


def _line(cells: Iterable[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerow(cells)
    return text.getvalue().encode("utf-8")
