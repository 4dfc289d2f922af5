from analyzers.evidence import Field
from analyzers.quoting import MAX_QUOTE, MAX_SPANS, distinct, quote, spans_in
from findings.model.judgement import Box, Span
from tests.support.rulesets import NORMALISE


def field(text: str, lines: tuple[tuple[int, int, Box], ...] = ()) -> Field:
    return Field("text", text, NORMALISE(text), (), lines)


def test_overlapping_spans_are_one() -> None:
    assert [span.text for span in spans_in(field("保本保息稳赚"), [(2, 4), (0, 3), (5, 6)])] == [
        "保本保息",
        "赚",
    ]


def test_no_more_than_the_limit() -> None:
    spans = [Span("text", at, at + 1, str(at)) for at in range(MAX_SPANS + 5)]
    assert len(distinct(spans)) == MAX_SPANS


def test_the_title_comes_first() -> None:
    spans = [Span("text", 0, 1, "a"), Span("title", 5, 6, "b")]
    assert [span.field for span in distinct(spans)] == ["title", "text"]


def test_a_quote_is_one_short_line() -> None:
    assert quote([Span("text", 0, 3, "保\n本")]) == "保 本"
    assert len(quote([Span("text", 0, 99, "保" * 99)])) == MAX_QUOTE
    assert quote([]) == ""


def test_a_span_on_an_image_has_the_box_of_its_lines() -> None:
    lines = ((0, 2, Box(10, 10, 50, 20)), (3, 5, Box(5, 40, 80, 20)))
    text = field("保本\n保息", lines)
    assert text.span(0, 2).box == Box(10, 10, 50, 20)
    assert text.span(1, 5).box == Box(5, 10, 80, 50)
