"""What hostile pages were seen to break, in small: tags without end, heads beyond ASCII."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from crawlers.browser.warc import Answer, Archive, Exchange
from crawlers.parsers.document import MAX_ATTRIBUTES, read_page, visible_text

_ANY = st.text(st.characters(codec=None), max_size=20)


def test_a_tag_of_countless_attributes_is_cut() -> None:
    many = " ".join(f"a{number}='>'" for number in range(200_000))
    page = read_page(f"<p>前</p><div id=x {many}>中</div><p title='>'>后</p>")
    (tag,) = page.tree.xpath("//div[@id='x']")
    assert len(tag.attrib) == MAX_ATTRIBUTES
    assert visible_text(page.tree) == "前 中 后"


@given(
    st.lists(
        st.sampled_from(["<a ", "b=c ", "d='", "'", '"', "=", ">", "<", "/", "正文", "e=\"<f g='h'\" "]),
        max_size=60,
    )
)
def test_markup_within_bounds_is_left_as_it_is(pieces: list[str]) -> None:
    page = read_page("".join(pieces))
    assert len(page.tree.xpath("//@*")) <= len(pieces)
    assert isinstance(visible_text(page.tree), str)


@settings(max_examples=50)
@given(st.lists(st.tuples(_ANY, _ANY), max_size=5), _ANY, _ANY)
def test_any_head_is_kept_in_the_warc(headers: list[tuple[str, str]], reason: str, method: str) -> None:
    answer = Answer(
        protocol="http/1.1", status=200, reason=reason, headers=headers, body=b"abc", decoded=False
    )
    exchange = Exchange(
        url="http://a.example/",
        method=method or "GET",
        headers=headers,
        sent=b"",
        at=datetime(2026, 11, 22, tzinfo=UTC),
        ip="93.184.216.34",
        answer=answer,
    )
    file = Archive(Path(tempfile.gettempdir()), "test").open()
    try:
        file.put(exchange)
        file.close()
        with file.path.open("rb") as written:
            kinds = [record.rec_type for record in ArchiveIterator(written)]
    finally:
        file.path.unlink()
    assert kinds == ["warcinfo", "response", "request"]
