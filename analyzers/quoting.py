"""Which words of an ad a finding quotes."""

from collections.abc import Iterable, Sequence

from analyzers.evidence import Field
from findings.model.judgement import Span

MAX_SPANS = 8
#: Code points of a quotation within an explanation.
MAX_QUOTE = 40


def spans_in(field: Field, spans: Iterable[tuple[int, int]]) -> list[Span]:
    """Spans of a field's normalised text as quotations; overlapping and touching ones are one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return [field.span(start, end) for start, end in merged[:MAX_SPANS]]


def distinct(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The first `MAX_SPANS`, one for each wording of a field, in reading order."""
    kept: dict[tuple[str, str], Span] = {}
    for span in spans:
        kept.setdefault((span.field, span.text), span)
    chosen = list(kept.values())[:MAX_SPANS]
    order = {"title": 0, "text": 1, "image": 2}
    return tuple(sorted(chosen, key=lambda span: (order.get(span.field, 3), span.start)))


def quote(spans: Sequence[Span]) -> str:
    """The first quotation, on one line and shortened."""
    return shortened(spans[0].text) if spans else ""


def shortened(text: str) -> str:
    """A text on one line, at most `MAX_QUOTE` code points."""
    text = " ".join(text.split())
    return text if len(text) <= MAX_QUOTE else text[: MAX_QUOTE - 1] + "…"
