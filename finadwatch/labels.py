"""The words officers read for the closed lists of the model."""

from finadwatch.i18n import language, t
from findings.model.vocabulary import (
    CATEGORY_EN,
    CATEGORY_ZH,
    DUTY_EN,
    DUTY_ZH,
    LICENCE_ZH,
    CaseState,
    FormDuty,
    LicenceStatus,
    Outcome,
    Severity,
)

_OUTCOME = {
    Outcome.OK: "成功",
    Outcome.EMPTY: "确无结果",
    Outcome.CAPTCHA: "验证码",
    Outcome.LOGIN: "需登录",
    Outcome.BLOCKED: "被拦截",
    Outcome.SELECTOR_BROKEN: "页面改版",
    Outcome.TIMEOUT: "超时",
    Outcome.UNREACHABLE: "无法访问",
    Outcome.SKIPPED: "已跳过",
    Outcome.ERROR: "出错",
}
_SEVERITY = {Severity.LOW: ("低", "low"), Severity.MEDIUM: ("中", "medium"), Severity.HIGH: ("高", "high")}
_STATE = {
    CaseState.OPEN: "待核",
    CaseState.CONFIRMED: "确认",
    CaseState.EXCLUDED: "排除",
    CaseState.UNSURE: "存疑",
    CaseState.HANDED_OVER: "移送",
    CaseState.CLOSED: "已处置",
    CaseState.RELAPSED: "复发",
}


def category_label(category: int) -> str:
    """Number and short name of a content category (1–9)."""
    return f"{category} {CATEGORY_ZH[category] if language() == 'zh' else CATEGORY_EN[category]}"


def duty_label(duty: FormDuty) -> str:
    """A form duty in a few words, marked as one: it is none of the nine categories."""
    return t(f"形式·{DUTY_ZH[duty]}", f"form: {DUTY_EN[duty]}")


def licence_label(status: LicenceStatus) -> str:
    """A licence status in words."""
    return t(LICENCE_ZH[status], status.value.replace("_", " "))


def outcome_label(outcome: str) -> str:
    """An outcome in words."""
    return t(_OUTCOME[Outcome(outcome)], outcome)


def severity_label(severity: Severity | None) -> str:
    """A severity in a word; a dash for none."""
    return t(*_SEVERITY[severity]) if severity else "-"


def state_label(state: CaseState) -> str:
    """A case's state in words."""
    return t(_STATE[state], state.value)
