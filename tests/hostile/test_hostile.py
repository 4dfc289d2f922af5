"""Hostile pages end in an outcome each, harm nothing and reach nothing: 300 of them here, all by `make endurance`."""

import json
from pathlib import Path

import pytest

from crawlers.guard.upstream import proxy_address
from crawlers.options import CrawlSettings
from crawlers.plan import parse_plan
from tests.hostile.cases import ALL, ANSWER, FEW, KINDS, LISTED, case, few
from tests.hostile.hunt import Hunt, plan_of
from tests.hostile.internet import Internet
from tests.hostile.kinds import KINDS as EVERY_KIND
from tests.support.crawling import run_crawl
from tests.support.endurance import folder_of, told

MB = 1 << 20
#: What the crawl's own process may take, with the models that judge (parts of 250 pages took 560 to 880 MB).
MOST_CRAWL = 1200 * MB
MOST_GUARD = 200 * MB
#: What it may take without models, whatever comes: a plan of ordinary pages takes less than 600 MB.
MOST_BARE = 900 * MB
#: Browser and driver together.
MOST_BROWSER = 3000 * MB


def test_a_number_always_means_the_same_page() -> None:
    assert KINDS is EVERY_KIND
    assert [case(number) for number in range(1000)] == [case(number) for number in range(1000)]
    assert case(4321).chance().random() == case(4321).chance().random()


def test_all_kinds_are_among_the_few_and_their_ways_among_all() -> None:
    chosen = few()
    assert len(chosen) == FEW
    assert {one.kind.name for one in chosen} == set(KINDS)
    pairs = {(kind.name, way) for kind in KINDS.values() for way in kind.ways}
    assert {(one.kind.name, one.way) for one in map(case, range(ALL))} == pairs


def _check(hunt: Hunt) -> None:
    assert not hunt.faults
    figures = hunt.figures()
    assert figures["crawl_mb"] * MB < MOST_CRAWL
    assert figures["guard_mb"] * MB < MOST_GUARD
    assert figures["browser_mb"] * MB < MOST_BROWSER


@pytest.mark.siege
@pytest.mark.timeout(1800)
def test_three_hundred_hostile_pages(tmp_path: Path, hanlp: Path) -> None:
    hunt = Hunt(tmp_path / "hunt", hanlp, few(), size=FEW)
    hunt.go()
    print(hunt.table())
    assert hunt.figures()["pages"] == FEW
    _check(hunt)


#: Kinds that are large, on the wire or once unpacked.
_LARGE = frozenset(
    ("body_100_mb", "body_without_end", "chunks_without_end", "gzip_bomb", "deflate_bomb", "brotli_bomb", "gzip_in_gzip",
     "many_apps", "long_fields", "deep_json", "attributes", "one_line", "script", "wide", "deep", "entities")
)  # fmt: skip


@pytest.mark.siege
@pytest.mark.timeout(600)
def test_large_pages_take_little_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [one for one in map(case, range(1500)) if one.kind.name in _LARGE]
    cases = [one for one in cases if one.way == ANSWER][:160] + [one for one in cases if one.way == LISTED][
        :8
    ]
    with Internet(tmp_path / "ca") as internet:
        for name, value in internet.environment().items():
            monkeypatch.setenv(name, value)
        settings = CrawlSettings(
            state_dir=tmp_path / "state",
            pace=0.0,
            navigation_timeout_s=10.0,
            ca_file=internet.authority,
            proxies={"internet": proxy_address(f"http://127.0.0.1:{internet.port}")},
        )
        crawled = run_crawl(parse_plan(plan_of(cases), "plan"), settings, tmp_path / "out")
    assert (crawled.error, len(crawled.captures)) == (None, len(cases))
    assert crawled.peak_bytes < MOST_BARE


@pytest.mark.endurance
@pytest.mark.timeout(0)
def test_ten_thousand_hostile_pages(hanlp: Path) -> None:
    hunt = Hunt(folder_of("hostile"), hanlp, [case(number) for number in range(ALL)])
    hunt.go(say=print)
    print(hunt.table())
    told("hostile", json.dumps(hunt.figures(), ensure_ascii=False))
    assert hunt.figures()["pages"] == ALL
    _check(hunt)
