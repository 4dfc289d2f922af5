"""The page of errors: nothing in a text may run, load or hide."""

from datetime import date
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finadwatch.i18n import choose
from finadwatch.scorecards.card import card
from finadwatch.scorecards.count import Judged
from finadwatch.scorecards.mistakes import wrong_rows
from finadwatch.scorecards.page import MOST, marked, page
from finadwatch.scorecards.split import Split
from findings.model.judgement import Span
from findings.model.vocabulary import Level
from tests.support import records
from tests.support.labelled import judged, row

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)
MARKS = st.lists(
    st.tuples(st.integers(-3, 70), st.integers(-3, 70), st.sampled_from(["found", "labelled"])), max_size=6
)


class Reader(HTMLParser):
    """Elements with their attributes, and the text of the page outside style and script."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in ("style", "script"):
            self.said.append(data)

    @property
    def text(self) -> str:
        return "".join(self.said)


def written(*rows: Judged) -> Reader:
    made = card(list(rows), files=("a.jsonl",), split=Split.ALL, as_of=date(2026, 11, 22), unjudged=0)
    return Reader(page(made, list(wrong_rows(list(rows)))))


HOSTILE = [
    "</div><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onload='alert(1)",
    "<style>*{display:none}</style><!--",
    "]]><base href=//evil.example><link rel=stylesheet href=//evil.example>",
    "&lt;script&gt;&#60;iframe src=//evil.example&#62;",
    "\u202e\u0000\x1b[2J\ud800保本",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_stands(text: str) -> None:
    span = Span("text", 0, len(text), text)
    finding = records.finding(3, spans=(span,), explanation=text, rules=(text,))
    hostile = Judged(
        row([2], name=text, text=text, kind=text, spans={"2": text}, why=text),
        records.judgement(finding, model=text),
    )
    harmless = Judged(
        row([2], name="x", text="x", kind="x", spans={"2": "x"}, why="x"),
        records.judgement(
            records.finding(3, spans=(Span("text", 0, 1, "x"),), explanation="x", rules=("x",))
        ),
    )
    found, plain = written(hostile), written(harmless)
    assert [tag for tag, _ in found.elements] == [tag for tag, _ in plain.elements]
    assert [sorted(attributes) for _, attributes in found.elements] == [
        sorted(attributes) for _, attributes in plain.elements
    ]
    assert not {"\u202e", "\x00", "\x1b", "\ud800"} & set(found.text)


def test_the_page_fetches_nothing() -> None:
    found = written(judged(row([2]), [3]))
    assert not [attributes for _, attributes in found.elements if {"src", "href", "action"} & set(attributes)]
    policy = next(
        a["content"] for tag, a in found.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


@given(ANY_TEXT, MARKS)
def test_marks_change_no_letter(text: str, marks: list[tuple[int, int, str]]) -> None:
    bare = Reader(marked(text, []))
    found = Reader(marked(text, marks))
    assert found.text == bare.text
    assert {tag for tag, _ in found.elements} <= {"mark"}


def test_marks_stand_on_their_words_and_may_overlap() -> None:
    assert marked("甲乙丙丁", [(0, 2, "found"), (1, 3, "labelled")]) == (
        '<mark class="found">甲</mark><mark class="found labelled">乙</mark><mark class="labelled">丙</mark>丁'
    )


def test_a_very_long_text_is_cut() -> None:
    assert len(marked("长" * (MOST * 2), [])) == MOST + 1


def test_every_error_stands_with_its_reasons_and_labels() -> None:
    missed = judged(row([2, 4], spans={"2": "保本保息"}, why="写明保本"), [2], [4])
    alarmed = judged(row(promotion=False, name="b2", line=2), [8], promotion=False)
    right = judged(row([2], name="right-one", line=3), [2])
    silent = judged(row(promotion=None, name="c3", line=4), [1, 6])
    found = written(missed, alarmed, right, silent)
    keys = [a["data-mistakes"] for tag, a in found.elements if tag == "article"]
    assert keys == ["miss-4", "alarm-8", "alarm-6"]
    assert "right-one" not in found.text
    for said in ("写明保本", "guarantee.principal", "疑似承诺保本", "无（须静默）"):
        assert said in found.text


def test_an_arguable_lead_beside_a_miss_is_shown() -> None:
    (wrong,) = wrong_rows([judged(row([4]), [], [4])])
    (mistake,) = wrong.mistakes
    assert mistake.missed
    assert mistake.finding is not None
    assert mistake.finding.level is Level.ARGUABLE


def test_the_page_speaks_english_when_asked(request: pytest.FixtureRequest) -> None:
    request.addfinalizer(lambda: choose("zh"))
    choose("en")
    assert "Scorecard and every error" in written(judged(row([2]))).text
