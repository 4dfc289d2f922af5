"""What every store must do. Each test runs on SQLite and, marked `elastic`, on a real server."""

import shlex
import threading
from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from findings.errors import (
    IndexMissing,
    QuerySyntaxError,
    QueryValueError,
    StoreAway,
    WriteRefused,
)
from findings.model.judgement import FormFinding, Span
from findings.model.vocabulary import CaseState, Device, FormDuty, Level, LicenceStatus, Outcome, Severity
from findings.query import Highlight, PlaceCoverage, SearchQuery
from findings.search.cursor import pack
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make
from tests.support.ports import free_port


def ids(store: FindingStore, **wanted: object) -> list[str]:
    return [hit.ad.id for hit in store.search(SearchQuery(**wanted)).hits]  # type: ignore[arg-type]


def texts(store: FindingStore, words: str) -> set[str]:
    return {hit.ad.text for hit in store.search(SearchQuery(words=words, limit=1000)).hits}


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
        assert part.version == ("4" if store.url.startswith("sqlite") else "1")
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
            with open_store(store.url) as own:
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


# -- searching ----------------------------------------------------------------------------------

SEARCHES = [
    ("any run of Chinese characters", "本保", {"保本保息，年化12.5%"}),
    ("a run broken by a sign is no run", "保息年化", set()),
    ("signs count", "保息，年", {"保本保息，年化12.5%"}),
    ("part of a number", "2.5", {"保本保息，年化12.5%"}),
    ("a sign alone", "%", {"保本保息，年化12.5%"}),
    ("part of a Latin word, any case", "iP8", {"加VIP888群 收益看得见"}),
    ("full width finds half width", "ＶＩＰ８", {"加VIP888群 收益看得见"}),
    ("half width finds full width", "abc", {"ＡＢＣ平臺，保證收益"}),
    ("simplified finds traditional", "平台，保证收益", {"ＡＢＣ平臺，保證收益"}),
    ("traditional finds simplified", "收益看得見", {"加VIP888群 收益看得见"}),
    ("every term must occur", "收益 平台", {"ＡＢＣ平臺，保證收益"}),
    ("terms that occur in different ads", "保息 平台", set()),
    ("a quotation keeps its space", '"群 收益"', {"加VIP888群 收益看得见"}),
    ("a space matters", '"益 看"', set()),
    ("any white space is a space", '"第一行 第二行"', {"第一行\n \t第二行"}),
    ("Chinese quotation marks quote too", "“群 收益”", {"加VIP888群 收益看得见"}),
    ("operators are words", "保本 OR 平台", set()),
    ("query language of the backend is text", "title:*", set()),
    ("the title is searched too", "星河", {
        "保本保息，年化12.5%", "加VIP888群 收益看得见", "ＡＢＣ平臺，保證收益", "第一行\n \t第二行", "à la carte é",
    }),
    ("title and text are not joined", "星河理财保本", set()),
    ("accents in either composition", "e\u0301", {"à la carte é"}),
    ("invisible characters in the query don't matter", "保\u200b本", {"保本保息，年化12.5%"}),
]  # fmt: skip


@pytest.fixture
def library(store: FindingStore) -> FindingStore:
    """A store with the texts that SEARCHES speaks of."""
    written = [
        "保本保息，年化12.5%",
        "加VIP888群 收益看得见",
        "ＡＢＣ平臺，保證收益",
        "第一行\n \t第二行",
        "à la carte é",
    ]
    store.write(make.bundle(*(make.ad(text) for text in written)))
    return store


def test_words_are_exact_runs_of_characters(library: FindingStore) -> None:
    found = {reason: texts(library, words) for reason, words, _ in SEARCHES}
    assert found == {reason: wanted for reason, _, wanted in SEARCHES}


def test_highlights_point_into_the_original(library: FindingStore) -> None:
    (hit,) = library.search(SearchQuery(words="abc平台 星河")).hits
    assert hit.highlights == (Highlight("title", 0, 2), Highlight("text", 0, 5))


