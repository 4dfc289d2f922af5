"""What a report says beside its numbers, in Chinese and English; captured text as it may print. Pure."""

from collections.abc import Mapping

import msgspec

from findings.model.handover import PAPER_ZH, Paper, Presence
from findings.model.vocabulary import (
    CASE_STATE_ZH,
    CATEGORY_EN,
    CATEGORY_ZH,
    DUTY_EN,
    DUTY_ZH,
    OUTCOME_ZH,
    SEVERITY_ZH,
    CaseState,
    FormDuty,
    Outcome,
    Severity,
)
from handover.documents.words import printable
from handover.reports.layout import Cell
from handover.reports.numbers import Number
from handover.reports.reading import ENOUGH, Reading

#: Marks behind numbers, explained under the definitions.
THIN, FEW = "†", "‡"
#: Below this many ads a rate says little of others like them.
MANY = 30
_PRESENCE = {
    Presence.WAITING: ("未复查", "not visited yet"),
    Presence.UP: ("仍在", "still up"),
    Presence.GONE_ONCE: ("一次未见，待再次确认", "gone by one visit, to be confirmed"),
    Presence.GONE: ("已消失", "gone"),
    Presence.BACK: ("复现", "back again"),
    Presence.UNSEEN: ("无法判断", "could not be seen"),
}


class Words(msgspec.Struct, frozen=True):
    """The words of one language; `sources` are the names of sources in it."""

    language: str
    sources: Mapping[str, str] = {}

    def say(self, zh: str, en: str) -> str:
        """One text in this language."""
        return zh if self.language == "zh" else en

    def source(self, name: str) -> str:
        """A source by its name for people."""
        return plain(self.sources.get(name, name), 40)

    def category(self, number: int) -> str:
        """Number and name of a category."""
        return f"{number} {self.say(CATEGORY_ZH[number], CATEGORY_EN[number])}"

    def duty(self, name: str) -> str:
        """A form duty in a few words."""
        return self.say(DUTY_ZH[FormDuty(name)], DUTY_EN[FormDuty(name)])

    def state(self, name: str) -> str:
        """The state of a case."""
        return self.say(CASE_STATE_ZH[CaseState(name)], name.replace("_", " "))

    def paper(self, paper: Paper) -> str:
        """What a batch asks for."""
        return self.say(PAPER_ZH[paper], paper.value)

    def presence(self, name: str) -> str:
        """What the visits say of an ad."""
        return self.say(*_PRESENCE[Presence(name)])

    def severity(self, severity: Severity) -> str:
        """A severity in a word."""
        return self.say(SEVERITY_ZH[severity], severity.value)

    def unread(self, reading: Reading) -> str:
        """Why pages were not read, the most frequent first."""
        ordered = sorted(reading.unread.items(), key=lambda one: (-one[1], one[0]))
        told = (f"{self.say(OUTCOME_ZH[Outcome(name)], name)} {count}" for name, count in ordered)
        return self.say("、", ", ").join(told) or "—"

    def read(self, reading: Reading) -> str:
        """The share of pages that were read; a mark where that is too little."""
        return "—" if reading.rate is None else percent(reading.rate) + ("" if reading.enough else THIN)


def plain(text: str, limit: int) -> str:
    """Captured text on one line, as paper and page print it: what would steer or has no glyph is spelled."""
    told = printable(" ".join(text[: 4 * limit].split()))
    return told if len(told) <= limit else told[:limit] + "…"


def percent(share: float) -> str:
    """A share as a percentage of one decimal."""
    return f"{100 * share:.1f}%"


def counted(number: Number, reading: Reading | None = None) -> Cell:
    """A number; none found on too few pages is marked, for it says nothing."""
    mark = THIN if reading is not None and not number.value and not reading.enough else ""
    return Cell(f"{number.value}{mark}", number)


def share(part: int, whole: int, reading: Reading | None = None) -> Cell:
    """A part of a whole, marked where few were found or too few pages read."""
    if not whole:
        return Cell("—")
    mark = (FEW if whole < MANY else "") + (THIN if reading is not None and not reading.enough else "")
    return Cell(percent(part / whole) + mark)


