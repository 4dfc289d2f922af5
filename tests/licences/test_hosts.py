import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.hosts import clean_host, is_shared, parents, under

HOSTS = [
    ("url", "https://www.Yunxiu.example/a?b=1", "yunxiu.example"),
    ("bare", "yunxiu.example", "yunxiu.example"),
    ("port-and-dot", "http://pay.yunxiu.example.:8080/", "pay.yunxiu.example"),
    ("idna", "云岫.example", "xn--9kqr75a.example"),
    ("path-without-scheme", "www.yunxiu.example/", "yunxiu.example"),
    ("no-dot", "localhost", None),
    ("name-of-a-firm", "云岫科技有限公司", None),
    ("empty", "", None),
    ("broken-brackets", "http://[::1", None),
    ("label-too-long", "a" * 70 + ".example", None),
]


@pytest.mark.parametrize(("text", "host"), [row[1:] for row in HOSTS], ids=[row[0] for row in HOSTS])
def test_clean_host(text: str, host: str | None) -> None:
    assert clean_host(text) == host


@given(st.text(max_size=80))
def test_clean_host_never_raises_and_is_stable(text: str) -> None:
    host = clean_host(text)
    assert host is None or clean_host(host) in (host, host.removeprefix("www."))


def test_subdomains_are_under_a_domain_and_lookalikes_are_not() -> None:
    assert under("a.b.example", "b.example")
    assert not under("evilb.example", "b.example")


def test_parents_stop_at_two_labels() -> None:
    assert parents("a.b.c.example") == ["a.b.c.example", "b.c.example", "c.example"]


@pytest.mark.parametrize(
    ("host", "shared"),
    [
        ("mp.weixin.qq.com", True),
        ("blog.sina.com.cn", True),
        ("blog.163.com", True),
        ("someone.blog.163.com", False),
        ("qq.com.evil.example", False),
        ("yunxiu.example", False),
    ],
)
def test_shared_platforms(host: str, shared: bool) -> None:
    assert is_shared(host) is shared
