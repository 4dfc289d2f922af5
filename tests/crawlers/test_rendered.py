"""Risk warnings as they are drawn, with every trick by which one is shown to nobody: a real browser's answer."""

import json
from collections.abc import Iterator
from importlib.resources import files

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crawlers.browser.rendered import MAX_WARNINGS, Drawn, read_runs, warning_words, warnings_in
from crawlers.options import CrawlSettings
from crawlers.plan import plan_from_urls
from findings.model.crawl import Landing, TextRun
from tests.support.crawling import Crawled, run_crawl
from tests.support.web import Site, html

_TEXT = "投资有风险，购买需谨慎"
_SHOWN = {
    "plain": f"<p>{_TEXT}</p>",
    "below": f"<div style='height:3000px'>页首</div><p>{_TEXT}</p><div style='height:2000px'></div>",
    "white-on-black": f"<p style='background:#000;color:#fff'>{_TEXT}</p>",
    "over-a-glass": f"<p>{_TEXT}</p><div style='position:absolute;inset:0;background:rgba(0,0,0,.3)'></div>",
    "in-a-scroll-box": f"<div style='height:100px;overflow:auto'><div style='height:400px'>前</div><p>{_TEXT}</p></div>",
    "in-shadow": f"<div id=h></div><script>h.attachShadow({{mode:'open'}}).innerHTML = '<p>{_TEXT}</p>'</script>",
    "fixed-at-the-foot": f"<div style='height:3000px'>页</div><p style='position:fixed;bottom:0'>{_TEXT}</p>",
    "no-mouse": f"<p style='pointer-events:none'>{_TEXT}</p>",
}  # fmt: skip
_HIDDEN = {
    "display": f"<p style='display:none'>{_TEXT}</p>",
    "visibility": f"<p style='visibility:hidden'>{_TEXT}</p>",
    "opacity": f"<div style='opacity:.02'><p>{_TEXT}</p></div>",
    "filter": f"<p style='filter:opacity(0)'>{_TEXT}</p>",
    "transparent": f"<p style='color:transparent'>{_TEXT}</p>",
    "same-colour": f"<p style='background:#c33;color:#c33'>{_TEXT}</p>",
    "nearly-same-colour": f"<p style='background:#fff;color:#fdfdfd'>{_TEXT}</p>",
    "off-page": f"<p style='position:absolute;left:-9999px'>{_TEXT}</p>",
    "indented": f"<p style='text-indent:-9999px;white-space:nowrap'>{_TEXT}</p>",
    "one-pixel-letters": f"<p style='font-size:1px'>{_TEXT}</p>",
    "scaled": f"<p style='transform:scale(.05)'>{_TEXT}</p>",
    "one-pixel-box": f"<p style='width:1px;height:1px;overflow:hidden'>{_TEXT}</p>",
    "clip": f"<p style='position:absolute;clip:rect(0,0,0,0)'>{_TEXT}</p>",
    "clip-path": f"<p style='clip-path:inset(50%)'>{_TEXT}</p>",
    "covered": f"<div style='position:relative'><p>{_TEXT}</p><div style='position:absolute;inset:0;background:#fff'></div></div>",
    "covered-by-a-ghost": (
        f"<div style='position:relative'><p>{_TEXT}</p>"
        "<div style='position:absolute;inset:0;background:#fff;pointer-events:none'></div></div>"
    ),
    "covered-by-a-picture": (
        f"<div style='position:relative'><p>{_TEXT}</p>"
        "<img src='data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=' "
        "style='position:absolute;left:0;top:0;width:900px;height:90px'></div>"
    ),
    "details": f"<details><summary>更多</summary><p>{_TEXT}</p></details>",
}  # fmt: skip
_ODD = {
    "picture": f"<p style='background:linear-gradient(#000,#fff)'>{_TEXT}</p>",
    "parted": "<p style='font-size:20px'>投资有<b style='color:red'>风</b><i>险</i></p>",
    "frame": f"<iframe srcdoc='<p>{_TEXT}' width=400 height=100></iframe>",
    "none": "<p>年化收益 8%</p>",
    "grey": f"<p style='color:#aaa;font-size:9px'>{_TEXT}</p>",
    "deep": "<script>let e = document.body; for (let i = 0; i < 2000; i++) e = e.appendChild(document.createElement('i'));"
    f"e.textContent = '{_TEXT}'</script>",
    "many": f"<script>for (let i = 0; i < 5000; i++) document.body.append(Object.assign(document.createElement('p'), {{textContent: '{_TEXT}'}}))</script>",
}  # fmt: skip


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("rendered")
    head = "<!doctype html><meta charset=utf-8><title>落地</title><body style='margin:0'><h1>理财</h1>"
    pages = {f"/{name}": html(head + body) for name, body in {**_SHOWN, **_HIDDEN, **_ODD}.items()}
    with Site(pages) as site:
        settings = CrawlSettings(
            state_dir=folder / "state",
            hosts={"a.example": "127.0.0.1"},
            ports={80: site.port},
            pace=0,
            rest_s=0.2,
        )
        yield run_crawl(
            plan_from_urls([f"http://a.example{path}" for path in pages]), settings, folder / "run"
        )