def definitions(words: Words) -> tuple[str, ...]:
    """What each number counts: one definition a number."""
    say = words.say
    return (
        say(
            "本报告所列均为涉嫌线索，由程序判定、供人工核查，不是违法认定。",
            "Everything here is a lead: judged by a program, to be read by an officer. It is no verdict.",
        ),
        say(
            "日期与周均按北京时间；周为 ISO 周（周一至周日），期首、期末不足七天的标为“不足周”。",
            "Days and weeks are those of China; weeks are ISO weeks (Monday to Sunday), those cut by the period are marked.",
        ),
        say(
            "新发现广告：首次发现在本期内的广告。同一来源、同一落地页、同一文案为一条，无论出现多少次。",
            "Ads found: ads first seen in the period. The same source, landing page and words are one ad, however often seen.",
        ),
        say(
            "在播广告：首次发现不晚于期末且最近一次发现不早于期初的广告（含以前发现的）。",
            "Ads running: ads first seen by the end of the period and last seen at or after its beginning.",
        ),
        say(
            "涉嫌线索：新发现广告中至少有一项“明确”线索（内容类别 1–9）的；只有“存疑”线索的另列，不计入线索率。形式义务另列。",
            "Leads: ads found with at least one clear finding of a content category (1–9). Ads with arguable findings alone "
            "are listed apart and don't count; so are form duties.",
        ),
        say(
            "线索率 = 涉嫌线索 ÷ 新发现广告。一条广告可同时涉及多个类别、由多地管辖，故按类别、按属地各行之和可大于合计；"
            "按来源、按周各行之和等于合计。",
            "Rate of leads = leads ÷ ads found. An ad may have several categories and provinces, so those rows may add up to "
            "more than the whole; sources and weeks add up to it exactly.",
        ),
        say(
            "覆盖率 = 读到页面的任务（成功、确无结果）÷ 期内结束的全部任务（含跳过）。验证码、拦截、超时等未读到页面的任务不说明有无广告。",
            "Coverage = tasks whose page was read (ok, empty) ÷ all tasks that ended in the period (skipped ones too). "
            "A page that was refused says nothing of ads.",
        ),
        say(
            f"{THIN} 覆盖率不足 {ENOUGH:.0%} 或没有抓取记录：数量偏少，为 0 时不能认为没有。",
            f"{THIN} less than {ENOUGH:.0%} of the pages were read, or none was asked for: numbers are too low, and 0 says nothing.",
        ),
        say(
            f"{FEW} 新发现广告不足 {MANY} 条：比率仅供参考。",
            f"{FEW} fewer than {MANY} ads: the rate is a hint only.",
        ),
        say(
            "属地：有管辖权的机关所在省、市（计划单列市同时计入本省）；无法确定的不列。",
            "Province: the seat of the authorities that handle an ad (five cities count in their province too); unknown ones are left out.",
        ),
        say(
            "主要广告主：任一名称（识别出的、页面显示的、备案主体、应用开发者）含所列字样的涉嫌线索数；疑似自然人的只列首字，"
            "以案件编号检索。",
            "Advertisers: leads of which any name (recognised, shown, of the filing, of the developer) holds the one listed. What "
            "seems a natural person is masked and searched for by its cases.",
        ),
        say(
            "案件状态为生成报告时的状态；本报告的检索式日后重跑，数量可能因再次判定、继续办理或补录而变化。",
            "States of cases are those of the moment the report was made. The same search later may give another number: ads are "
            "judged again, cases are worked on, late captures come in.",
        ),
        say(
            "处置用时：自批次发送至两次复查中首次确认消失；未消失的不计用时，但计入总数，故“半数消失”按全部发出的行计算。",
            "Time to takedown: from sending a batch to the first of the two visits that saw the ad gone. Rows that are not gone "
            "have none but count: half of all rows, not of those gone.",
        ),
    )