def test_a_quotation_mark_never_closed_is_named_with_its_place(store: FindingStore) -> None:
    with pytest.raises(QuerySyntaxError) as raised:
        store.search(SearchQuery(words='保本 "保息'))
    assert raised.value.position == 3


BAD_QUERIES = {
    "limit 0": SearchQuery(limit=0),
    "limit 1001": SearchQuery(limit=1001),
    "category 10": SearchQuery(categories=(10,)),
    "cursor": SearchQuery(cursor="not a cursor"),
    "cursor of another shape": SearchQuery(cursor="WzFd"),
    "cursor beyond 64 bits": SearchQuery(cursor=pack(2**63, "a1-0")),
    "half a character": SearchQuery(hosts=("\udcff.example",)),
    "since without zone": SearchQuery(since=datetime(2026, 1, 1)),
}


@pytest.mark.parametrize("reason", BAD_QUERIES)
def test_a_value_out_of_range_is_refused(store: FindingStore, reason: str) -> None:
    with pytest.raises(QueryValueError):
        store.search(BAD_QUERIES[reason])


@pytest.fixture
def varied(store: FindingStore) -> FindingStore:
    """Six ads that differ in all that a search can ask for."""
    duty = FormFinding(FormDuty.CLOSE, Level.CLEAR, Severity.LOW, (), "关闭标志不明", "一键关闭")
    plain = make.ad("无线索", source="sogou", url=None, first_seen=make.minutes(5))
    only_form = make.ad(
        "只有形式", source="sogou", url="https://c.example/", first_seen=make.minutes(4),
        judgement=make.judgement(form=(duty,)),
    )  # fmt: skip
    store.write(
        make.bundle(
            make.ad("甲", make.finding(2), make.finding(3, Severity.LOW), url="https://a.example/1",
                    first_seen=make.minutes(0)),
            make.ad("乙", make.finding(2, Severity.MEDIUM), url="https://a.example/2",
                    licence=LicenceStatus.LICENSED, first_seen=make.minutes(1)),
            source="baidu", run="r1",
        )
    )  # fmt: skip
    store.write(
        make.bundle(
            make.ad("丙", make.finding(6), source="portal", url="https://B.example/3",
                    licence=LicenceStatus.NOT_FOUND, first_seen=make.minutes(2)),
            make.ad("丁", make.finding(8, Severity.LOW), source="portal", first_seen=make.minutes(3)),
            source="portal", run="r2",
        )
    )  # fmt: skip
    store.write(make.bundle(only_form, plain, run="r2"))
    return store


FILTERS: list[tuple[SearchQuery, str]] = [
    (SearchQuery(), "无只丁丙乙甲"),
    (SearchQuery(categories=(2,)), "乙甲"),
    (SearchQuery(categories=(3, 8)), "丁甲"),
    (SearchQuery(sources=("portal", "sogou")), "无只丁丙"),
    (SearchQuery(licence_status=(LicenceStatus.LICENSED, LicenceStatus.NOT_FOUND)), "丙乙"),
    (SearchQuery(severities=(Severity.LOW,)), "只丁"),
    (SearchQuery(severities=(Severity.HIGH, Severity.MEDIUM)), "丙乙甲"),
    (SearchQuery(hosts=("a.example", "B.example")), "丙乙甲"),
    (SearchQuery(run_id="r1"), "乙甲"),
    (SearchQuery(findings_only=True), "只丁丙乙甲"),
    (SearchQuery(since=make.minutes(2)), "无只丁丙"),
    (SearchQuery(until=make.minutes(2)), "乙甲"),
    (SearchQuery(since=make.minutes(1), until=make.minutes(3), categories=(2, 6)), "丙乙"),
    (SearchQuery(categories=(2,), run_id="r2"), ""),
    (SearchQuery(words="丙", sources=("portal",)), "丙"),
    (SearchQuery(sources=("nowhere",)), ""),
]


