"""A scorecard as tables for a person; ratios with their interval of 95 %."""

from collections.abc import Iterator
from dataclasses import dataclass

import click

from finadwatch.i18n import t
from finadwatch.labels import category_label
from finadwatch.scorecards.card import Card
from finadwatch.scorecards.count import CATEGORIES
from finadwatch.scorecards.figures import FEW
from finadwatch.scorecards.intervals import Estimate, Measure, Rate
from finadwatch.show import safe, table

Cells = tuple[str, ...]


def print_card(card: Card) -> None:
    """Print the whole scorecard."""
    found = card.figures
    click.echo(
        t(
            f"评分（{card.split.value}）：{card.rows} 条，{found.groups} 组，"
            f"依 {card.as_of} 有效的法律；规则 {card.ruleset}，模型 {safe(card.model)}；"
            f"括号内为 95% 区间（按组重抽样 {found.resamples} 次，误报率用 Wilson 法）",
            f"Scorecard ({card.split.value}): {card.rows} rows, {found.groups} groups, law of {card.as_of}; "
            f"rules {card.ruleset}, model {safe(card.model)}; 95 % intervals in brackets "
            f"(bootstrap over groups, {found.resamples} resamples; Wilson for false alarms)",
        )
    )
    for one in tables(card):
        table(one.title, one.columns, one.rows)


@dataclass(frozen=True)
class Table:
    """A title, the heads of columns, and rows of cells."""

    title: str
    columns: Cells
    rows: tuple[Cells, ...]


def tables(card: Card) -> Iterator[Table]:
    """By category and, where there are several, by kind, unless all rows are silent; false alarms."""
    if card.figures.silent.of < card.rows:
        first = t("情形", "category")
        yield Table(t("各类情形", "By category"), _score_columns(first), tuple(categories(card)))
        if len(card.figures.kinds) > 1:
            yield Table(
                t("各类文本（首行为情形 2–9 微平均）", "By kind of text (first the micro-average over 2–9)"),
                _score_columns(t("文本", "kind")),
                tuple(kinds(card)),
            )
    yield Table(
        t(
            "误报：不属推广的文本被判出明确线索（2–9）",
            "False alarms: clear findings 2–9 where nothing is promoted",
        ),
        (t("文本", "kind"), t("条数", "texts"), t("误报", "alarms"), t("误报率", "rate")),
        tuple(alarms(card)),
    )


def _score_columns(first: str) -> Cells:
    return (
        first,
        t("例数", "cases"),
        t("漏报", "misses"),
        t("误报", "alarms"),
        t("精确率", "precision"),
        t("召回率", "recall"),
        "F1",
    )


def categories(card: Card) -> Iterator[Cells]:
    """The micro-average, each category with cases enough, the rare ones together, 1 and promotion."""
    found = card.figures
    yield _scored(t("2–9 微平均", "2–9 micro"), found.all.overall)
    rare = found.pooled.categories if found.pooled else ()
    for number in CATEGORIES:
        if number not in rare:
            yield _scored(category_label(number), found.all.categories[number])
    if found.pooled:
        listed = t("、", ", ").join(map(str, rare))
        yield _scored(t(f"其余（{listed}）", f"rest ({listed})"), found.pooled.measure)
    yield _scored(category_label(1), found.all.categories[1])
    yield _scored(t("是否推广", "promotion"), found.all.promotion)


def kinds(card: Card) -> Iterator[Cells]:
    """Of each kind that has labelled cases: the micro-average, its frequent categories, 1, promotion."""
    for kind, scores in card.figures.kinds.items():
        often = [number for number in CATEGORIES if scores.categories[number].cases >= FEW]
        rows = (
            (kind, scores.overall),
            *((f"{kind} · {category_label(number)}", scores.categories[number]) for number in often),
            (f"{kind} · {category_label(1)}", scores.categories[1]),
            (f"{kind} · {t('是否推广', 'promotion')}", scores.promotion),
        )
        for name, measure in rows:
            if measure.cases or measure.alarms:
                yield _scored(name, measure)


def alarms(card: Card) -> Iterator[Cells]:
    """The false-alarm rate of each kind, of silent rows, and of all."""
    found = card.figures
    for kind, scores in found.kinds.items():
        if scores.false_alarms.of:
            yield _rated(kind, scores.false_alarms)
    if found.silent.of:
        yield _rated(t("未标注（须静默）合计", "all silent rows"), found.silent)
    yield _rated(t("合计", "all"), found.all.false_alarms)


def _scored(name: str, measure: Measure) -> Cells:
    return (
        name,
        str(measure.cases),
        str(measure.misses),
        str(measure.alarms),
        shown(measure.precision),
        shown(measure.recall),
        shown(measure.f1),
    )


def _rated(name: str, rate: Rate) -> Cells:
    return (name, str(rate.of), str(rate.hits), shown(rate.estimate, percent=True))


def shown(estimate: Estimate, *, percent: bool = False) -> str:
    """A ratio and its interval; a dash where there was nothing to measure."""
    if estimate.value is None:
        return "–"
    form = "{:.2%}" if percent else "{:.3f}"
    value, low, high = (form.format(one) for one in (estimate.value, estimate.low, estimate.high))
    return f"{value} [{low}, {high}]"
