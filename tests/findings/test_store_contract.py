"""What every store must keep. Each test runs on SQLite and, marked `elastic`, on a real server."""

import shlex
import threading
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from findings.errors import (
    IndexMissing,
    StoreAway,
    WriteRefused,
)
from findings.model.judgement import Span
from findings.model.vocabulary import Device, LicenceStatus, Outcome, Severity
from findings.query import Highlight, PlaceCoverage, SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from findings.stores.elastic.names import VERSION
from findings.stores.sqlite.database import SCHEMA_VERSION
from tests.support import handed
from tests.support import records as make
from tests.support.ports import free_port
from tests.support.searching import ids
from tests.support.stores import again

# -- creating -----------------------------------------------------------------------------------


def test_created_twice_makes_nothing_new(store: FindingStore) -> None:
    assert store.create() == []


def test_an_empty_store_answers_empty(store: FindingStore) -> None:
    result = store.search(SearchQuery(words="保本"))
    assert (result.total, result.hits, result.next_cursor) == (0, (), None)
    assert set(result.facets) == {"category", "source", "licence_status", "severity"}
    assert store.runs() == []
    assert store.ad("a1-none") is None
    assert store.capture("t1-none") is None
    assert store.case("c1-none") is None
    assert store.sightings("a1-none") == []
    assert store.done_tasks("r1") == set()
    assert list(store.cases(SearchQuery())) == []
    assert store.coverage().ads == 0


READS = {
    "status": lambda s: s.status(),
    "runs": lambda s: s.runs(),
    "put_run": lambda s: s.put_run(make.run()),
    "write": lambda s: s.write(make.bundle(make.ad())),
    "write without ads": lambda s: s.write(make.bundle()),
    "done_tasks": lambda s: s.done_tasks("r1"),
    "put_plan": lambda s: s.put_plan("r1", "{}"),
    "plan": lambda s: s.plan("r1"),
    "put_tasks": lambda s: s.put_tasks("r1", [make.task()]),
    "open_tasks": lambda s: list(s.open_tasks("r1")),
    "task_counts": lambda s: s.task_counts("r1"),
    "source_days": lambda s: list(s.source_days(make.NOON.date(), make.minutes(1440).date())),
    "capture": lambda s: s.capture("t1-x"),
    "ad": lambda s: s.ad("a1-x"),
    "sightings": lambda s: s.sightings("a1-x"),
    "search": lambda s: s.search(SearchQuery()),
    "cases": lambda s: list(s.cases(SearchQuery())),
    "case": lambda s: s.case("c1-x"),
    "coverage": lambda s: s.coverage(),
    "batch": lambda s: s.handovers().batch("b"),
    "put_batch": lambda s: s.handovers().put_batch(handed.batch(1)),
    "number": lambda s: s.handovers().number("甲局", 2026, "b"),
    "due": lambda s: list(s.handovers().due(make.NOON)),
}


@pytest.mark.parametrize("call", READS)
def test_a_store_never_created_says_so(store_url: str, call: str) -> None:
    with open_store(store_url) as store, pytest.raises(IndexMissing) as raised:
        READS[call](store)
    assert f"index create --store {shlex.quote(store_url)} first" in str(raised.value)
    assert raised.value.exit_code == 2


def test_status_names_every_part_and_counts_documents(store: FindingStore) -> None:
    store.write(make.bundle(make.ad("一", make.finding()), make.ad("二", make.finding())))
    counted = dict.fromkeys(("ads", "sightings", "captures", "runs"), 0)
    for part in store.status():
        for kind in counted:
            if kind in part.name:
                counted[kind] += part.documents
        assert part.version == str(SCHEMA_VERSION if store.url.startswith("sqlite") else VERSION)
        assert part.state in ("open", "green", "yellow")
    assert counted == {"ads": 2, "sightings": 2, "captures": 1, "runs": 0}


# -- writing ------------------------------------------------------------------------------------


