"""Plans: what a file may say, what a list of addresses becomes, which tasks come of it."""

from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.errors import PlanError
from crawlers.plan import (
    HostPace,
    LandingBy,
    load_plan,
    parse_plan,
    plan_for_source,
    plan_from_urls,
    plan_notices,
    plan_tasks,
    planned_by,
)
from crawlers.sources import UnknownSource, load_sources
from findings.model.errors import UsageError
from findings.model.vocabulary import Device

_PLAN = """
title: 日常监测
region: 上海
limits: {tasks: 100, ads_per_page: 20}
sources:
  - source: baidu
    keywords: [理财, 贷款]
    devices: [desktop]
    pages: 2
    landing: none
    robots: {authorised: {by: 某局, document: 函〔2026〕1号, until: 2026-12-31}}
  - source: watchlist
    urls: ["https://a.example/1", "https://a.example/1"]
"""
DAY = date(2026, 11, 22)


def test_plan_file(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(_PLAN, "utf-8")
    plan = load_plan(file)
    assert (plan.title, plan.region, plan.limits.ads_per_page) == ("日常监测", "上海", 20)
    assert plan.sources[0].authorised is not None
    assert plan.sources[0].authorised.until == date(2026, 12, 31)
    assert plan.sources[0].landing is LandingBy.NONE


def test_tasks_are_stable_unique_and_in_order() -> None:
    plan = parse_plan(_PLAN, "plan")
    tasks = list(plan_tasks(plan, "run-1", load_sources(), DAY))
    assert [(t.source, t.keyword, t.page) for t in tasks] == [
        ("baidu", "理财", 1),
        ("baidu", "贷款", 1),
        ("baidu", "理财", 2),
        ("baidu", "贷款", 2),
        ("watchlist", None, 1),
    ]
    assert [t.robots for t in tasks] == ["authorised"] * 4 + ["obey"]
    assert tasks == list(plan_tasks(plan, "run-1", load_sources(), DAY))
    assert {t.id for t in tasks}.isdisjoint(t.id for t in plan_tasks(plan, "run-2", load_sources(), DAY))


def test_expired_authorisation_obeys_and_is_said() -> None:
    plan = parse_plan(_PLAN, "plan")
    late = date(2027, 1, 1)
    assert {task.robots for task in plan_tasks(plan, "r", load_sources(), late)} == {"obey"}
    (notice,) = plan_notices(plan, late)
    assert "baidu" in notice
    assert "2026-12-31" in notice
    assert plan_notices(plan, date(2026, 12, 31)) == []


def test_limit_on_tasks() -> None:
    plan = parse_plan(_PLAN.replace("tasks: 100", "tasks: 2"), "plan")
    assert len(list(plan_tasks(plan, "r", load_sources(), DAY))) == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("title: [", "line 1"),
        ("- 1", "$"),
        ("title: a", "$"),
        ("{title: a, sources: []}", "$.sources"),
        ("{title: a, sources: [{devices: [desktop]}]}", "$.sources[0]"),
        ("{title: a, sources: [{source: baidu, keywords: [a], urls: [b]}]}", "$.sources[0]"),
        ("{title: a, sources: [{source: baidu, keywords: ['  ']}]}", "$.sources[0].keywords[0]"),
        ("{title: a, sources: [{source: baidu, keywords: [a], pages: 0}]}", "$.sources[0].pages"),
        ("{title: a, sources: [{source: baidu, keywords: [a], devices: [tv]}]}", "$.sources[0].devices[0]"),
        ("{title: a, sources: [{source: baidu, keywords: [a], robots: ignore}]}", "$.sources[0].robots"),
        ("{title: a, typo: 1, sources: [{source: baidu, keywords: [a]}]}", "typo"),
        (
            "{title: a, sources: [{source: baidu, keywords: [a], robots: {authorised: {by: b, document: c, until: '2026-13-40'}}}]}",
            "until",
        ),
    ],
)
def test_bad_plan_names_the_place(text: str, place: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan(text, "plan.yaml")
    assert "plan.yaml" in str(caught.value)
    assert place in str(caught.value)
    assert "\n" not in str(caught.value)


def test_two_kinds_of_request_in_one_entry_are_told_apart() -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan("{title: a, sources: [{source: apple, keywords: [a], packages: [b.c]}]}", "p")
    (fault,) = caught.value.faults
    assert fault == "$.sources[0]: give only one of keywords, packages"
    assert fault.zh == "$.sources[0]：keywords、packages 只能给出一项"


def test_missing_and_binary_plan(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="no such file"):
        load_plan(tmp_path / "none.yaml")
    odd = tmp_path / "odd.yaml"
    odd.write_bytes(b"title: \xff\xfe")
    with pytest.raises(PlanError, match="UTF-8"):
        load_plan(odd)


def test_all_faults_in_one_go() -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan("{title: '', sources: [{source: baidu, keywords: [a], pages: 0}]}", "p")
    assert len(caught.value.faults) == 2


@given(st.text(max_size=200))
def test_no_text_gets_past_the_schema(text: str) -> None:
    with pytest.raises(PlanError) as caught:  # no random text names the required keys
        parse_plan(text, "p")
    assert caught.value.faults


def test_a_portal_named_alone_is_watched_on_its_own_pages() -> None:
    sources = load_sources()
    plan = parse_plan("{title: a, sources: [{source: sina, devices: [desktop, mobile]}]}", "p")
    tasks = list(plan_tasks(plan, "r", sources, DAY))
    assert [(task.url, task.device) for task in tasks] == [
        (url, device) for device in Device for url in sources["sina"].pages
    ]
    assert {task.source for task in tasks} == {"sina"}
    given = parse_plan('{title: a, sources: [{source: sina, urls: ["https://finance.sina.com.cn/x"]}]}', "p")
    assert [task.url for task in plan_tasks(given, "r", sources, DAY)] == ["https://finance.sina.com.cn/x"]


_TWICE = """
title: t
sources:
  - {source: sina, devices: [mobile], landing: none}
  - {source: sina, landing_devices: [mobile]}
  - {source: sina, urls: ["https://finance.sina.com.cn/x"], devices: [desktop, mobile]}
  - {source: baidu, keywords: [理财, 贷款], landing: none}
  - {source: baidu, keywords: [理财, 保险], pages: 2, landing_devices: [desktop, mobile]}
  - {source: xiaomi, packages: [com.example.loan], landing: none}
  - {source: xiaomi, keywords: [借钱]}
"""


def test_a_task_of_a_source_named_twice_finds_the_entry_that_asks_for_it() -> None:
    plan, sources = parse_plan(_TWICE, "p"), load_sources()
    tasks = list(plan_tasks(plan, "r", sources, DAY))
    found = [planned_by(plan, task, sources[task.source]) for task in tasks]
    order = [plan.sources.index(entry) for entry in found if entry is not None]
    pages = len(sources["sina"].pages)
    # The keyword of both: its first page is asked for by the first, its second page by the other alone.
    assert order == [0] * pages + [1] * pages + [2] * 2 + [3] * 2 + [4] * 3 + [5, 6]
    listed = plan_from_urls(["a.example"])
    (task,) = plan_tasks(listed, "r", sources, DAY)
    over_http = msgspec.structs.replace(task, url=task.url.replace("https", "http"))
    assert planned_by(listed, over_http, sources["watchlist"]) is listed.sources[0]
    assert planned_by(plan_for_source("baidu", ["基金"]), tasks[-1], sources["xiaomi"]) is None


@pytest.mark.parametrize(
    ("source", "wanted"), [("portal", "urls"), ("watchlist", "urls"), ("baidu", "keywords")]
)
def test_a_source_without_pages_of_its_own_needs_to_be_told(source: str, wanted: str) -> None:
    plan = parse_plan(f"{{title: a, sources: [{{source: {source}}}]}}", "p")
    with pytest.raises(PlanError, match=wanted):
        plan_tasks(plan, "r", load_sources(), DAY)


def test_unknown_source_and_wrong_kind_of_request() -> None:
    with pytest.raises(UnknownSource):
        plan_tasks(plan_for_source("nobody", ["a"]), "r", load_sources(), DAY)
    with pytest.raises(PlanError, match="urls"):
        plan_tasks(plan_for_source("watchlist", ["a"]), "r", load_sources(), DAY)
    with pytest.raises(PlanError, match="keywords"):
        plan_tasks(plan_from_urls(["https://a.example/"], source="baidu"), "r", load_sources(), DAY)


def test_list_of_addresses() -> None:
    lines = [
        b"\xef\xbb\xbfhttps://a.example/\n",
        b"# \xb1\xb8\xd7\xa2\n",
        b"\n",
        b"nonsense\n",
        b"http://\xff.example/\n",
    ]
    plan = plan_from_urls(lines)
    assert [(bad.line, bad.reason) for bad in plan.faulty] == [
        (4, "scheme missing, not http or https"),
        (5, "neither UTF-8 nor GBK"),
    ]
    tasks = list(plan_tasks(plan, "r", load_sources(), DAY))
    assert tasks[0].url == "https://a.example/"
    assert len(tasks) == 3
    assert [notice.zh.split("（")[0] for notice in plan_notices(plan, DAY)] == [
        "第 4 行不是可访问的网址",
        "第 5 行不是可访问的网址",
    ]


@given(st.lists(st.one_of(st.binary(max_size=60), st.text(max_size=60)), max_size=8))
def test_every_line_is_a_comment_or_a_task(lines: list[bytes | str]) -> None:
    try:
        plan = plan_from_urls(lines)
    except UsageError:
        return
    (entry,) = plan.sources
    assert len(plan.faulty) <= len(entry.urls) <= len(lines)
    assert all(text.isprintable() for text in (bad.text for bad in plan.faulty))


def test_plan_for_source() -> None:
    plan = plan_for_source("baidu", [" 理财 ", ""], Device.MOBILE)
    assert plan.sources[0].keywords == ("理财",)
    with pytest.raises(PlanError):
        plan_for_source("baidu", [" "])


_REGIONS = "regions: [{name: 上海, proxy: shanghai}, {name: 成都, proxy: chengdu}, {name: 本地}]"


def test_regions_multiply_the_tasks_and_name_their_proxies() -> None:
    text = _PLAN.replace("region: 上海", _REGIONS)
    plan = parse_plan(text, "plan")
    tasks = list(plan_tasks(plan, "run-1", load_sources(), DAY))
    assert len(tasks) == 15
    assert [task.region for task in tasks[:3]] == ["上海", "成都", "本地"]
    assert len({task.id for task in tasks}) == 15
    assert [plan.proxy(region) for region in ("上海", "成都", "本地", None)] == [
        "shanghai",
        "chengdu",
        None,
        None,
    ]


def test_a_single_region_is_a_label_without_a_proxy() -> None:
    plan = parse_plan(_PLAN, "plan")
    assert {task.region for task in plan_tasks(plan, "r", load_sources(), DAY)} == {"上海"}
    assert plan.proxy("上海") is None


@pytest.mark.parametrize(
    ("extra", "place"),
    [
        ("regions: [{name: a}, {name: a, proxy: b}]", "$.regions"),
        ("regions: [{name: a, proxy: 'http://u:p@host'}]", "$.regions[0].proxy"),
        ("regions: [{name: a}]\nregion: b", "$"),
        ("regions: []", "$.regions"),
        ("limits: {minutes: 0}", "$.limits.minutes"),
        ("hosts: {'http://x/': {delay_s: 1}}", "$.hosts"),
        ("hosts: {a.example: {}}", "$.hosts"),
    ],
)
def test_bad_regions_limits_and_hosts(extra: str, place: str) -> None:
    with pytest.raises(PlanError) as caught:
        parse_plan(f"title: t\nsources: [{{source: baidu, keywords: [a]}}]\n{extra}", "p")
    assert place in str(caught.value)


_LEAVE = "clicks: {authorised: {by: 某局, document: 函1号, until: 2026-12-31, most: 5}}"


def test_clicks_need_leave_and_lapse() -> None:
    with pytest.raises(PlanError, match="clicks"):
        parse_plan("title: t\nsources: [{source: baidu, keywords: [a], landing: click}]", "p")
    with pytest.raises(PlanError, match="until"):
        parse_plan(
            f"title: t\nsources: [{{source: baidu, keywords: [a], {_LEAVE.replace('12-31', '13-31')}}}]", "p"
        )
    plan = parse_plan(f"title: t\nsources: [{{source: baidu, keywords: [a], landing: click, {_LEAVE}}}]", "p")
    (entry,) = plan.sources
    assert [entry.clicks_on(day) for day in (DAY, date(2026, 12, 31), date(2027, 1, 1))] == [5, 5, 0]
    (notice,) = plan_notices(plan, date(2027, 1, 1))
    assert "2026-12-31" in notice
    only_named = parse_plan(f"title: t\nsources: [{{source: baidu, keywords: [a], {_LEAVE}}}]", "p")
    assert only_named.sources[0].clicks_on(DAY) == 0


def test_landing_devices_limits_and_hosts() -> None:
    text = """
title: t
limits: {minutes: 1.5, megabytes: 20}
hosts: {a.example: {delay_s: 10}, b.example: {concurrency: 2}}
sources: [{source: watchlist, urls: ['https://a.example/'], landing_devices: [desktop, mobile]}]
"""
    plan = parse_plan(text, "p")
    assert (plan.limits.minutes, plan.limits.megabytes) == (1.5, 20)
    assert plan.hosts["a.example"] == HostPace(delay_s=10)
    assert plan.sources[0].landing_devices == (Device.DESKTOP, Device.MOBILE)


def test_packages_need_a_source_that_looks_them_up() -> None:
    plan = parse_plan("title: t\nsources: [{source: baidu, packages: [com.example.loan]}]", "p")
    with pytest.raises(PlanError, match="packages"):
        plan_tasks(plan, "r", load_sources(), DAY)
