"""Where a saved page came from: what it says itself, else what it links to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.parsers.document import read_page
from crawlers.parsers.origin import guessed_url

_LINKS = "".join(f'<a href="https://money.portal.example/{number}.html">新闻</a>' for number in range(12))
_OTHERS = '<a href="https://www.portal.example/">首页</a><a href="https://a.example/">甲</a>'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<!-- saved from url=(0027)https://www.portal.example/x --><p>a", "https://www.portal.example/x"),
        ('<head><base href="https://b.example/dir/"></head><p>a', "https://b.example/dir/"),
        (
            '<base target="_blank"><link rel="canonical" href="//c.example/a.html">',
            "https://c.example/a.html",
        ),
        ('<meta property="og:url" content="https://o.example/a">', "https://o.example/a"),
        ('<meta property="og:url" content="">' + _LINKS + _OTHERS, "https://money.portal.example/"),
        ('<link rel="canonical" href="/a.html">' + _LINKS, "https://money.portal.example/"),
        (_OTHERS, None),
        ("".join(f'<a href="https://s{number}.example/">x</a>' for number in range(60)), None),
        ("<a href='http://[::1'>x</a>" * 20, None),
        ("", None),
    ],
)
def test_origin(body: str, expected: str | None) -> None:
    assert guessed_url(read_page(body)) == expected


@given(st.text(max_size=60), st.sampled_from(["https://a.example/x", "http://b.example/"]))
def test_the_browsers_note_wins_whatever_else_the_page_says(noise: str, url: str) -> None:
    body = f"<!-- saved from url=(0020){url} --><link rel=canonical href='https://z.example/'>{noise}{_LINKS}"
    assert guessed_url(read_page(body)) == url