def test_what_is_written_is_read_back_exactly(store: FindingStore) -> None:
    ad = make.ad(
        "保本保息\n年化12.5% 😀",
        make.finding(spans=tuple(Span("text", n, n + 1, "保") for n in range(3))),
        embedding=tuple(float(n) / 7 for n in range(256)),
        first_seen=datetime(2026, 11, 20, 12, 0, 0, 123457, tzinfo=timezone(timedelta(hours=8))),
    )
    bundle = make.bundle(ad)
    store.write(bundle)
    assert store.ad(ad.id) == ad
    assert store.capture(bundle.capture.task.id) == bundle.capture
    assert store.sightings(ad.id) == list(bundle.sightings)
    assert store.search(SearchQuery()).hits[0].ad == ad


def test_coverage_counts_by_device_and_region(store: FindingStore) -> None:
    outcomes = (Outcome.OK, Outcome.CAPTCHA, Outcome.OK)
    places = ((Device.DESKTOP, "上海"), (Device.DESKTOP, "成都"), (Device.MOBILE, None))
    for page, (outcome, (device, region)) in enumerate(zip(outcomes, places, strict=True), start=1):
        bundle = make.bundle(page=page, outcome=outcome)
        task = msgspec.structs.replace(bundle.capture.task, device=device, region=region)
        store.write(
            msgspec.structs.replace(bundle, capture=msgspec.structs.replace(bundle.capture, task=task))
        )
    (source,) = store.coverage("r1").sources
    assert source.outcomes == {"ok": 2, "captcha": 1}
    assert source.places == (
        PlaceCoverage("desktop", "上海", {"ok": 1}),
        PlaceCoverage("desktop", "成都", {"captcha": 1}),
        PlaceCoverage("mobile", None, {"ok": 1}),
    )


def test_a_notice_alone_makes_a_case_and_is_counted(store: FindingStore) -> None:
    judged = make.judgement(licence=LicenceStatus.LISTED_NEGATIVE, notices=(make.notice(),))
    listed = make.ad("点击了解", judgement=judged)
    store.write(make.bundle(listed, make.ad("保本", make.finding()), make.ad("无事")))
    coverage = store.coverage("r1")
    assert (coverage.listed, coverage.ads, sum(coverage.findings.values())) == (1, 3, 1)
    only = SearchQuery(licence_status=(LicenceStatus.LISTED_NEGATIVE,), findings_only=True)
    assert [hit.ad for hit in store.search(only).hits] == [listed]
    cases = list(store.cases(SearchQuery(severities=(Severity.HIGH,), findings_only=True)))
    # what an authority has found out stands before what is only probable
    assert [case.lead.text for case in cases] == ["点击了解", "保本"]


def test_a_bundle_written_twice_is_stored_once(store: FindingStore) -> None:
    bundle = make.bundle(make.ad("一", make.finding()), make.ad("二"))
    store.write(bundle)
    before = (store.search(SearchQuery()), store.coverage(), list(store.cases(SearchQuery())))
    store.write(bundle)
    assert (store.search(SearchQuery()), store.coverage(), list(store.cases(SearchQuery()))) == before


def test_an_ad_seen_again_keeps_first_seen_and_gains_a_sighting(store: FindingStore) -> None:
    first = make.ad("保本", make.finding())
    again = msgspec.structs.replace(
        first, first_seen=make.minutes(60 * 24 * 20), judged_at=make.minutes(60 * 24 * 20)
    )
    store.write(make.bundle(first, run="r1"))
    store.write(make.bundle(again, run="r2", at=again.first_seen))
    stored = store.ad(first.id)
    assert stored is not None
    assert stored.first_seen == first.first_seen
    assert stored.judged_at == again.judged_at
    assert store.search(SearchQuery()).total == 1
    assert [s.run_id for s in store.sightings(first.id)] == ["r1", "r2"]


