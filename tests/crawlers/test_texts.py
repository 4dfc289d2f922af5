"""What a page's text says about its owner, and which addresses can be visited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.browser.chromium import user_agent
from crawlers.browser.texts import icp_in
from crawlers.urls import fault, origin, printable
from findings.model.vocabulary import Device


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("版权所有 沪ICP备12345678号-1", "沪ICP备12345678号-1"),
        ("粤ICP备2023001234号", "粤ICP备2023001234号"),
        ("京ICP证030173号", "京ICP证030173号"),
        ("京icp 备 12345678 号 - 2", "京ICP备12345678号-2"),
        ("前 沪ICP备11111111号 后 沪ICP备22222222号", "沪ICP备22222222号"),
        ("没有备案", None),
    ],
)
def test_icp(text: str, number: str | None) -> None:
    found = icp_in(text)
    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    "url",
    ["", "a.example", "ftp://a.example/", "javascript:alert(1)", "file:///etc/passwd", "http://", "http://a b.example/",
     "http://[::1/", "http://u:p@a.example/", "http://a.example:99999/", "http://a.example/\n", "http://a.example/" + "x" * 9000],
)  # fmt: skip
def test_addresses_that_cannot_be_visited(url: str) -> None:
    assert fault(url)


def test_addresses_that_can() -> None:
    assert fault("https://例子.example/路径?查询=一") is None
    assert origin("https://A.example./x") == ("a.example", 443)
    assert origin("http://a.example:8080/") == ("a.example", 8080)


@given(st.text(max_size=400))
def test_printable_text_is_safe_and_short(text: str) -> None:
    assert printable(text, 50).isprintable()
    assert len(printable(text, 50)) <= 50 * 8 + 1


@given(st.text(max_size=100))
def test_any_text_is_an_address_or_has_a_fault(text: str) -> None:
    if fault(text) is None:
        assert origin(text)[0]


def test_user_agent_is_honest() -> None:
    desktop = user_agent("FinAdWatch/1 (+x)", Device.DESKTOP, "156")
    assert desktop.endswith(" FinAdWatch/1 (+x)")
    assert "Chrome/156.0.0.0" in desktop
    assert "Mobile" in user_agent("FinAdWatch/1", Device.MOBILE, "156")
    assert user_agent("Mozilla/5.0 Own", Device.MOBILE, "156") == "Mozilla/5.0 Own"
