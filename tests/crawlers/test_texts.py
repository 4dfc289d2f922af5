"""What a page's text says about its owner, and which addresses can be visited."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.browser.chromium import user_agent
from crawlers.browser.texts import MAX_CONTACTS, contacts_in, icp_in
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


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        (
            "© 2026 上海甲乙财富管理有限公司 版权所有 沪ICP备12345678号-1 沪公网安备31010102001234号",
            "上海甲乙财富管理有限公司",
        ),
        ("版权所有上海甲乙丙有限公司\n沪ICP备12345678号", "上海甲乙丙有限公司"),
        ("沪ICP备12345678号 上海甲乙丙有限公司", "上海甲乙丙有限公司"),
        ("技术支持：甲乙丙科技有限公司 沪ICP备12345678号", None),
        ("甲乙丙信息有限公司与本站无关。沪ICP备12345678号", None),
        ("合作方 北京甲乙丙有限公司 © 上海丁戊己有限公司 沪ICP备12345678号", "上海丁戊己有限公司"),
        ("上海甲乙丙有限公司 沪ICP备12345678号 北京丁戊己有限公司", None),
        ("沪ICP备12345678号", None),
    ],
)
def test_icp_owner_is_the_firm_right_beside_the_number(text: str, owner: str | None) -> None:
    found = icp_in(text)
    assert found is not None
    assert found.owner == owner


def test_the_number_of_the_public_security_register_is_no_icp() -> None:
    assert icp_in("沪公网安备 31010102001234号") is None


_CONTACT = """客服热线：95588 电话：400-888-0000 或 13800138000 传真（021）12345678
微信号：abc_1234567 加微信wx123456 咨询QQ：123456789
邮箱 kefu@a.example.com 地址：上海市某区某路100号5楼  邮编：200000
沪公网安备31010102001234号 有效期 2026-11-22 编号 138001380001"""


def test_contacts() -> None:
    links = ["tel:400-888-0000", "TEL:021-6666%206666", "mailto:b@b.example?subject=1", "tel:javascript"]
    found = contacts_in(_CONTACT, links)
    assert found.phones == ("95588", "400-888-0000", "13800138000", "（021）12345678", "021-6666 6666")
    assert found.emails == ("kefu@a.example.com", "b@b.example")
    assert found.wechat == ("abc_1234567", "wx123456")
    assert found.qq == ("123456789",)
    assert found.addresses == ("上海市某区某路100号5楼",)


@given(
    st.text(
        st.sampled_from("0123456789-转+(（电话热线微信号QQ地址：:@.aZ_ \n沪ICP备号公司有限©版权所有"),
        max_size=300,
    )
)
def test_contacts_are_bounded_and_each_once(text: str) -> None:
    found = contacts_in(text * 3)
    for kind in (found.phones, found.emails, found.wechat, found.qq, found.addresses):
        assert len(kind) == len(set(kind)) <= MAX_CONTACTS
        assert all(0 < len(one) <= 200 for one in kind)
    icp_in(text)


def test_long_repetitions_are_read_in_time() -> None:
    for part in ("备案号", "有限", "0", "a.", "微信", "（", "copyright "):
        contacts_in(part * 60_000)
        icp_in(part * 60_000 + "沪ICP备12345678号")
