"""The sections on what an office did: cases, batches and what came of them. Pure."""

from collections.abc import Iterator
from itertools import pairwise

from msgspec.structs import replace

from handover.reports.figures import HANDLED, OUTSTANDING, Desk, Figures
from handover.reports.layout import Bars, Cell, Chart, Section
from handover.reports.tables import section
from handover.reports.takedowns import SPANS, Takedowns
from handover.reports.words import Words, counted, percent, plain


def cases(figures: Figures, words: Words) -> Section:
    """Leads by the state of their cases, and the stock of cases of each district."""
    say = words.say
    rows = [
        (
            Cell(say("本期涉嫌线索（条）", "leads of the period (ads)")),
            *(counted(figures.states[state.value]) for state in (*OUTSTANDING, *HANDLED)),
            Cell("—"),
        )
    ]
    if figures.desks is None:
        line = say(
            "全部案件的存量不按属地、广告主细分，此处不列。",
            "The stock of cases is not divided by province or advertiser, and left out.",
        )
    else:
        line = say(
            "“全部案件”为生成报告时的存量，不限本期，含仅有存疑或形式线索的；逾期指下一步的期限已过。",
            "All cases: the stock when the report was made, whatever the period, those with arguable or form findings too; late: the next step is overdue.",
        )
        rows += [_desk(desk, words) for desk in figures.desks]
    return section("cases", words.language, line, rows=tuple(rows))


def _desk(desk: Desk, words: Words) -> tuple[Cell, ...]:
    name = words.say("全部案件（件）", "all cases") if desk.district is None else plain(desk.district, 30)
    return (
        Cell(name),
        *(counted(desk.states[state.value]) for state in (*OUTSTANDING, *HANDLED)),
        counted(desk.late),
    )


def handed_over(figures: Figures, words: Words) -> Section:
    """What was sent in the period, what became of it, and how long that took."""
    say, told = words.say, figures.takedowns
    if told is None:
        line = say(
            "移送批次不按类别、属地、广告主细分，此处不列。",
            "Batches are not divided by category, province or advertiser, and left out.",
        )
        return section("takedowns", words.language, line)
    if not told.rows:
        line = say("本期没有发出移送批次。", "No batch was sent in the period.")
        return section("takedowns", words.language, line)
    rows = tuple(
        (
            Cell(plain(one.mark, 40)),
            Cell(words.paper(one.paper)),
            Cell(plain(one.addressee, 40)),
            Cell(f"{one.sent_on:%m-%d}"),
            counted(one.rows),
            *(counted(replace(one.rows, value=value)) for value in (one.answered, one.gone, one.back)),
        )
        for one in told.lines
    )
    chart = _spans(told, words) if sum(told.spans) else None
    return section("takedowns", words.language, *_told(told, words), rows=rows, chart=chart)


def _told(told: Takedowns, words: Words) -> Iterator[str]:
    say = words.say
    parts = say("，", ", ").join(f"{words.presence(name)} {count}" for name, count in told.presence.items())
    yield say(
        f"本期发出 {told.batches} 批、{told.rows} 条；已有回执 {told.answered} 条。复查结果：{parts}。",
        f"{told.batches} batches with {told.rows} rows were sent, {told.answered} are answered. By the visits: {parts}.",
    )
    if told.half_days is None:
        yield say("至今未及半数消失。", "Not half of them are gone yet.")
    else:
        days = f"{told.half_days:.1f}"
        yield say(f"发出后 {days} 天内半数已消失。", f"Half of them were gone within {days} days.")
    if told.batches > len(told.lines):
        yield say(
            f"下表只列最近 {len(told.lines)} 批。",
            f"Only the last {len(told.lines)} batches are listed below.",
        )


def _spans(told: Takedowns, words: Words) -> Chart:
    say = words.say
    labels = [say(f"{low}–{high} 天", f"{low}–{high} days") for low, high in pairwise((0, *SPANS))]
    labels += [
        say(f"超过 {SPANS[-1]} 天", f"over {SPANS[-1]} days"),
        say("未消失或无法判断", "not gone, or not known"),
    ]
    counts = (*told.spans, told.rows - sum(told.spans))
    shares = tuple(percent(count / told.rows) for count in counts)
    drawing = Bars(
        labels=tuple(labels),
        parts=counts,
        wholes=(),
        notes=tuple(f"{count}  {share}" for count, share in zip(counts, shares, strict=True)),
        part=say("条目", "rows"),
    )
    listed = say("、", ", ").join(f"{label} {count}" for label, count in zip(labels, counts, strict=True))
    return Chart(drawing, say(f"处置用时分布：{listed}。", f"Time to takedown: {listed}."))