def test_filters_narrow_and_order_is_newest_first(varied: FindingStore) -> None:
    found = ["".join(hit.ad.text[0] for hit in varied.search(query).hits) for query, _ in FILTERS]
    assert found == [wanted for _, wanted in FILTERS]


def test_a_case_is_a_filter(varied: FindingStore) -> None:
    (hit,) = varied.search(SearchQuery(words="甲")).hits
    assert ids(varied, case_id=hit.ad.case_id) == [hit.ad.id]


def test_facets_count_the_ads_that_match(varied: FindingStore) -> None:
    assert varied.search(SearchQuery(limit=1)).facets == {
        "category": {"2": 2, "3": 1, "6": 1, "8": 1},
        "source": {"baidu": 2, "portal": 2, "sogou": 2},
        "licence_status": {"licensed": 1, "not_found": 1, "unknown": 4},
        "severity": {"high": 2, "medium": 1, "low": 2},
    }
    narrowed = varied.search(SearchQuery(sources=("portal",)))
    assert narrowed.facets["category"] == {"6": 1, "8": 1}
    assert narrowed.total == 2


def test_pages_follow_each_other_without_gap_or_repeat(store: FindingStore) -> None:
    """Three ads share each instant, so pages end between ads of one instant."""
    ads = [make.ad(f"第{n}则保本", first_seen=make.minutes(n // 3)) for n in range(53)]
    store.write(make.bundle(*ads))
    seen: list[str] = []
    cursor = None
    for _ in range(8):
        page = store.search(SearchQuery(words="保本", limit=7, cursor=cursor))
        assert page.total == 53
        seen += [hit.ad.id for hit in page.hits]
        cursor = page.next_cursor
    assert cursor is None
    assert seen == [ad.id for ad in sorted(ads, key=lambda ad: (-ad.first_seen.timestamp(), ad.id))]


def test_an_ad_written_between_pages_repeats_nothing(store: FindingStore) -> None:
    store.write(make.bundle(*(make.ad(f"第{n}则", first_seen=make.minutes(n)) for n in range(6))))
    first = store.search(SearchQuery(limit=3))
    store.write(make.bundle(make.ad("新来的", first_seen=make.minutes(9)), page=2))
    second = store.search(SearchQuery(limit=3, cursor=first.next_cursor))
    assert [hit.ad.text for hit in second.hits] == ["第2则", "第1则", "第0则"]
    assert second.next_cursor is None


def test_microseconds_order_ads(store: FindingStore) -> None:
    ads = [make.ad(f"{n}", first_seen=make.NOON + timedelta(microseconds=n)) for n in (2, 1, 3)]
    store.write(make.bundle(*ads))
    assert [hit.ad.text for hit in store.search(SearchQuery()).hits] == ["3", "2", "1"]


# -- cases --------------------------------------------------------------------------------------


def test_cases_come_worst_first(store: FindingStore) -> None:
    written = [
        ("低", (make.finding(2, Severity.LOW, 0.99),), 0),
        ("高而疑", (make.finding(2, Severity.HIGH, 0.5),), 0),
        ("高而确", (make.finding(2, Severity.HIGH, 0.9),), 0),
        ("高而确且新", (make.finding(2, Severity.HIGH, 0.9),), 9),
        ("无", (), 0),
        ("中", (make.finding(2, Severity.MEDIUM), make.finding(3, Severity.LOW, 1.0)), 0),
    ]
    for page, (text, findings, at) in enumerate(written):
        store.write(make.bundle(make.ad(text, *findings), page=page, at=make.minutes(at)))
    order = [case.lead.text for case in store.cases(SearchQuery())]
    assert order == ["高而确且新", "高而确", "高而疑", "中", "低", "无"]
    assert [case.lead.text for case in store.cases(SearchQuery(findings_only=True))] == order[:-1]


def test_cases_alike_in_all_come_by_id(store: FindingStore) -> None:
    ads = [make.ad(f"{n}", make.finding()) for n in range(5)]
    store.write(make.bundle(*ads))
    assert [case.id for case in store.cases(SearchQuery())] == sorted(ad.case_id for ad in ads)


def test_a_case_has_all_its_ads_and_adds_up_its_sightings(store: FindingStore) -> None:
    mild = make.ad("保本", make.finding(3, Severity.LOW), source="baidu", first_seen=make.minutes(1))
    grave = make.ad("保本", make.finding(2, Severity.HIGH), source="portal", first_seen=make.minutes(2))
    assert mild.case_id == grave.case_id
    store.write(make.bundle(mild, run="r1", at=make.minutes(1)))
    store.write(make.bundle(grave, run="r2", at=make.minutes(2)))
    store.write(make.bundle(mild, run="r3", at=make.minutes(30), sha256="cd" * 32))
    store.write(make.bundle(mild, run="r3", page=2, at=make.minutes(29)))
    (case,) = store.cases(SearchQuery(categories=(3,)))
    assert [ad.source for ad in case.ads] == ["portal", "baidu"]
    assert (case.first_seen, case.last_seen) == (make.minutes(1), make.minutes(30))
    assert (case.runs, case.sightings, case.state) == (3, 4, CaseState.OPEN)
    assert [file.sha256 for file in case.evidence] == ["cd" * 32]
    assert store.case(case.id) == case


def test_a_case_without_sightings_was_last_seen_when_first_seen(store: FindingStore) -> None:
    ad = make.ad("导入的", make.finding())
    store.write(msgspec.structs.replace(make.bundle(ad), sightings=()))
    case = store.case(ad.case_id)
    assert case is not None
    assert (case.last_seen, case.runs, case.sightings, case.evidence) == (ad.first_seen, 0, 0, ())


def test_cases_of_a_bad_query_fail_at_once(store: FindingStore) -> None:
    with pytest.raises(QuerySyntaxError):
        store.cases(SearchQuery(words='"'))


def test_more_cases_than_a_page_holds(store: FindingStore) -> None:
    ads = [make.ad(f"第{n}案", make.finding(score=n / 2000)) for n in range(1100)]
    store.write_many(make.bundle(*ads[start : start + 100], page=start) for start in range(0, 1100, 100))
    assert [case.lead.id for case in store.cases(SearchQuery())] == [ad.id for ad in reversed(ads)]


# -- coverage -----------------------------------------------------------------------------------


def test_coverage_counts_each_ad_once(varied: FindingStore) -> None:
    varied.write(make.bundle(source="baidu", run="r1", page=2, outcome=Outcome.CAPTCHA))
    varied.write(make.bundle(source="baidu", run="r1", page=3, outcome=Outcome.SKIPPED, detail="robots"))
    varied.write(make.bundle(source="baidu", run="r1", page=4, outcome=Outcome.SKIPPED, detail="robots"))
    varied.write(make.bundle(source="baidu", run="r1", page=5, outcome=Outcome.SKIPPED))
    (hit,) = varied.search(SearchQuery(words="甲")).hits
    varied.write(make.bundle(hit.ad, run="r1", page=6))
    one = varied.coverage("r1")
    (baidu,) = one.sources
    assert baidu.outcomes == {"ok": 2, "captcha": 1, "skipped": 3}
    assert baidu.skipped == {"robots": 2, "": 1}
    assert baidu.ads == 2
    assert (one.run_id, one.ads, one.sightings, one.findings) == ("r1", 2, 3, {2: 2, 3: 1})
    everything = varied.coverage()
    assert {source.source: source.ads for source in everything.sources} == {
        "baidu": 2, "portal": 2, "sogou": 2,
    }  # fmt: skip
    assert (everything.ads, everything.sightings) == (6, 7)
    assert everything.findings == {2: 2, 3: 1, 6: 1, 8: 1}


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
