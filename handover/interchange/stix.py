"""Cases as STIX 2.1 objects (OASIS Standard, 2021-06-10): what can be watched for, what was seen, and by whom.

A case is an `indicator` (its addresses as a pattern), `observed-data` on those addresses, and a `relationship` between the
two. Ids are UUIDs of version 5, so that the same case gives the same ids in every feed.
"""

import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any

import msgspec

from findings.model.vocabulary import CATEGORY_ZH
from handover.interchange.entry import FeedEntry

#: The namespace that STIX 2.1 §2.9 gives for ids of observables; the office's objects have one of their own.
_OBSERVABLES = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
_OURS = uuid.uuid5(uuid.NAMESPACE_DNS, "finadwatch")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+")
#: Longest address that becomes an object of its own, in characters.
_MOST_URL = 8_000

Json = dict[str, Any]


def bundle_id(ids: Iterable[str]) -> str:
    """The id of a bundle of these cases."""
    return f"bundle--{uuid.uuid5(_OURS, ' '.join(ids))}"


def identity(office: str, since: datetime) -> Json:
    """The office as the author of all objects; `since` (UTC) is when it began to be one."""
    return _ours("identity", office, since, since) | {
        "name": office,
        "identity_class": "organization",
        "sectors": ["government"],
    }


def objects(entry: FeedEntry, author: str) -> Iterator[Json]:
    """The objects of one case, what they refer to first. A case without an address gives a `note` about its author."""
    seen = list(_observables(entry))
    first, last = entry.first_seen, max(entry.last_seen, entry.first_seen)
    common = {
        "created_by_ref": author,
        "lang": "zh",
        "labels": ["financial-advertising", f"state:{entry.state}"],
    }
    known = [{"source_name": "finadwatch", "external_id": entry.id}]
    if not seen:
        yield _ours("note", entry.id, first, last) | common | {
            "abstract": entry.title, "content": _told(entry), "object_refs": [author], "external_references": known}  # fmt: skip
        return
    yield from seen
    data = _ours("observed-data", entry.id, first, last) | common | {
        "first_observed": _time(first), "last_observed": _time(last),
        "number_observed": max(1, min(entry.sightings, 999_999_999)), "object_refs": [one["id"] for one in seen]}  # fmt: skip
    indicator = _ours("indicator", entry.id, first, last) | common | {
        "name": entry.title or entry.id, "description": _told(entry), "indicator_types": ["unknown"],
        "pattern": " OR ".join(map(_pattern, seen)), "pattern_type": "stix", "pattern_version": "2.1",
        "valid_from": _time(first), "external_references": known}  # fmt: skip
    yield data
    yield indicator
    yield _ours("relationship", entry.id, first, last) | {
        "created_by_ref": author, "relationship_type": "based-on", "source_ref": indicator["id"], "target_ref": data["id"]}  # fmt: skip


def _ours(kind: str, name: str, created: datetime, modified: datetime) -> Json:
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid.uuid5(_OURS, f'{kind} {name}')}",
        "created": _time(created),
        "modified": _time(modified),
    }


def _observables(entry: FeedEntry) -> Iterator[Json]:
    for url in entry.urls:
        if len(url) <= _MOST_URL:
            yield _observable("url", url)
    for host in entry.hosts:
        if _HOST.fullmatch(host) and not host.rsplit(".", 1)[-1].isdigit():
            yield _observable("domain-name", host)
    for ip in entry.ips:
        try:
            yield _observable(f"ipv{ip_address(ip).version}-addr", ip)
        except ValueError:
            continue
    for package in entry.packages:
        yield _observable("software", package)


def _observable(kind: str, value: str) -> Json:
    field = "name" if kind == "software" else "value"
    # STIX 2.1 §2.9: the id is made of the properties that tell the object from others, as canonical JSON (RFC 8785).
    canonical = msgspec.json.encode({field: value}).decode()
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--{uuid.uuid5(_OBSERVABLES, canonical)}",
        field: value,
    }


def _pattern(observable: Json) -> str:
    field = "name" if observable["type"] == "software" else "value"
    value = observable[field].replace("\\", "\\\\").replace("'", "\\'")
    return f"[{observable['type']}:{field} = '{value}']"


def _told(entry: FeedEntry) -> str:
    """A paragraph for a person."""
    who = entry.advertiser.name or "未知"
    of = "；".join(
        f"{one.category} {CATEGORY_ZH[one.category]}（{'、'.join(one.quoted[:5])}）"
        for one in entry.categories
    )
    return (
        f"{entry.statement}\n广告主：{who}，准入状态：{entry.advertiser.licence}\n涉嫌：{of or '无内容类别'}"
    )


def _time(at: datetime) -> str:
    # STIX 2.1 §3.2: UTC, milliseconds; an instant below a millisecond is one.
    whole = at - timedelta(microseconds=at.microsecond % 1000)
    return whole.strftime("%Y-%m-%dT%H:%M:%S.") + f"{whole.microsecond // 1000:03d}Z"
