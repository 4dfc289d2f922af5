"""Errors of reports.

UsageError
├── PeriodWrong         no days, too many, or days that have not come yet
├── SubjectWrong        a special report without a subject, or a brief that names one
└── PersonNamed         a report on one advertiser that seems to be a natural person
ServiceAway
└── FontMissing         no font on this machine draws Chinese
"""

from collections.abc import Sequence
from datetime import date

from findings.model.errors import Said, ServiceAway, UsageError


class PeriodWrong(UsageError):
    """A report can't be made of these days."""

    def __init__(self, since: date, until: date, why: Said) -> None:
        super().__init__(
            f"no report from {since} to {until}: {why}", zh=f"不能生成 {since} 至 {until} 的报告：{why.zh}"
        )
        self.since = since
        self.until = until


class SubjectWrong(UsageError):
    """The kind of report and its subject don't fit."""

    def __init__(self, why: Said) -> None:
        super().__init__(str(why), zh=why.zh)


class PersonNamed(UsageError):
    """A report leaves the house: it has no natural person as its subject."""

    def __init__(self) -> None:
        super().__init__(
            "this name seems to be that of a natural person, whom no special report names: report on a source or a "
            "category, and work on the cases themselves (finadwatch cases)",
            zh="该名称疑似自然人姓名，专报不以自然人为题：请改以来源或类别为题，个案请用 finadwatch cases 办理",
        )


class FontMissing(ServiceAway):
    """Charts need a Chinese font, and there is none."""

    def __init__(self, wanted: Sequence[str]) -> None:
        super().__init__(
            f"no Chinese font for the charts (looked for {', '.join(wanted)}): install one "
            "(Debian, Ubuntu: apt-get install fonts-noto-cjk)",
            zh=f"没有可用于图表的中文字体（查找了 {'、'.join(wanted)}）：请安装（Debian/Ubuntu：apt-get install fonts-noto-cjk）",
        )
        self.wanted = tuple(wanted)
