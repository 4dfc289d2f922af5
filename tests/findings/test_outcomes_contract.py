"""What comes of content at the edges of what a store can hold: stated each time, and the same on both stores."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from findings.errors import WriteRefused
from findings.model.crawl import Filled
from findings.model.judgement import Span
from findings.model.records import CaptureBundle
from findings.query import SearchQuery
from findings.store import FindingStore
from tests.support import records as make
from tests.support.searching import ids
from tests.support.stores import changed_record, server_of

LATER = make.minutes(5)


def position(number: int) -> CaptureBundle:
    bundle = make.bundle(make.ad("保本"))
    (sighting,) = bundle.sightings
    return msgspec.structs.replace(bundle, sightings=(msgspec.structs.replace(sighting, position=number),))


def filled(found: int) -> CaptureBundle:
    bundle = make.bundle()
    counted = {"ad.title": Filled(found, 1)}
    return msgspec.structs.replace(bundle, capture=msgspec.structs.replace(bundle.capture, filled=counted))


BEYOND = {
    "position of 33 bits": (lambda: position(2**32), "position 4294967296 is out of range"),
    "count of 64 bits": (lambda: filled(2**63), "filled ad.title .* is out of range"),
    "category 10": (lambda: make.bundle(make.ad("保本", make.finding(10))), "category 10 is out of range"),
    "score above 1": (lambda: make.bundle(make.ad("保本", make.finding(score=1.5))), "score 1.5 is out"),
    "span before the text": (
        lambda: make.bundle(make.ad("保本", make.finding(spans=(Span("text", -1, 1, "保"),)))),
        "span -1 is out of range",
    ),
    "before the year 1": (
        lambda: make.bundle(make.ad("保本", first_seen=datetime.min.replace(tzinfo=timezone(timedelta(hours=8))))),
        "first_seen is out of range",
    ),
    "after the year 9999": (
        lambda: make.bundle(at=datetime.max.replace(tzinfo=timezone(timedelta(hours=-8)))),
        "at is out of range",
    ),
}  # fmt: skip


@pytest.mark.parametrize("reason", BEYOND)
def test_numbers_and_instants_out_of_range_are_refused(store: FindingStore, reason: str) -> None:
    made, sentence = BEYOND[reason]
    with pytest.raises(WriteRefused, match=sentence) as raised:
        store.write(made())
    assert raised.value.exit_code == 1
    assert store.done_tasks("r1") == set()
    assert store.search(SearchQuery()).total == 0


def test_dates_before_1970_are_stored_found_and_ordered(store: FindingStore) -> None:
    instants = [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(1890, 5, 4, 3, 2, 1, 999999, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=UTC),
    ]
    for page, at in enumerate(instants):
        store.write(make.bundle(make.ad(f"第{page}则", make.finding(), first_seen=at), page=page, at=at))
    hits = store.search(SearchQuery()).hits
    assert [hit.ad.first_seen for hit in hits] == instants[::-1]
    old = SearchQuery(since=instants[1], until=datetime(1970, 1, 1, tzinfo=UTC))
    assert [hit.ad.text for hit in store.search(old).hits] == ["第2则", "第1则"]
    assert [s.at for s in store.sightings(hits[2].ad.id)] == [instants[1]]
    day = instants[2].date()
    assert [d.day for d in store.source_days(day, day + timedelta(days=2))] == [day + timedelta(days=1)]


def test_ten_thousand_findings_in_one_ad_are_kept_and_found(store: FindingStore) -> None:
    spans = tuple(Span("text", n, n + 2, "保本") for n in range(4))
    findings = tuple(
        make.finding(2 + n % 8, rules=(f"rule.{n}",), spans=spans, score=n / 10_000) for n in range(10_000)
    )
    ad = make.ad("保本" * 20, *findings)
    store.write(make.bundle(ad))
    assert store.ad(ad.id) == ad
    assert [ids(store, categories=(category,)) for category in range(2, 10)] == [[ad.id]] * 8
    assert ids(store, rules=("rule.9999",)) == [ad.id]
    case = store.case(ad.case_id)
    assert case is not None
    assert case.lead == ad


def test_texts_of_megabytes_are_kept_and_found_to_the_last_word(store: FindingStore) -> None:
    long = "利滚利" * 110_000
    ad = make.ad(f"{long}终点站", make.finding(explanation=long), title=f"{long}起点站", display=long)
    bundle = make.bundle(ad, detail=long)
    store.write(bundle)
    assert store.ad(ad.id) == ad
    assert ids(store, words="终点站 起点站") == [ad.id]
    assert store.capture(bundle.capture.task.id) == bundle.capture


@pytest.mark.elastic
def test_an_ad_too_large_for_the_server_is_refused_by_name_and_others_go_on(
    empty_elastic: FindingStore,
) -> None:
    """Elasticsearch takes no document of over a fortieth of its heap, at no time: waiting would never end."""
    huge = make.ad("保本" * 4_000_000)
    with pytest.raises(WriteRefused, match="too large") as raised:
        empty_elastic.write_many([make.bundle(huge, make.ad("保息"))])
    assert raised.value.document_id == huge.id
    assert empty_elastic.done_tasks("r1") == set()
    empty_elastic.write(make.bundle(make.ad("保息")))
    assert empty_elastic.search(SearchQuery()).total == 1


# -- fields of a newer release ------------------------------------------------------------------


def test_what_a_newer_release_stored_is_read_and_never_written_over(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    changed_record(store, ad.id, {"from_tomorrow": {"x": 1}})
    assert store.ad(ad.id) == ad
    assert store.search(SearchQuery()).hits[0].ad == ad
    again = msgspec.structs.replace(ad, judged_at=LATER, judgement=make.judgement(make.finding(3)))
    with pytest.raises(WriteRefused, match="a newer release stored from_tomorrow in it") as raised:
        store.write(make.bundle(again, page=2))
    assert raised.value.document_id == ad.id
    assert store.ad(ad.id) == ad
    # other ads, and other programs' writes, go on
    store.write(make.bundle(make.ad("保息"), page=3))
    assert store.search(SearchQuery()).total == 2


# -- mappings that are not ours -----------------------------------------------------------------


@pytest.mark.elastic
def test_an_index_mapped_by_others_refuses_by_name(empty_elastic: FindingStore) -> None:
    """Somebody made next month's index by hand: hosts as numbers, and one field less."""
    prefix = empty_elastic.url.partition("?prefix=")[2]
    at = make.minutes(60 * 24 * 100)
    index = f"{prefix}-captures-v2-2027.02"
    with server_of(empty_elastic.url) as client:
        client.indices.create(index=index, mappings={"properties": {"url": {"type": "integer"}}})
        bundle = make.bundle(at=at)
        with pytest.raises(WriteRefused, match="For input string") as raised:
            empty_elastic.write(bundle)
        assert raised.value.document_id == bundle.capture.task.id
        assert empty_elastic.capture(bundle.capture.task.id) is None
        client.indices.delete(index=index)
    empty_elastic.write(bundle)
    assert empty_elastic.capture(bundle.capture.task.id) == bundle.capture
