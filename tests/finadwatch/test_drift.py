"""The drift alarm: rings when a source's pages lose what they gave, and not before."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from finadwatch.drift import SourceCheck, check_sources, worse
from findings.model.crawl import Filled
from findings.model.records import CaptureBundle
from findings.model.vocabulary import Outcome
from findings.query import SourceDay
from findings.stores import open_store
from tests.conftest import Call
from tests.support import records as make

TODAY = date(2026, 11, 20)


def day(
    back: int,
    *,
    ok: int = 10,
    found: int = 100,
    total: int = 100,
    field: str = "ad.landing_url",
    **other: int,
) -> SourceDay:
    outcomes = {"ok": ok, **other}
    return SourceDay("baidu", TODAY - timedelta(days=back), outcomes, {field: Filled(found, total)})


def checked(*days: SourceDay, length: int = 7) -> SourceCheck:
    (found,) = check_sources(days, length, TODAY)
    return found


def faults(*days: SourceDay) -> list[str]:
    return [fault.zh for fault in checked(*days).faults]


WEEK = tuple(day(back) for back in range(7, 0, -1))


def test_a_source_as_it_was_has_no_fault() -> None:
    assert faults(*WEEK, day(0)) == []
    assert faults(*WEEK, day(0, found=95)) == []


def test_a_field_that_most_results_lack_is_named() -> None:
    assert faults(*WEEK, day(0, found=20)) == ["字段 ad.landing_url 缺失 80%（100 个结果），此前为 0%"]


def test_a_field_that_was_always_missing_is_none() -> None:
    missing = tuple(day(back, found=0) for back in range(7, -1, -1))
    assert faults(*missing) == []


def test_a_field_found_again_is_no_fault() -> None:
    broken = tuple(day(back, found=20) for back in range(7, 0, -1))
    assert faults(*broken, day(0)) == []


def test_few_results_claim_nothing() -> None:
    assert faults(*WEEK, day(0, ok=2, found=0, total=19)) == []
    assert faults(day(1, ok=2, total=49, found=49), day(0, found=0)) == []


def test_days_before_the_week_do_not_count() -> None:
    assert checked(day(8, found=0), *WEEK, day(0)).fields[0].before == Filled(700, 700)
    assert checked(day(0)).pages_before == 0


def test_the_newest_day_with_pages_is_the_one_checked() -> None:
    found = checked(*WEEK[:5], day(2, found=10))
    assert found.day == TODAY - timedelta(days=2)
    assert [fault.zh for fault in found.faults] == ["字段 ad.landing_url 缺失 90%（100 个结果），此前为 0%"]


def test_a_source_not_watched_this_week_is_not_checked() -> None:
    assert list(check_sources([day(12), day(7)], 7, TODAY)) == []


def test_results_that_vanished_are_named() -> None:
    gone = SourceDay("baidu", TODAY, {"ok": 6, "empty": 4}, {})
    assert faults(*WEEK, gone) == ["10 页应有约 100 个 ad 结果，实际为 0"]
    assert faults(*WEEK, SourceDay("baidu", TODAY, {"captcha": 10}, {})) == []


def test_pages_that_no_selector_fits_are_named() -> None:
    assert faults(*WEEK, day(0, ok=8, selector_broken=6)) == ["14 页中有 6 页解析规则失效"]
    assert faults(*WEEK, day(0, ok=40, selector_broken=4)) == []
    assert faults(day(0, ok=5, selector_broken=5)) == ["10 页中有 5 页解析规则失效"]
    assert faults(day(0, ok=6, selector_broken=5)) == []


def test_captchas_and_blocks_are_shown_and_are_no_fault() -> None:
    found = checked(*WEEK, day(0, ok=3, captcha=5, blocked=2))
    assert (found.turned_away, found.turned_away_before, found.pages) == (7, 0, 10)
    assert found.faults == ()


def test_sources_are_checked_apart() -> None:
    sogou = [msgspec.structs.replace(one, source="sogou") for one in (*WEEK, day(0, found=20))]
    found = {check.source: len(check.faults) for check in check_sources([*WEEK, day(0), *sogou], 7, TODAY)}
    assert found == {"baidu": 0, "sogou": 1}


counts = st.tuples(st.integers(0, 2000), st.integers(0, 2000)).map(lambda pair: (min(pair), max(pair)))


@settings(deadline=None)
@given(counts, counts)
def test_only_a_rise_is_worse(now: tuple[int, int], before: tuple[int, int]) -> None:
    if worse(*now, *before):
        assert now[0] / now[1] >= before[0] / before[1] + 0.1
        assert not worse(*before, *now)


@settings(deadline=None)
@given(counts)
def test_a_share_is_never_worse_than_itself(share: tuple[int, int]) -> None:
    assert not worse(*share, *share)


# -- the command --------------------------------------------------------------------------------


def filled_store(url: str, broken: bool) -> None:
    now = datetime.now(UTC)
    with open_store(url) as store:
        store.create()
        for back in range(7, -1, -1):
            for page in range(6):
                task = make.task(f"r{back}", "baidu", page=page)
                found = 1 if broken and back == 0 else 10
                capture = msgspec.structs.replace(
                    make.capture(task, Outcome.OK, now - timedelta(days=back)),
                    filled={"ad.title": Filled(10, 10), "ad.landing_url": Filled(found, 10)},
                )
                store.write(CaptureBundle(capture=capture, ads=(), sightings=()))


def test_the_command_exits_1_and_names_what_is_missing(call: Call, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/findings.db"
    filled_store(url, broken=True)
    ran = call("sources", "check", "--store", url)
    assert ran.returncode == 1, ran.stderr
    assert "baidu：字段 ad.landing_url 缺失 90%" in ran.stdout
    assert "ad.title" not in ran.stdout
    told = json.loads(call("sources", "check", "--store", url, "--json").stdout)
    assert told["source"] == "baidu"
    assert {field["field"]: field["alarm"] for field in told["fields"]} == {
        "ad.landing_url": True,
        "ad.title": False,
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_exits_0_where_all_is_as_before(call: Call, tmp_path: Path, lang: str) -> None:
    url = f"sqlite:///{tmp_path}/findings.db"
    filled_store(url, broken=False)
    ran = call("--lang", lang, "sources", "check", "--store", url)
    assert ran.returncode == 0, ran.stderr
    assert {"zh": "正常", "en": "as before"}[lang] in ran.stdout


def test_without_pages_it_says_so(call: Call, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/findings.db"
    with open_store(url) as store:
        store.create()
    ran = call("sources", "check", "--store", url)
    assert ran.returncode == 0
    assert "没有抓取记录" in ran.stdout
    assert call("sources", "check", "--store", f"sqlite:///{tmp_path}/none.db").returncode == 2