def test_the_later_judgement_stays(store: FindingStore) -> None:
    old = make.ad("保本", make.finding(2))
    new = msgspec.structs.replace(
        old, judged_at=make.minutes(5), judgement=make.judgement(make.finding(3), make.finding(5))
    )
    store.write(make.bundle(new))
    store.write(make.bundle(old, page=2))
    stored = store.ad(old.id)
    assert stored is not None
    assert [f.category for f in stored.judgement.findings] == [3, 5]
    assert ids(store, categories=(2,)) == []
    assert ids(store, categories=(5,)) == [old.id]


def test_a_new_judgement_replaces_categories_and_words(store: FindingStore) -> None:
    old = make.ad("保本", make.finding(2), make.finding(3))
    store.write(make.bundle(old))
    new = msgspec.structs.replace(old, judged_at=make.minutes(5), text="稳健增值", judgement=make.judgement())
    store.write(make.bundle(new))
    assert ids(store, words="保本") == []
    assert ids(store, words="稳健增值") == [old.id]
    assert store.search(SearchQuery()).facets["category"] == {}


def test_an_ad_stays_in_its_case(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad))
    moved = msgspec.structs.replace(ad, case_id="c1-other", judged_at=make.minutes(1))
    store.write(make.bundle(moved, page=2))
    assert store.case("c1-other") is None
    case = store.case(ad.case_id)
    assert case is not None
    assert case.sightings == 2


