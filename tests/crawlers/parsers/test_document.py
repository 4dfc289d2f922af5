"""Bytes to text, text to tree, tree to what a reader sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.parsers.document import MAX_BYTES, decode, read_page, select, visible_text

TEXT = "<p>保本保息，到期兑付，新手专享年化收益</p>"


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (TEXT.encode(), None, "utf-8 undeclared"),
        (TEXT.encode("gb18030"), "text/html; charset=GBK", "header"),
        (TEXT.encode("gb18030"), None, "gbk undeclared"),
        (b'<meta charset="gb2312">' + TEXT.encode("gb18030"), None, "meta"),
        (b'<meta charset="gb2312">' + TEXT.encode(), None, "saved as utf-8, meta left behind"),
        (b'<meta charset="utf-8">' + TEXT.encode("gb18030") * 3, None, "meta says utf-8, bytes are gbk"),
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=gbk", "byte order mark"),
        (TEXT.encode("utf-16"), None, "utf-16 with mark"),
        (TEXT.encode(), "text/html; charset=nonsense", "unknown charset"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_body_is_decoded(body: bytes, content_type: str | None, reason: str) -> None:
    assert "保本保息，到期兑付" in decode(body, content_type), reason


def test_big5_is_told_from_gb18030_by_its_declaration() -> None:
    body = '<meta charset="big5"><p>保證獲利</p>'.encode("big5")
    assert "保證獲利" in decode(body)


#: Characters in common use: of others nobody can say what a wrong declaration would make of them.
_COMMON = [bytes((lead, trail)).decode("gb2312") for lead in range(0xB0, 0xD7) for trail in range(0xA1, 0xFF)]


@given(st.text(alphabet=st.sampled_from([*_COMMON, *"a <p>1，。"]), max_size=200))
def test_declared_gb18030_comes_back(text: str) -> None:
    assert decode(text.encode("gb18030"), "text/html; charset=gb18030") == text


@given(st.binary(max_size=300), st.one_of(st.none(), st.text(max_size=30)))
def test_any_bytes_are_decoded(body: bytes, content_type: str | None) -> None:
    assert isinstance(decode(body, content_type), str)


def test_long_body_is_cut() -> None:
    page = read_page("<p>前</p>".encode() + b"x" * MAX_BYTES)
    assert page.cut
    assert "前" in visible_text(page.tree)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>一<b>二</b>三</p><p>四</p>", "一二三 四"),
        ("<p>一<br>二</p>", "一 二"),
        ("<p>一<script>x</script>二<style>y</style>三<noscript>z</noscript></p>", "一二三"),
        ("<p>一<span style='display: none'>隐</span>二</p>", "一二"),
        ("<p>一<!-- 注 -->二</p>", "一二"),
        ("<p>\ue62b 一\xa0 \n二 </p>", "一 二"),
        ("<ul><li>一</li><li>二</li></ul>", "一 二"),
    ],
)
def test_visible_text(markup: str, expected: str) -> None:
    assert visible_text(read_page(markup).tree) == expected


def test_visible_text_leaves_out_what_is_skipped() -> None:
    page = read_page("<div>一<span>广告</span>二</div>")
    assert visible_text(page.tree, skip=frozenset(select(page.tree, "span"))) == "一二"


@pytest.mark.parametrize("markup", ["", " ", "<!-- -->", "<?php", "<![CDATA[x]]>", "\x00", "<html>", "</a>"])
def test_markup_without_content_gives_an_empty_tree(markup: str) -> None:
    assert read_page(markup).tree.tag == "html"


@pytest.mark.parametrize("css", ["h3[", "a:-abp-has(b)", "a:hover::before", ">", "", "p:matches-path(x)"])
def test_selector_that_cannot_be_evaluated_finds_nothing(css: str) -> None:
    page = read_page("<p>x</p>")
    if css:
        assert select(page.tree, css) == []


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("/a", "https://b.example/a"),
        ("//c.example/x", "https://c.example/x"),
        (" HTTPS://d.example ", "https://d.example"),
        ("javascript:alert(1)", None),
        ("http://[::1", None),
        ("mailto:a@b.example", None),
    ],
)
def test_link_as_address(link: str, expected: str | None) -> None:
    found = read_page("", "https://b.example/p/q").absolute(link)
    assert found == expected or (found or "").lower() == expected


def test_what_a_browser_keeps_out_of_the_document_is_not_read() -> None:
    page = read_page(
        "<body><template id=t><p>hidden</p><template>x</template></template>shown<p>text</p></body>"
    )
    assert [element.tag for element in page.body.iter()] == ["body", "template", "p"]
    assert visible_text(page.body) == "shown text"


def test_text_of_a_page_without_a_body_tag() -> None:
    assert visible_text(read_page("<title>name</title><main><article>text</article></main>").tree) == "text"
