"""A store of version 1 on the real server, and a program of that release that writes to it.

Its templates lie in `tests/findings/templates_v1`; the documents are those that the first release wrote.
"""

import json
from pathlib import Path
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.model.records import AdRecord, CaptureBundle
from findings.search.fold import letters
from findings.stores.elastic.documents import Seen, ad_document, capture_document, sighting_document
from findings.stores.elastic.names import month_of

TEMPLATES = Path(__file__).parents[1] / "findings" / "templates_v1"
KINDS = ("runs", "plans", "tasks", "leases", "places")


class Blocked(Exception):
    """A write was refused because its index is closed."""


class OldStore:
    """What a program of the first release does to its store."""

    def __init__(self, client: Elasticsearch, prefix: str) -> None:
        self.client = client
        self.prefix = prefix
        self._fields = set(_template("ads-v1")["template"]["mappings"]["properties"]) | {"record"}
        self._made: set[str] = set()

    def create(self, month: str) -> None:
        """Apply the templates of version 1 and make the first indices."""
        self.client.cluster.put_component_template(
            name=f"{self.prefix}finadwatch-common-v1",
            template=_template("finadwatch-common-v1")["template"],
        )
        for path in sorted(TEMPLATES.glob("*-v1.json")):
            body = _template(path.stem)
            if "index_patterns" not in body:
                continue
            aliases = {f"{self.prefix}{alias}": {} for alias in body["template"]["aliases"]}
            self.client.indices.put_index_template(
                name=f"{self.prefix}{path.stem}",
                index_patterns=[f"{self.prefix}{pattern}" for pattern in body["index_patterns"]],
                composed_of=[f"{self.prefix}{part}" for part in body["composed_of"]],
                priority=body["priority"],
                template=body["template"] | {"aliases": aliases},
            )
        for kind in KINDS:
            self._make(f"{self.prefix}{kind}-v1")
        for kind in ("ads", "sightings", "captures"):
            self._make(f"{self.prefix}{kind}-v1-{month}")

    def write(self, bundle: CaptureBundle) -> None:
        """Store a bundle as that release did: places, ads, sightings, then the capture. Raises Blocked."""
        capture = bundle.capture
        month = month_of(capture.at)
        ids = {capture.task.id: capture.at} | {ad.id: ad.first_seen for ad in bundle.ads}
        self._bulk(
            [
                (f"{self.prefix}places", key, {"month": month_of(at), "first_seen": at.isoformat()})
                for key, at in ids.items()
            ]
        )
        for kind in ("ads", "sightings", "captures"):
            self._make(f"{self.prefix}{kind}-v1-{month}")
        for ad in bundle.ads:
            self._ad(ad, bundle)
        cases = {ad.id: ad.case_id for ad in bundle.ads}
        self._bulk(
            [
                (f"{self.prefix}sightings-v1-{month}", s.id, json.loads(sighting_document(s, cases[s.ad_id])))
                for s in bundle.sightings
            ]
        )
        document = json.loads(capture_document(capture))
        self._bulk([(f"{self.prefix}captures-v1-{month}", capture.task.id, document)])

    def _ad(self, ad: AdRecord, bundle: CaptureBundle) -> None:
        """That release wrote an ad again only for a new judgement or a new run."""
        index = f"{self.prefix}ads-v1-{month_of(ad.first_seen)}"
        (kept,) = self.client.mget(index=index, ids=[ad.id])["docs"]
        runs = {s.run_id for s in bundle.sightings if s.ad_id == ad.id}
        if kept.get("found"):
            stored = kept["_source"]
            if runs <= set(stored["run_ids"]) and msgspec.convert(stored["record"], AdRecord) == ad:
                return
            runs |= set(stored["run_ids"])
        document = json.loads(ad_document(ad, Seen(runs=frozenset(runs))))
        document = {name: value for name, value in document.items() if name in self._fields}
        document |= {"keyword": ad.keyword, "title": ad.title, "text": ad.text}
        document["letters"] = {"title": letters(ad.title), "text": letters(ad.text)}
        self._bulk([(index, ad.id, document)])

    def _make(self, index: str) -> None:
        if index not in self._made:
            self.client.options(ignore_status=400).indices.create(index=index)
            self._made.add(index)

    def _bulk(self, documents: list[tuple[str, str, dict[str, Any]]]) -> None:
        lines: list[dict[str, Any]] = []
        for index, key, document in documents:
            lines += ({"index": {"_index": index, "_id": key}}, document)
        if not lines:
            return
        told = self.client.bulk(operations=lines)
        for answer in told["items"]:
            (result,) = answer.values()
            if result["status"] == 403:
                raise Blocked(result["_index"])
            assert result["status"] < 300, result


def _template(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((TEMPLATES / f"{name}.json").read_text("utf-8"))
    return body