def _landing(crawled: Crawled, name: str) -> Landing:
    capture = crawled.of(f"http://a.example/{name}")
    assert capture.ads, capture.detail
    landing = capture.ads[0].landing
    assert landing is not None
    return landing


@pytest.mark.browser
@pytest.mark.parametrize("name", _SHOWN)
def test_a_warning_that_is_shown(crawled: Crawled, name: str) -> None:
    (run,) = _landing(crawled, name).warnings
    assert (run.text, run.visible) == (_TEXT, True)
    assert run.size_px == 16
    assert run.box is not None


@pytest.mark.browser
@pytest.mark.parametrize("name", _HIDDEN)
def test_a_warning_that_nobody_sees(crawled: Crawled, name: str) -> None:
    (run,) = _landing(crawled, name).warnings
    assert (run.text, run.visible) == (_TEXT, False)


@pytest.mark.browser
def test_contrast_is_that_of_wcag(crawled: Crawled) -> None:
    (black,) = _landing(crawled, "plain").warnings
    (white,) = _landing(crawled, "white-on-black").warnings
    (grey,) = _landing(crawled, "grey").warnings
    (picture,) = _landing(crawled, "picture").warnings
    assert (black.contrast, white.contrast, picture.contrast) == (21, 21, None)
    assert (grey.contrast, grey.size_px, grey.visible) == (2.32, 9, True)


@pytest.mark.browser
def test_a_place_is_on_the_picture_of_the_whole_page(crawled: Crawled) -> None:
    (below,) = _landing(crawled, "below").warnings
    assert below.box is not None
    assert 3000 <= below.box.y <= 3200


@pytest.mark.browser
def test_words_over_several_elements_are_found(crawled: Crawled) -> None:
    assert [run.text for run in _landing(crawled, "parted").warnings] == ["风", "险"]


@pytest.mark.browser
def test_frames_are_read_and_have_no_place(crawled: Crawled) -> None:
    (run,) = _landing(crawled, "frame").warnings
    assert (run.text, run.visible, run.box) == (_TEXT, True, None)


@pytest.mark.browser
def test_a_page_without_one_and_pages_with_too_much(crawled: Crawled) -> None:
    assert _landing(crawled, "none").warnings == ()
    assert len(_landing(crawled, "many").warnings) == MAX_WARNINGS
    assert len(_landing(crawled, "deep").warnings) == 1


@pytest.mark.browser
def test_all_drawn_text_is_evidence(crawled: Crawled) -> None:
    capture = crawled.of("http://a.example/parted")
    lines = crawled.evidence(capture.evidence, "rendered").decode().splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["理财", "投资有", "风", "险"]


def test_the_words_are_as_their_schema_says() -> None:
    folder = files("crawlers.browser")
    words = yaml.safe_load(folder.joinpath("warnings.yaml").read_text("utf-8"))
    jsonschema.validate(words, json.loads(folder.joinpath("warnings.schema.json").read_text("utf-8")))
    assert all(warning_words().search(f"前{word}后") for word in words["words"])


_pieces = st.lists(
    st.builds(
        Drawn,
        st.builds(
            TextRun,
            text=st.text("风险谨慎投资a", max_size=6),
            size_px=st.just(12.0),
            contrast=st.none(),
            visible=st.booleans(),
        ),
        st.integers(0, 3),
    ),
    max_size=40,
)


@given(_pieces)
def test_warnings_are_pieces_of_the_page_in_its_order(pieces: list[Drawn]) -> None:
    runs = [piece.run for piece in pieces]
    found = iter(runs)
    assert all(run in found for run in warnings_in(pieces))


@given(
    st.lists(
        st.tuples(
            st.text(max_size=5),
            st.just(12),
            st.none(),
            st.booleans(),
            *([st.integers(-9, 9)] * 4),
            st.integers(0, 2),
        )
    )
)
def test_joining_pieces_loses_no_text(rows: list[list[object]]) -> None:
    joined = "".join(piece.run.text for piece in read_runs(rows))
    assert joined == "".join(str(row[0]) for row in rows).encode("utf-8", "replace").decode()
