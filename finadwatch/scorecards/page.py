"""A scorecard as one HTML file: the tables, and every error with text, marks, reasons and labels.

The texts are hostile. All of them are escaped, characters that steer or hide are shown as U+FFFD,
and a policy in the page lets it run its own script and style and fetch nothing.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from importlib.resources import files
from itertools import pairwise

from finadwatch.i18n import language, t
from finadwatch.labels import category_label
from finadwatch.scorecards import table
from finadwatch.scorecards.card import Card
from finadwatch.scorecards.count import PROMOTION, QUESTIONS
from finadwatch.scorecards.mistakes import Mistake, Wrong
from finadwatch.show import safe
from findings.model.vocabulary import Level

#: Code points of one text that are shown.
MOST = 20_000

Mark = tuple[int, int, str]


def page(card: Card, wrong: Sequence[Wrong]) -> str:
    """The whole page."""
    style, script = _asset("page.css"), _asset("page.js")
    policy = f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
    title = t("评分与全部差错", "Scorecard and every error")
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="{"zh-CN" if language() == "zh" else "en"}">',
            '<head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width">',
            f"<title>{title}</title>",
            f"<style>{style}</style></head><body>",
            f"<h1>{title}</h1>",
            f"<p>{_about(card)}</p>",
            *_tables(card),
            _form(wrong),
            *(_article(one) for one in wrong),
            f"<script>{script}</script>",
            "</body></html>",
            "",
        )
    )


def shown(text: str) -> str:
    """Captured text for HTML: escaped, steering characters replaced, line breaks kept."""
    return escape("\n".join(safe(line) for line in text.split("\n")))


def marked(text: str, marks: Iterable[Mark]) -> str:
    """A text with marks `(start, end, class)`, which may overlap, and no others.

    Offsets count code points; a mark outside the text is cut to it.
    """
    size = min(len(text), MOST)
    cut = [(max(0, start), min(end, size), name) for start, end, name in marks]
    kept = [mark for mark in cut if mark[0] < mark[1]]
    edges = sorted({0, size, *(mark[0] for mark in kept), *(mark[1] for mark in kept)})
    pieces = []
    for start, end in pairwise(edges):
        names = " ".join(sorted({name for left, right, name in kept if left <= start and end <= right}))
        piece = shown(text[start:end])
        pieces.append(f'<mark class="{names}">{piece}</mark>' if names else piece)
    return "".join(pieces) + ("…" if size < len(text) else "")


def _asset(name: str) -> str:
    return files("finadwatch.scorecards").joinpath(name).read_text("utf-8")


def _hash(content: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(content.encode()).digest()).decode()}"


def _about(card: Card) -> str:
    named = ", ".join(card.files)
    return shown(
        t(
            f"{named}（{card.split.value}）：{card.rows} 条；规则 {card.ruleset}，模型 {card.model}，依 {card.as_of} 有效的法律",
            f"{named} ({card.split.value}): {card.rows} rows; rules {card.ruleset}, model {card.model}, law of {card.as_of}",
        )
    )


def _tables(card: Card) -> Iterator[str]:
    for one in table.tables(card):
        head = "".join(f"<th>{escape(column)}</th>" for column in one.columns)
        body = "".join(f"<tr>{''.join(f'<td>{shown(cell)}</td>' for cell in row)}</tr>" for row in one.rows)
        yield f"<table><caption>{escape(one.title)}</caption><tr>{head}</tr>{body}</table>"


def _question(number: int) -> str:
    return t("是否推广", "promotion") if number == PROMOTION else category_label(number)


def _form(wrong: Sequence[Wrong]) -> str:
    kinds = sorted({one.judged.row.kind for one in wrong})
    every = ("", t("全部", "all"))
    sorts = [every, ("miss", t("漏报", "misses")), ("alarm", t("误报", "false alarms"))]
    questions = [every, *((str(number), _question(number)) for number in range(QUESTIONS))]
    return (
        "<form>"
        + _select("sort", t("差错", "error"), sorts)
        + _select("question", t("情形", "category"), questions)
        + _select("kind", t("文本", "kind"), [every, *((kind, kind) for kind in kinds)])
        + f'<label>{t("含有", "contains")} <input name="words" type="search"></label><output></output></form>'
    )


def _select(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    listed = "".join(f'<option value="{shown(value)}">{shown(text)}</option>' for value, text in options)
    return f'<label>{label} <select name="{name}">{listed}</select></label>'


def _article(wrong: Wrong) -> str:
    row = wrong.judged.row
    keys = " ".join(f"{'miss' if one.missed else 'alarm'}-{one.question}" for one in wrong.mistakes)
    said = f"{row.id} · {row.file}:{row.line} · {row.kind} · {row.channel.value}"
    labels = f"{t('标注：', 'labels: ')}{_labels(wrong)}"
    why = f"<p>{t('标注理由：', 'why: ')}{shown(row.why)}</p>" if row.why else ""
    title = f"<strong>{shown(row.ad.title)}</strong>" if row.ad.title else ""
    return (
        f'<article data-kind="{shown(row.kind)}" data-mistakes="{keys}"><header>{shown(said)}<br>{shown(labels)}</header>'
        f'<ul class="mistakes">{"".join(_mistake(one) for one in wrong.mistakes)}</ul>'
        f'{title}<div class="text" dir="auto">{marked(row.text, _marks(wrong))}</div>{why}</article>'
    )


def _labels(wrong: Wrong) -> str:
    row = wrong.judged.row
    if row.silent:
        return t("无（须静默）", "none (must stay silent)")
    promoted = t("推广", "promotion") if row.promotion else t("非推广", "no promotion")
    clear, soft = (", ".join(map(str, sorted(numbers))) or "–" for numbers in (row.cats, row.soft))
    said = (promoted, f"{t('明确', 'clear')} {clear}", f"{t('可商榷', 'arguable')} {soft}", row.type)
    return t("；", "; ").join(part for part in said if part)


def _mistake(one: Mistake) -> str:
    sort, name = ("miss", t("漏报", "missed")) if one.missed else ("alarm", t("误报", "false alarm"))
    said = [f'<b class="{sort}">{name}</b> {escape(_question(one.question))}']
    if one.quotation:
        said.append(f"{t('标注引文', 'labelled')}「{shown(one.quotation)}」")
    if one.finding:
        level = t("可商榷", "arguable") if one.finding.level is Level.ARGUABLE else t("明确", "clear")
        quotes = "".join(f"「{shown(span.text)}」" for span in one.finding.spans)
        said.append(f"{level} {one.finding.score:.2f} {shown(', '.join(one.finding.rules))} {quotes}")
        said.append(shown(one.finding.explanation))
    return f"<li>{'<br>'.join(said)}</li>"


def _marks(wrong: Wrong) -> Iterator[Mark]:
    """Where the judge's words and the labeller's stand in the text."""
    row = wrong.judged.row
    for one in wrong.mistakes:
        if one.finding:
            yield from ((s.start, s.end, "found") for s in one.finding.spans if s.field == "text")
        if one.quotation and (at := row.text.find(one.quotation)) >= 0:
            yield at, at + len(one.quotation), "labelled"
