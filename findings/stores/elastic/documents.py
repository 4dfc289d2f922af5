"""Domain values as Elasticsearch documents: `record` is the whole, the rest is there to be searched."""

import base64
import math
import struct
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from findings.cases.facts import AdPart, part_of
from findings.cases.joining import Signs, key_texts, signs_of
from findings.model.crawl import Capture, Task
from findings.model.judgement import Finding
from findings.model.records import AdRecord, Run, Sighting
from findings.search.cursor import micros
from findings.search.fold import fold, fold_words, letters, tokens
from findings.search.near import parts
from findings.stores.codec import encode
from findings.stores.fields import (
    app_package,
    domains,
    highest_score,
    icp_number,
    names,
    provinces,
    rules,
)
from findings.stores.ranking import severity_rank, worst

#: Findings indexed of one ad, and spans of one finding and of one ad. Each is a document to Lucene,
#: and Elasticsearch refuses an ad of over 10,000; `record` holds them all, and all categories and
#: rules are indexed.
MAX_FINDINGS, MAX_SPANS, MAX_AD_SPANS = 1000, 100, 8000
#: Length of the vectors in index_templates/indices/ads-v2.json.
DIMENSIONS = 256


class Seen(msgspec.Struct, frozen=True):
    """What the sightings of an ad add up to in its document: runs, places, keywords, the last instant.

    `stored` is when the store first got the ad, in microseconds; None where that is not known.
    """

    runs: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    devices: frozenset[str] = frozenset()
    last: datetime | None = None
    keywords: frozenset[str] = frozenset()
    stored: int | None = None

    @classmethod
    def once(cls, sighting: Sighting) -> "Seen":
        """One sighting."""
        regions = frozenset([sighting.region] if sighting.region else [])
        keywords = frozenset([sighting.keyword] if sighting.keyword else [])
        return cls(frozenset([sighting.run_id]), regions, frozenset([sighting.device]), sighting.at, keywords)

    def __or__(self, other: "Seen") -> "Seen":
        return Seen(
            self.runs | other.runs,
            self.regions | other.regions,
            self.devices | other.devices,
            max((at for at in (self.last, other.last) if at is not None), default=None),
            self.keywords | other.keywords,
            min((at for at in (self.stored, other.stored) if at is not None), default=None),
        )


def ad_document(ad: AdRecord, seen: Seen, state: str | None = None, *, record: bytes | None = None) -> bytes:
    """The document of one ad; `state` is that of its case, `record` its JSON where known."""
    return stored_at(unstored(ad, seen, state, part_of(ad), signs_of(ad), record), seen.stored or 0)


def stored_at(document: bytes, instant: int) -> bytes:
    """The document of an ad from one that lacks only when the store first got it, in microseconds since 1970."""
    return b'%b,"stored_us":%d}' % (document[:-1], instant)


def unstored(
    ad: AdRecord, seen: Seen, state: str | None, part: AdPart, signs: Signs, record: bytes | None = None
) -> bytes:
    """The document of one ad but for `stored_us`."""
    judgement = ad.judgement
    last = max(ad.first_seen, seen.last or ad.first_seen)
    title, text, rank = fold(ad.title), fold(ad.text), severity_rank(judgement)
    document: dict[str, Any] = {
        "id": ad.id,
        "case_id": ad.case_id,
        "state": state,
        "source": ad.source,
        "channel": ad.channel,
        "product": judgement.product,
        "keywords": sorted(seen.keywords | ({ad.keyword} if ad.keyword else set())),
        "promotion": judgement.promotion,
        "advertiser": judgement.advertiser.name,
        "advertiser_shown": ad.advertiser_shown,
        "uscc": judgement.advertiser.uscc,
        "licence_status": judgement.licence.status,
        "licence_stale": judgement.licence.stale,
        "entry_id": judgement.licence.entry.id if judgement.licence.entry else None,
        "landing_url": ad.landing_url,
        "landing_host": ad.landing_host,
        "domains": domains(ad),
        "icp_number": icp_number(ad),
        "icp_owner": ad.icp.owner if ad.icp else None,
        "app_package": app_package(ad),
        "app_developer": ad.app.developer if ad.app else None,
        "province": provinces(ad),
        "first_seen": ad.first_seen,
        "first_seen_us": micros(ad.first_seen),
        "seen_last": last,
        "seen_last_us": micros(last),
        "judged_at": ad.judged_at,
        "ruleset": judgement.ruleset,
        "run_ids": sorted(seen.runs),
        "regions": sorted(seen.regions),
        "devices": sorted(seen.devices),
        "categories": part.categories,
        "duties": sorted({form.duty for form in judgement.form}),
        "rules": rules(ad),
        "alike": key_texts(signs),
        "simhash": f"{signs.simhash:016x}",
        "bands": parts(signs.simhash),
        "picture": ad.picture,
        "creative": part.creative,
        "named": part.advertiser,
        "headline": part.title,
        "severity": rank,
        "score": highest_score(ad),
        "worst": worst(judgement, rank),
        "words": fold_words(ad.tokens),
        "folded": {"title": title, "text": text},
        "letters": {
            "title": tokens(title),
            "text": [tokens(text)] if ad.text else [],
            "advertiser": [letters(name) for name in names(ad)],
        },
        "findings": list(_findings(judgement.findings)),
        "record": msgspec.Raw(record or encode(ad.id, ad)),
    }
    if ad.picture_text:
        document["letters"]["text"].append(letters(ad.picture_text))
    if ad.embedding is not None and _is_direction(ad.embedding):
        document["embedding"] = packed(ad.embedding)
    return msgspec.json.encode(document)


