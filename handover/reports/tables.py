"""The sections that a report has, in order, and the columns of their tables: templates and reports are made from one list."""

import msgspec

from findings.model.vocabulary import CASE_STATE_ZH
from handover.reports.figures import HANDLED, OUTSTANDING
from handover.reports.layout import Cell, Chart, Section

_Both = tuple[str, str]
_RATE: tuple[_Both, ...] = (("新发现广告", "ads found"), ("涉嫌线索", "leads"), ("线索率", "rate of leads"))
_READ: _Both = ("覆盖率", "coverage")


class Table(msgspec.Struct, frozen=True):
    """A section's title and columns in Chinese and English; `wide` are the places of the columns of text."""

    title: _Both
    columns: tuple[_Both, ...]
    wide: tuple[int, ...] = (0,)


TABLES: dict[str, Table] = {
    "summary": Table(
        ("概要", "Summary"), (("指标", "what"), ("数量", "number"), ("说明", "remark")), wide=(0, 2)
    ),
    "coverage": Table(
        ("覆盖情况", "Coverage"),
        (
            ("来源", "source"),
            ("任务", "tasks"),
            ("读到", "read"),
            _READ,
            ("天数", "days"),
            ("未读到的原因", "why pages were not read"),
        ),
        wide=(0, 5),
    ),
    "weeks": Table(("按周", "By week"), (("周", "week"), ("日期", "days"), _READ, *_RATE), wide=(0, 1)),
    "sources": Table(("按来源", "By source"), (("来源", "source"), _READ, *_RATE)),
    "categories": Table(
        ("按类别", "By category"),
        (("类别", "category"), ("涉嫌线索", "leads"), ("占新发现广告", "of the ads found")),
    ),
    "provinces": Table(("按属地", "By province"), (("属地", "province"), *_RATE)),
    "advertisers": Table(
        ("主要广告主", "Advertisers in front"), (("广告主", "advertiser"), ("涉嫌线索", "leads"))
    ),
    "worst": Table(
        ("突出线索", "The gravest leads"),
        (
            ("标题", "headline"),
            ("广告主", "advertiser"),
            ("来源", "source"),
            ("落地域名", "landing host"),
            ("类别", "category"),
            ("程度", "severity"),
            ("同案广告", "ads of the case"),
        ),
        wide=(0, 1, 2, 3),
    ),
    "cases": Table(
        ("办理情况", "Handled and outstanding"),
        (
            ("范围", "what"),
            *((CASE_STATE_ZH[state], state.value.replace("_", " ")) for state in (*OUTSTANDING, *HANDLED)),
            ("逾期", "late"),
        ),
    ),
    "takedowns": Table(
        ("移送与处置用时", "Handed over, and time to takedown"),
        (
            ("文号", "number"),
            ("种类", "paper"),
            ("收件机关", "addressee"),
            ("发出", "sent"),
            ("条目", "rows"),
            ("已回执", "answered"),
            ("已消失", "gone"),
            ("复现", "back"),
        ),
        wide=(0, 1, 2),
    ),
}

#: The headings of what every report ends with, and the sentence below the second.
ENDS: dict[str, _Both] = {
    "definitions": ("口径说明", "What the numbers mean"),
    "searches": ("检索式", "Searches"),
    "searches_say": (
        "方括号内的编号对应下列命令，在同一存储上执行即得该数。",
        "The number in brackets behind a figure is that of the command that gives it on the same store.",
    ),
}


def chosen(both: _Both, language: str) -> str:
    """One of the two."""
    return both[0] if language == "zh" else both[1]


def section(
    key: str,
    language: str,
    *lines: str,
    rows: tuple[tuple[Cell, ...], ...] = (),
    chart: Chart | None = None,
) -> Section:
    """A section with its title and columns."""
    table = TABLES[key]
    return Section(
        key=key,
        title=chosen(table.title, language),
        lines=lines,
        columns=tuple(chosen(column, language) for column in table.columns),
        rows=rows,
        wide=table.wide,
        chart=chart,
    )
