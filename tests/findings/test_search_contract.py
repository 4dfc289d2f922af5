"""What every store must find: words, filters, pages, cases, counts. On SQLite and, marked `elastic`, on a real server."""

from datetime import datetime, timedelta

import msgspec
import pytest

from findings.errors import (
    QuerySyntaxError,
    QueryValueError,
)
from findings.model.judgement import FormFinding
from findings.model.vocabulary import CaseState, FormDuty, Level, LicenceStatus, Outcome, Severity
from findings.query import Highlight, SearchQuery, SortOrder
from findings.search.cursor import Place, pack
from findings.store import FindingStore
from tests.support import records as make
from tests.support.searching import ids, texts

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
    ("one of two", "保本 OR 平台", {"保本保息，年化12.5%", "ＡＢＣ平臺，保證收益"}),
    ("one but not the other", "收益 非 平台", {"加VIP888群 收益看得见"}),
    ("brackets", "收益（平台 或 vip）-保证", {"加VIP888群 收益看得见"}),
    ("a field", "text:星河 OR title:保本", set()),
    ("query language of the backends is text", "title:* OR lette* OR \"{title} : 星\" OR NEAR(保)", set()),
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
    "cursor beyond 64 bits": SearchQuery(cursor=pack(Place(SortOrder.NEWEST, 2**63, "a1-0"))),
    "cursor of another order": SearchQuery(cursor=pack(Place(SortOrder.WORST, 1, "a1-0"))),
    "score above 1": SearchQuery(min_score=1.5),
    "score that is none": SearchQuery(min_score=float("nan")),
    "advertiser without letters": SearchQuery(advertisers=("\u200b",)),
    "too many values": SearchQuery(rules=("a",) * 201),
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
