"""The words officers read for the closed lists of the model."""

from finadwatch.i18n import language, t
from findings.model.casework import AuditAction, ReviewVerdict
from findings.model.handover import Presence
from findings.model.vocabulary import (
    CASE_STATE_ZH,
    CATEGORY_EN,
    CATEGORY_ZH,
    DUTY_EN,
    DUTY_ZH,
    LICENCE_ZH,
    NOTICE_EN,
    NOTICE_ZH,
    OUTCOME_ZH,
    SEVERITY_ZH,
    CaseState,
    FormDuty,
    LicenceStatus,
    NoticeKind,
    Outcome,
    Severity,
)

#: By the values of `licences.model.FirmStatus`.
_FIRM_STATUS = {
    "active": "存续",
    "moved_out": "迁出",
    "suspended": "停业",
    "liquidating": "清算",
    "revoked": "吊销",
    "cancelled": "注销",
}
_VERDICT = {
    ReviewVerdict.CONFIRM: "确认",
    ReviewVerdict.EXCLUDE: "排除",
    ReviewVerdict.UNSURE: "存疑",
}
_ACTION = {
    AuditAction.OPENED: "重新核查",
    AuditAction.READ: "核查",
    AuditAction.STATE: "变更状态",
    AuditAction.ASSIGNED: "分派",
    AuditAction.EXTENDED: "延期",
    AuditAction.TAKEN: "领取",
    AuditAction.RETURNED: "退回",
    AuditAction.MERGED: "合并",
    AuditAction.SPLIT: "拆分",
    AuditAction.RELAPSED: "复发",
    AuditAction.WOKEN: "恢复待核",
    AuditAction.UNDONE: "撤销",
    AuditAction.ENTERED: "人工录入",
    AuditAction.UNMASKED: "查看未脱敏信息",
    AuditAction.RESCREENED: "重新判定存量",
    AuditAction.DRAFTED: "起草批次",
    AuditAction.APPROVED: "批准批次",
    AuditAction.SEALED: "签封批次",
    AuditAction.SENT: "发送批次",
    AuditAction.SETTLED: "办结批次",
    AuditAction.VOIDED: "作废批次",
    AuditAction.ANSWERED: "读入回执",
    AuditAction.PACKAGED: "写出证据包",
}
_PRESENCE = {
    Presence.WAITING: "未复查",
    Presence.UP: "仍在",
    Presence.GONE_ONCE: "疑已消失（待确认）",
    Presence.GONE: "已消失",
    Presence.BACK: "复现",
    Presence.UNSEEN: "无法判断",
}
#: How the details of captures begin; the longer before the shorter.
_DETAIL = {
    "robots: unreachable": "robots.txt 无法取得",
    "robots": "robots.txt 不允许",
    "cooldown until": "冷却中，至",
    "address": "地址",
    "download": "文件，不下载",
    "proxy": "代理",
    "connection": "连接",
    "certificate": "证书",
    "browser": "浏览器",
    "http": "HTTP",
    "size": "过大",
    "redirect": "跳转",
    "signature": "页面特征",
    "given up": "多次尝试未完成，已放弃，次数",
    "refused by the store": "存储拒收，见 finadwatch outbox dead",
    "page": "页面",
}
#: What recurs behind it.
_TAIL = {
    " is loopback": " 为本机地址",
    " is private": " 为内网地址",
    " is shared": " 为共享地址",
    " is link-local": " 为链路本地地址",
    " is reserved": " 为保留地址",
    " is unspecified": " 为空地址",
    " is multicast": " 为组播地址",
    " is a metadata service": " 为云主机元数据服务",
    "user name or password in the address": "网址中含用户名或密码",
    "asks for a login": "要求登录",
    "turns the visitor away": "拒绝访问",
    ", the page is gone": "，页面不存在",
    "from the server": "服务器出错",
    "the page did not load in time": "页面未能及时载入",
    "more steps than are followed": "次数过多",
}


def category_label(category: int) -> str:
    """Number and short name of a content category (1–9)."""
    return f"{category} {CATEGORY_ZH[category] if language() == 'zh' else CATEGORY_EN[category]}"


def duty_label(duty: FormDuty) -> str:
    """A form duty in a few words, marked as one: it is none of the nine categories."""
    return t(f"形式·{DUTY_ZH[duty]}", f"form: {DUTY_EN[duty]}")


def notice_label(kind: NoticeKind) -> str:
    """What a notice asks for, marked as one: it is none of the nine categories."""
    return t(f"通知·{NOTICE_ZH[kind]}", f"notice: {NOTICE_EN[kind]}")


def licence_label(status: LicenceStatus) -> str:
    """A licence status in words."""
    return t(LICENCE_ZH[status], status.value.replace("_", " "))


def outcome_label(outcome: str) -> str:
    """An outcome in words."""
    return t(OUTCOME_ZH[Outcome(outcome)], outcome)


def detail_label(detail: str) -> str:
    """Why a task ended as it did, as a capture keeps it: in Chinese the words that recur are translated."""
    if language() != "zh":
        return detail
    head = next(
        (head for head in _DETAIL if detail == head or detail.startswith((f"{head} ", f"{head}:"))), ""
    )
    tail = detail[len(head) :].removeprefix(":").strip()
    for english, chinese in _TAIL.items():
        tail = tail.replace(english, chinese)
    said = _DETAIL.get(head, "")
    return f"{said}：{tail}" if said and tail else said or tail


def severity_label(severity: Severity | None) -> str:
    """A severity in a word; a dash for none."""
    return t(SEVERITY_ZH[severity], severity.value) if severity else "-"


def state_label(state: CaseState) -> str:
    """A case's state in words."""
    return t(CASE_STATE_ZH[state], state.value)


def verdict_label(verdict: ReviewVerdict) -> str:
    """What a reader says of a case, in a word."""
    return t(_VERDICT[verdict], verdict.value)


def action_label(action: AuditAction) -> str:
    """What was done to a case, in a word."""
    return t(_ACTION[action], action.value)


def presence_label(presence: Presence) -> str:
    """What visits say so far of an ad that was handed over."""
    return t(_PRESENCE[presence], presence.value.replace("_", " "))


def firm_status_label(status: str) -> str:
    """What a business register says of a firm's existence."""
    return t(_FIRM_STATUS[status], status.replace("_", " "))
