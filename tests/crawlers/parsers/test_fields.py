"""Firm names out of identity badges; marks told from text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.parsers.document import read_page
from crawlers.parsers.fields import firm_name, values
from crawlers.parsers.words import is_mark
from crawlers.sources.model import Candidate


@pytest.mark.parametrize(
    ("badge", "expected"),
    [
        ('{"name":"云栖示例财富管理有限公司"}', "云栖示例财富管理有限公司"),
        (
            '{"title":"实名认证","identity":{"owner":"青禾示例（上海）网络科技有限公司"}}',
            "青禾示例（上海）网络科技有限公司",
        ),
        ('{"title":"松鹤示例","level":2}', "松鹤示例"),
        ('{"text":"该企业 北斗示例期货有限公司 已通过认证"}', "北斗示例期货有限公司"),
        ("{title:'长风示例投资咨询有限公司',v:1}", "长风示例投资咨询有限公司"),
        ("{}", None),
        ("[[[]]]", None),
        ("已认证", None),
        ("", None),
    ],
)
def test_firm_of_a_badge(badge: str, expected: str | None) -> None:
    assert firm_name(badge) == expected


@given(st.text(max_size=200))
def test_any_badge_is_read(badge: str) -> None:
    name = firm_name(badge)
    assert name is None or 2 <= len(name) <= 100


@pytest.mark.parametrize("text", ["广告", "[广告]", "【推广】", "赞助", "· 广告", "AD"])
def test_mark(text: str) -> None:
    assert is_mark(text)


@pytest.mark.parametrize("text", ["", "广告法", "推广大使招募", "不是广告", "add", "广告 合作 联系电话"])
def test_no_mark(text: str) -> None:
    assert not is_mark(text)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"fm":"as","mu":"https://a.example/"}', ["https://a.example/"]),
        ("{'order':'1','mu':'http://a.example/'}", ["http://a.example/"]),
        ("{fm:'alxr',p1:'1',mu:'http://a.example/x'}", ["http://a.example/x"]),
        ('{"mu":"https:\\/\\/a.example\\/?b=1\\u0026c=2"}', ["https://a.example/?b=1&c=2"]),
        ('{"mu":""}', []),
        ('{"emu":"https://a.example/"}', []),
        ("{" * 3000, []),
    ],
)
def test_key_of_an_attribute(content: str, expected: list[str]) -> None:
    page = read_page("<div></div>")
    page.body[0].set("data-log", content)
    assert list(values(page.body, Candidate(css="[data-log]", attr="data-log", key="mu"))) == expected


def test_text_without_a_part() -> None:
    body = read_page("<a class=t>甲<em>乙</em><div>说明</div>丙</a>").body
    assert list(values(body, Candidate(css="a.t", without="div, p"))) == ["甲乙 丙"]
