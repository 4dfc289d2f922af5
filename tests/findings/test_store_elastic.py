"""What only Elasticsearch can get wrong: templates, partitions, refusals, requests cut to size."""

import http.server
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest
from elasticsearch import Elasticsearch

from findings.errors import (
    AccessRefused,
    HoldLost,
    IndexMissing,
    RunTaken,
    StoreAway,
    StoreDamaged,
    StoreUrlError,
    WriteRefused,
)
from findings.query import SearchQuery
from findings.store import FindingStore, Hold
from findings.stores import open_store
from findings.stores.elastic import bulk, holding
from findings.stores.elastic.bulk import Item
from findings.stores.elastic.client import refusal
from findings.stores.elastic.names import Names, month_of
from findings.stores.elastic.places import settle_places
from tests.support import records as make

DECEMBER = datetime(2026, 12, 3, tzinfo=UTC)


@pytest.fixture
def server(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    with Elasticsearch(elasticsearch_url) as client:
        yield client


def prefix_of(store: FindingStore) -> str:
    return store.url.partition("?prefix=")[2] + "-"


@pytest.mark.elastic
def test_ads_lie_in_the_index_of_the_month_first_seen(
    empty_elastic: FindingStore, server: Elasticsearch
) -> None:
    ad = make.ad("十一月", make.finding())
    empty_elastic.write(make.bundle(ad))
    empty_elastic.write(make.bundle(make.ad("十二月", first_seen=DECEMBER), page=2, at=DECEMBER))
    again = msgspec.structs.replace(ad, first_seen=DECEMBER, judged_at=DECEMBER)
    empty_elastic.write(make.bundle(again, page=3, at=DECEMBER))
    prefix = prefix_of(empty_elastic)
    held = {part.name.removeprefix(prefix): part.documents for part in empty_elastic.status()}
    assert held["ads-v2-2026.11"] == 1
    assert held["ads-v2-2026.12"] == 1
    assert held["captures-v2-2026.12"] == 2
    assert held["sightings-v2-2026.11"] == 1
    aliases = server.indices.get_alias(name=f"{prefix}ads").body
    assert {f"{prefix}ads-v2-2026.11", f"{prefix}ads-v2-2026.12"} <= set(aliases)


@pytest.mark.elastic
def test_mappings_are_strict(empty_elastic: FindingStore, server: Elasticsearch) -> None:
    for name, body in server.indices.get_mapping(index=f"{prefix_of(empty_elastic)}*").body.items():
        assert body["mappings"]["dynamic"] == "strict", name


@pytest.mark.elastic
def test_what_the_server_rejects_is_named_and_the_task_is_not_done(empty_elastic: FindingStore) -> None:
    bundle = make.bundle(make.ad("保本", make.finding()))
    (good,) = bundle.sightings
    bad = msgspec.structs.replace(good, position=2**40)
    with pytest.raises(WriteRefused, match="out of range") as raised:
        empty_elastic.write(msgspec.structs.replace(bundle, sightings=(bad,)))
    assert raised.value.document_id == bad.id
    assert empty_elastic.done_tasks("r1") == set()
    empty_elastic.write(bundle)
    assert empty_elastic.done_tasks("r1") == {bundle.capture.task.id}
    assert empty_elastic.sightings(bundle.ads[0].id) == [good]


@pytest.mark.elastic
def test_a_worker_that_died_after_settling_the_place_is_followed_up(
    empty_elastic: FindingStore, server: Elasticsearch
) -> None:
    ad = make.ad("保本", first_seen=DECEMBER)
    names = Names(prefix_of(empty_elastic))
    settle_places(server, empty_elastic.url, names, {ad.id: make.NOON})
    empty_elastic.write(make.bundle(ad, at=DECEMBER))
    stored = empty_elastic.ad(ad.id)
    assert stored == msgspec.structs.replace(ad, first_seen=make.NOON)
    assert empty_elastic.search(SearchQuery(until=DECEMBER)).total == 1


@pytest.mark.elastic
def test_vectors_without_direction_are_kept_but_not_indexed(
    empty_elastic: FindingStore, server: Elasticsearch
) -> None:
    vectors = [(1.0,) * 256, (0.0,) * 256, (1.0,) * 8, (1e300,) * 256]
    ads = [make.ad(f"{n}", embedding=vector) for n, vector in enumerate(vectors)]
    empty_elastic.write(make.bundle(*ads))
    assert [empty_elastic.ad(ad.id) for ad in ads] == ads
    with_vector = {"exists": {"field": "embedding"}}
    assert server.count(index=f"{prefix_of(empty_elastic)}ads", query=with_vector)["count"] == 1


@pytest.mark.elastic
def test_requests_are_cut_to_size(empty_elastic: FindingStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MAX_BYTES", 3000)
    empty_elastic.write(make.bundle(*(make.ad(f"{n}") for n in range(20))))
    assert empty_elastic.search(SearchQuery()).total == 20


def test_chunks_hold_to_bytes_and_items(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MAX_BYTES", 10)
    monkeypatch.setattr(bulk, "MAX_ITEMS", 3)
    sizes = [4, 4, 4, 30, 1, 1, 1, 1]
    chunks = bulk._chunks(Item("i", str(n), b"x" * size) for n, size in enumerate(sizes))
    assert [[len(item.document) for item in chunk] for chunk in chunks] == [[4, 4], [4], [30], [1, 1, 1], [1]]


def test_the_month_is_that_of_utc() -> None:
    assert month_of(datetime.fromisoformat("2026-12-01T07:59:00+08:00")) == "2026.11"
    assert month_of(datetime.fromisoformat("2026-12-01T08:00:00+08:00")) == "2026.12"


REFUSALS = [
    ("no index", 404, {"type": "index_not_found_exception", "reason": "no such index [ads]"}, None, IndexMissing),
    ("no password", 401, {"type": "security_exception", "reason": "missing"}, None, AccessRefused),
    ("no right", 403, {"type": "security_exception", "reason": "unauthorized"}, "a1", AccessRefused),
    ("too busy", 429, {"type": "es_rejected_execution_exception", "reason": "queue"}, "a1", StoreAway),
    ("shards lost", 503, {"type": "search_phase_execution_exception", "reason": "all"}, None, StoreAway),
    ("behind a proxy", 502, {}, None, StoreAway),
    ("bad document", 400, {"type": "document_parsing_exception", "reason": "x"}, "a1", WriteRefused),
    ("too large", 413, {}, "a1", WriteRefused),
    ("alien mapping", 400, {"type": "illegal_argument_exception", "reason": "y"}, None, StoreDamaged),
]  # fmt: skip


@pytest.mark.parametrize("row", REFUSALS, ids=[row[0] for row in REFUSALS])
def test_refusals_in_the_projects_words(row: tuple[str, int, dict[str, str], str | None, type]) -> None:
    _, status, cause, writing, kind = row
    assert type(refusal("http://h:9200", status, cause, writing)) is kind


def test_a_refusal_is_one_short_line_with_the_nearest_cause() -> None:
    cause = {"type": "document_parsing_exception", "reason": "failed",
             "caused_by": {"type": "x", "reason": "For input: 长\n" + "长" * 9000}}  # fmt: skip
    error = refusal("http://h:9200", 400, cause, "a1-7")
    assert str(error).startswith("the store refused document a1-7: document_parsing_exception: For input")
    assert "\n" not in str(error)
    assert len(str(error)) < 500


class _Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"<p>hello</p>")

    do_PUT = do_POST = do_GET  # noqa: N815 — the names that http.server calls

    def log_message(self, *about: object) -> None:
        return


def test_a_web_server_at_the_address_is_no_store() -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Page) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        with (
            open_store(f"http://127.0.0.1:{web.server_port}") as store,
            pytest.raises(StoreUrlError, match="not Elasticsearch"),
        ):
            store.runs()
        web.shutdown()


@pytest.mark.elastic
def test_indices_of_an_older_release_gain_the_new_fields(
    elasticsearch_url: str, server: Elasticsearch
) -> None:
    prefix = f"t{secrets.token_hex(6)}"
    old = {
        "dynamic": "strict",
        "properties": {
            "task_id": {"type": "keyword"},
            "at": {"type": "date"},
            "record": {"type": "object", "enabled": False},
        },
    }
    names = [f"{prefix}-{kind}-v2-{month_of(make.NOON)}" for kind in ("captures", "sightings")]
    for name, alias in zip(names, ("captures", "sightings"), strict=True):
        server.indices.create(index=name, mappings=old, aliases={f"{prefix}-{alias}": {}})
    with open_store(f"{elasticsearch_url}?prefix={prefix}") as store:
        store.create()
        bundle = make.bundle(make.ad("保本"))
        store.write(bundle)
        assert store.capture(bundle.capture.task.id) == bundle.capture
        for part in store.status():
            server.indices.delete(index=part.name)
    assert not server.indices.exists(index=names[0])


@pytest.mark.elastic
@pytest.mark.parametrize(
    ("host", "until", "lapsed"),
    [
        pytest.param("elsewhere", time.time() + 3600, False, id="of another machine, alive"),
        pytest.param("elsewhere", time.time() - 1, True, id="of another machine, not renewed"),
        pytest.param(socket.gethostname(), time.time() + 3600, False, id="of an earlier start of this one"),
    ],
)
def test_a_hold_of_another_machine_lapses_by_its_time(
    empty_elastic: FindingStore, server: Elasticsearch, host: str, until: float, lapsed: bool
) -> None:
    holder = {"token": "x", "host": host, "boot": "another", "pid": 1, "born": "1"}
    server.index(
        index=f"{prefix_of(empty_elastic)}leases",
        id="r1",
        document={"run_id": "r1", "until_us": 0, "record": {"holder": holder, "until": until}},
    )
    assert empty_elastic.held("r1") is not lapsed
    if lapsed:
        with empty_elastic.hold("r1") as hold:
            hold.confirm()
    else:
        with pytest.raises(RunTaken, match=host), empty_elastic.hold("r1"):
            pass


def confirm_until(hold: Hold, deadline: float) -> None:
    while time.monotonic() < deadline:
        hold.confirm()
        time.sleep(0.05)


@pytest.mark.elastic
def test_a_hold_that_another_took_over_is_lost(
    empty_elastic: FindingStore, server: Elasticsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "LEASE_S", 0.3)
    other = {"token": "y", "host": "elsewhere", "boot": "another", "pid": 7, "born": "1"}
    with empty_elastic.hold("r1") as hold:
        server.index(
            index=f"{prefix_of(empty_elastic)}leases",
            id="r1",
            document={
                "run_id": "r1",
                "until_us": 0,
                "record": {"holder": other, "until": time.time() + 3600},
            },
        )
        deadline = time.monotonic() + 20
        with pytest.raises(HoldLost, match="process 7 on elsewhere"):
            confirm_until(hold, deadline)
    assert empty_elastic.held("r1")
