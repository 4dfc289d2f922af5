"""Selectors of filter lists that CSS doesn't know: what they pick, what is not understood, what stays bounded."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.parsers.document import read_page
from crawlers.parsers.extended import compiled, matches

TREE = read_page(
    """<html><body>
    <ul id="list"><li id="one">甲 <i class="tag">广告</i></li><li id="two">乙 <b>新闻</b></li>
    <li id="three" class="row"><span class="tag">推广</span></li></ul>
    <div id="box" class="row"><p id="p1">第一</p><p id="p2">报名费 3 元</p><p id="p3">第三</p><p id="p4">尾</p></div>
    </body></html>"""
).tree


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("li:-abp-contains(广告)", ["one"]),
        ("li:has-text(广告)", ["one"]),
        ("li:contains('乙 新闻')", ["two"]),
        ('li:-abp-contains("推广")', ["three"]),
        ("li:-abp-contains(/广告|推广/)", ["one", "three"]),
        ("li:has-text(/^甲\\s+广.$/)", ["one"]),
        ("li:-abp-has(.tag)", ["one", "three"]),
        ("li:-abp-has(> span.tag)", ["three"]),
        ("#list > li:-abp-has(.tag:-abp-contains(推广))", ["three"]),
        ("[id]:-abp-has(> li:-abp-has(> .tag:-abp-contains(/推广|赞助/)))", ["list"]),
        ("p:-abp-has(+ #p2)", ["p1"]),
        ("p:-abp-contains(/报名费/) + p", ["p3"]),
        ("p:-abp-contains(报名费) + p + p", ["p4"]),
        ("p:-abp-contains(报名费) ~ p", ["p3", "p4"]),
        ("div:has(> p:has-text(尾)) p:nth-child(2)", ["p2"]),
        ("li:has-text(甲), p:has-text(尾)", ["one", "p4"]),
        (".row:not(li):-abp-has(p)", ["box"]),
        (".row:-abp-has(.tag):not(div)", ["three"]),
        (".tag:has-text(广告):upward(1)", ["one"]),
        (".tag:has-text(广告):upward(2)", ["list"]),
        ("p:min-text-length(5)", ["p2"]),
        (":-abp-contains(尾)", None),
        ("li:has-text(没有)", []),
    ],
)
def test_what_a_selector_picks(selector: str, expected: list[str] | None) -> None:
    found = [element.get("id") for element in matches(TREE, selector)]
    if expected is None:  # every element around the text
        assert found[-1] == "p4"
        assert "box" in found
    else:
        assert found == expected


@pytest.mark.parametrize(
    "selector",
    [
        "p:-abp-properties(width: 1px)",
        "p:matches-css(color: red)",
        "p:has-text(x):style(color: red)",
        "p:has-text(x):remove()",
        "p:has-text(/((a+)+)$/)",
        "p:has-text(/(/)",
        "p:has-text()",
        "p:has-text(x",
        "p:upward(div)",
        "p:upward(0)",
        "p[:has-text(x)",
        "p:-abp-has(:-abp-has(:-abp-has(:-abp-has(:-abp-has(:-abp-has(a))))))",
        "",
    ],
)
def test_what_is_not_understood_is_left_out(selector: str) -> None:
    assert compiled(selector) is None
    assert matches(TREE, selector) == []


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "p",
                "li",
                ".tag",
                ":has(",
                ":-abp-has(",
                ":has-text(",
                ":-abp-contains(/",
                "/)",
                ")",
                ">",
                "+",
                " ",
                ",",
                "a",
                "'",
                "[",
                "]",
                "\\",
            ]
        ),
        max_size=14,
    ).map("".join)
)
def test_no_selector_breaks_the_reader(selector: str) -> None:
    assert all(element.tag for element in matches(TREE, selector))
