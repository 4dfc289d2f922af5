"""Lists of addresses as complaints bring them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.lists import Listed, read_list
from crawlers.plan import plan_from_urls, plan_notices, plan_tasks
from crawlers.sources import load_sources
from crawlers.urls import fault
from tests.crawlers.test_plan import DAY


def _one(line: str | bytes) -> Listed:
    (listed,) = read_list([line])
    return listed


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("https://a.example/x?y=1#z", "https://a.example/x?y=1#z"),
        ("https://a.example", "https://a.example/"),
        ("HTTPS://A.Example/Path", "https://a.example/Path"),
        ("hxxps://bad[.]example/path", "https://bad.example/path"),
        ("hxxp://bad(.)example/", "http://bad.example/"),
        ("h**p://bad[点]example/", "http://bad.example/"),
        ("https：//full.example/a", "https://full.example/a"),
        ("ｈｔｔｐｓ：／／ｆｕｌｌ．example/a", "https://full.example/a"),
        ("　“https://a.example/x”。", "https://a.example/x"),
        ("<https://a.example/x>，", "https://a.example/x"),
        ("http://贷款.example/路径", "http://xn--0kwr83e.example/路径"),
        ("https://[2400:3200::1]/x", "https://[2400:3200::1]/x"),
        ("http://8.8.8.8:8080/x", "http://8.8.8.8:8080/x"),
    ],
)
def test_addresses(line: str, url: str) -> None:
    listed = _one(line)
    assert (listed.url, listed.or_http, listed.reason) == (url, False, None)


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ("licai.example", "https://licai.example/"),
        ("ＷＷＷ．licai．example／join", "https://www.licai.example/join"),
        ("www。licai。example", "https://www.licai.example/"),
        ("licai[.]example/x", "https://licai.example/x"),
        ("licai.example。", "https://licai.example/"),
        ("贷款.example", "https://xn--0kwr83e.example/"),
        ("127.0.0.1:8080/x", "https://127.0.0.1:8080/x"),
        ("cn.bing.com", "https://cn.bing.com/"),
        ("com.cn", "https://com.cn/"),
    ],
)
def test_bare_domains_may_fall_back_to_http(line: str, url: str) -> None:
    listed = _one(line)
    assert (listed.url, listed.or_http, listed.reason) == (url, True, None)


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("app:com.example.loan", "com.example.loan"),
        ("APP：com.example.loan", "com.example.loan"),
        ("包名：loan.example", "loan.example"),
        ("com.example.Loan_Fast", "com.example.loan_fast"),
        ("cn.example.daikuan", "cn.example.daikuan"),
    ],
)
def test_app_packages(line: str, package: str) -> None:
    found = _one(line).package
    assert found is not None
    assert found.lower() == package.lower()


def test_the_case_of_a_package_is_kept() -> None:
    assert _one("app:com.example.Loan").package == "com.example.Loan"
    assert _one("com.example.Loan").package == "com.example.Loan"


@pytest.mark.parametrize(
    "line",
    ["nonsense", "ftp://a.example/", "https://user:pw@a.example/", "两个 词.example 里", "app:", "javascript:alert(1)", b"http://\xff.example/"],
)  # fmt: skip
def test_faults_are_named(line: str | bytes) -> None:
    listed = _one(line)
    assert (listed.url, listed.package) == (None, None)
    assert listed.reason
    assert listed.reason.zh


@pytest.mark.parametrize(
    "table",
    [
        '序号,投诉网址,来源\n1,http://a.example/x,热线\n2,,无\n3,b.example,"甲,乙"\n',
        "\ufeff网址\t备注\nhttp://a.example/x\t热线\n\t空\nb.example\t-\n",
        "备注;URL\n热线;http://a.example/x\n空;\n-;b.example\n",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_tables_with_a_header(table: str, encoding: str) -> None:
    if encoding == "gb18030":
        table = table.lstrip("\ufeff")
    listed = list(read_list(table.encode(encoding).splitlines()))
    assert [one.url for one in listed] == ["http://a.example/x", None, "https://b.example/"]
    assert listed[1].reason == "no address in this row"
    assert [one.line for one in listed] == [2, 3, 4]


def test_repetitions_are_asked_for_once_and_counted() -> None:
    plan = plan_from_urls(
        ["a.example", "https://a.example/", "hxxps://a[.]example", "b.example", "坏 行", "坏 行"]
    )
    (entry,) = plan.sources
    assert entry.urls[:2] == ("https://a.example/", "https://b.example/")
    assert entry.or_http == ("https://b.example/",)  # https was asked for by name for the other
    assert (plan.repeated, len(plan.faulty)) == (2, 2)
    assert "2" in plan_notices(plan, DAY)[-1]
    tasks = list(plan_tasks(plan, "r", load_sources(), DAY))
    assert len(tasks) == 4
    assert len({task.id for task in tasks}) == 4


def test_packages_become_lookups_in_the_stores_that_offer_them() -> None:
    sources = dict(load_sources())
    looking = sorted(name for name, source in sources.items() if source.lookup)
    plan = plan_from_urls(["app:com.example.loan", "com.example.loan", "a.example"])
    assert plan.repeated == (1 if looking else 0)
    tasks = list(plan_tasks(plan, "r", sources, DAY))
    assert sorted(task.source for task in tasks if task.keyword == "com.example.loan") == looking
    assert len(plan.faulty) == (0 if looking else 2)
    assert all("com.example.loan" in task.url for task in tasks if task.source in looking)


def test_without_such_a_store_the_line_is_named() -> None:
    watchlist = {"watchlist": load_sources()["watchlist"]}
    plan = plan_from_urls(["com.example.loan"], stores=watchlist)
    assert plan.faulty[0].reason == "no source can look up an app package"
    assert len(list(plan_tasks(plan, "r", load_sources(), DAY))) == 1


_LINE = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60),
    st.text(alphabet="hxtps:/.[]。．ａbc,;\"'　 \t点()", max_size=40),
)


@given(st.lists(_LINE, max_size=8))
def test_every_line_is_exactly_one_thing(lines: list[bytes | str]) -> None:
    for listed in read_list(lines):
        assert sum(one is not None for one in (listed.url, listed.package, listed.reason)) == 1
        assert listed.url is None or fault(listed.url) is None
        assert 1 <= listed.line <= len(lines)


@given(
    st.from_regex(r"https?://[a-z]{1,8}\.example/[a-z0-9/]{0,10}[a-z0-9]", fullmatch=True),
    st.sampled_from(["[.]", "(.)", "。", "．", "[点]"]),
)
def test_defanging_is_undone(url: str, dot: str) -> None:
    defanged = url.replace(".example", f"{dot}example").replace("http", "hxxp")
    assert _one(defanged).url == url


@given(st.from_regex(r"https?://[a-z]{1,8}\.example/[a-zA-Z0-9/?=&%._-]{0,20}[a-z0-9]", fullmatch=True))
def test_a_clean_address_stays_as_it_is(url: str) -> None:
    assert _one(url).url == url