def _findings(found: tuple[Finding, ...]) -> Iterator[dict[str, Any]]:
    left = MAX_AD_SPANS
    for finding in found[:MAX_FINDINGS]:
        spans = min(MAX_SPANS, left)
        yield _finding(finding, spans)
        left -= min(spans, len(finding.spans))


def _finding(finding: Finding, spans: int) -> dict[str, Any]:
    return {
        "category": finding.category,
        "level": finding.level,
        "severity": finding.severity,
        "score": finding.score,
        "rules": finding.rules,
        "type": finding.type,
        "spans": [
            {"field": span.field, "start": span.start, "end": span.end, "text": span.text}
            for span in finding.spans[:spans]
        ],
    }


def packed(embedding: tuple[float, ...]) -> str:
    """A vector as the server reads it fastest: 32-bit numbers, big-endian, in base64."""
    return base64.b64encode(struct.pack(f">{DIMENSIONS}f", *embedding)).decode()


def _is_direction(embedding: tuple[float, ...]) -> bool:
    """Whether a vector has the length of the index and a direction to compare by."""
    if len(embedding) != DIMENSIONS:
        return False
    size = math.hypot(*embedding)
    return 1e-6 < size < 1e6


def sighting_document(sighting: Sighting, case_id: str) -> bytes:
    """The document of one sighting of an ad of a case."""
    return msgspec.json.encode(
        {
            "id": sighting.id,
            "ad_id": sighting.ad_id,
            "case_id": case_id,
            "run_id": sighting.run_id,
            "task_id": sighting.task_id,
            "source": sighting.source,
            "at": sighting.at,
            "at_us": micros(sighting.at),
            "device": sighting.device,
            "region": sighting.region,
            "keyword": sighting.keyword,
            "slot": sighting.slot,
            "position": sighting.position,
            "duties": sorted({form.duty for form in sighting.form}),
            "label": sighting.label.by if sighting.label else None,
            "record": msgspec.Raw(encode(sighting.id, sighting)),
        }
    )


def capture_document(capture: Capture) -> bytes:
    """The document of what one task brought."""
    return msgspec.json.encode(
        {
            "task_id": capture.task.id,
            "run_id": capture.task.run_id,
            "source": capture.task.source,
            "outcome": capture.outcome,
            "detail": capture.detail,
            "at": capture.at,
            "url": capture.url,
            "ip": capture.ip,
            "device": capture.task.device,
            "region": capture.task.region,
            "filled": [
                {"field": field, "found": filled.found, "total": filled.total}
                for field, filled in capture.filled.items()
            ],
            "record": msgspec.Raw(encode(capture.task.id, capture)),
        }
    )


def run_document(run: Run) -> bytes:
    """The document of one run."""
    return msgspec.json.encode(
        {
            "id": run.id,
            "plan": run.plan,
            "started_at": run.started_at,
            "started_us": micros(run.started_at),
            "ended_at": run.ended_at,
            "record": msgspec.Raw(encode(run.id, run)),
        }
    )


def plan_document(run_id: str, text: str) -> bytes:
    """The document of the plan of a run; `text` is JSON."""
    return msgspec.json.encode({"run_id": run_id, "record": {"text": text}})


def task_document(task: Task, run_id: str, place: int) -> bytes:
    """The document of a task that stands at a place of a run's ledger."""
    return msgspec.json.encode(
        {
            "id": task.id,
            "run_id": run_id,
            "source": task.source,
            "place": place,
            "record": msgspec.Raw(encode(task.id, task)),
        }
    )