def test_a_sighting_may_come_without_its_ad(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    store.write(make.bundle(ad, run="r1"))
    store.write(msgspec.structs.replace(make.bundle(ad, run="r2"), ads=()))
    assert len(store.sightings(ad.id)) == 2
    assert ids(store, run_id="r2") == [ad.id]


def test_a_capture_without_ads_ends_its_task(store: FindingStore) -> None:
    bundle = make.bundle(outcome=Outcome.CAPTCHA, detail="验证码")
    store.write(bundle)
    assert store.done_tasks("r1") == {bundle.capture.task.id}
    assert store.done_tasks("r2") == set()


def test_many_bundles_are_written_in_batches(store: FindingStore) -> None:
    shared = make.ad("每页都有", make.finding())
    bundles = [make.bundle(shared, make.ad(f"广告{page}"), page=page) for page in range(450)]
    assert store.write_many(iter(bundles)) == 450
    assert store.search(SearchQuery()).total == 451
    assert len(store.sightings(shared.id)) == 450
    assert len(store.done_tasks("r1")) == 450


def test_workers_that_write_the_same_ad_at_once_lose_nothing(store: FindingStore) -> None:
    """The ad is new to all of them, and on both sides of a month's end."""
    base = make.ad("保本", make.finding())
    failed: list[BaseException] = []

    def work(number: int) -> None:
        seen = datetime(2026, 11, 30, 23, 59, 58, tzinfo=UTC) + timedelta(seconds=number)
        ad = msgspec.structs.replace(base, first_seen=seen, judged_at=seen)
        try:
            with again(store.url) as own:
                own.write(make.bundle(ad, run=f"r{number}", at=seen))
        except BaseException as error:  # a thread's error must reach the test
            failed.append(error)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert failed == []
    assert store.search(SearchQuery()).total == 1
    stored = store.ad(base.id)
    assert stored is not None
    assert stored.judged_at == datetime(2026, 12, 1, 0, 0, 3, tzinfo=UTC)
    assert len(store.sightings(base.id)) == 6
    assert all(ids(store, run_id=f"r{number}") == [base.id] for number in range(6))


def test_runs_come_newest_first_and_are_replaced_by_id(store: FindingStore) -> None:
    store.put_run(make.run("r1"))
    store.put_run(make.run("r2", make.minutes(5)))
    ended = msgspec.structs.replace(make.run("r1"), ended_at=make.minutes(3))
    store.put_run(ended)
    assert store.runs() == [make.run("r2", make.minutes(5)), ended]


# -- what is refused ----------------------------------------------------------------------------


def refused(store: FindingStore, bundle: object, reason: str) -> None:
    with pytest.raises(WriteRefused, match=reason) as raised:
        store.write(bundle)  # type: ignore[arg-type]
    assert raised.value.exit_code == 1
    assert store.done_tasks("r1") == set()


def test_a_sighting_of_an_unknown_ad_is_refused(store: FindingStore) -> None:
    refused(store, msgspec.structs.replace(make.bundle(make.ad()), ads=()), "is not stored")


def test_a_sighting_of_another_task_is_refused(store: FindingStore) -> None:
    bundle = make.bundle(make.ad())
    other = make.bundle(make.ad(), page=2).sightings
    refused(store, msgspec.structs.replace(bundle, sightings=other), "it is of task")


def test_an_instant_without_time_zone_is_refused(store: FindingStore) -> None:
    naive = datetime(2026, 11, 20)
    refused(store, make.bundle(make.ad(first_seen=naive)), "first_seen has no time zone")


def test_a_number_that_is_none_is_refused(store: FindingStore) -> None:
    refused(store, make.bundle(make.ad("保本", embedding=(float("nan"),) * 256)), "read again")


# -- hostile content ----------------------------------------------------------------------------


def test_a_text_of_two_megabytes_is_stored_and_found(store: FindingStore) -> None:
    text = "利滚利" * 240_000 + "终点站"
    ad = make.ad(text, make.finding())
    store.write(make.bundle(ad))
    (hit,) = store.search(SearchQuery(words="终点站")).hits
    assert hit.ad == ad
    assert hit.highlights == (Highlight("text", 720_000, 720_003),)


def test_long_names_addresses_and_details_are_stored(store: FindingStore) -> None:
    long = "长" * 40_000
    ad = make.ad("保本", url=f"https://x.example/{long}", advertiser_shown=long, keyword=long)
    bundle = make.bundle(ad, detail=long, outcome=Outcome.ERROR)
    store.write(bundle)
    assert store.ad(ad.id) == ad
    assert store.capture(bundle.capture.task.id) == bundle.capture


@pytest.mark.parametrize(
    "text",
    [
        "a\0b 保本",
        "\u202e保本\u2066",
        "\x1b[31m保本\x07",
        "\ufeff保本\u200b",
        "保本'\"; DROP TABLE ads;--",
        "\U000e0041保本",
        "\x1c保本\x85\u2028",
    ],
)
def test_odd_characters_are_kept(store: FindingStore, text: str) -> None:
    ad = make.ad(text, title=text)
    store.write(make.bundle(ad))
    assert store.ad(ad.id) == ad
    assert ids(store, words="保本") == [ad.id]


def test_a_lone_surrogate_becomes_a_replacement_character(store: FindingStore) -> None:
    ad = make.ad("保\ud800本😀", title="\udfff")
    store.write(make.bundle(ad))
    stored = store.ad(ad.id)
    assert stored is not None
    assert (stored.title, stored.text) == ("\ufffd", "保\ufffd本😀")


def test_an_ad_with_ten_thousand_spans_is_stored_whole(store: FindingStore) -> None:
    spans = tuple(Span("text", n, n + 2, "保本") for n in range(0, 20_000, 2))
    ad = make.ad("保本" * 10_000, *(make.finding(category, spans=spans) for category in (2, 3)))
    store.write(make.bundle(ad))
    assert store.ad(ad.id) == ad
    (hit,) = store.search(SearchQuery(words="保本", categories=(3,))).hits
    assert len(hit.highlights) == 100


# -- a store that is away -----------------------------------------------------------------------


@pytest.mark.elastic
def test_a_server_that_is_not_there_is_away() -> None:
    url = f"http://127.0.0.1:{free_port()}"
    with open_store(url) as store:
        for call in (store.create, lambda: store.write(make.bundle(make.ad())), store.runs):
            with pytest.raises(StoreAway) as raised:
                call()
            assert raised.value.exit_code == 3
            assert url in str(raised.value)
