"""What an office keeps of a batch that it hands over, and of every ad in it until that is gone.

The papers themselves are files (`handover/`); these records say how far each has come. `version` counts changes
from 1: a record is replaced only by somebody who has seen what it replaces.
"""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from findings.model.crawl import EvidenceRef
from findings.model.vocabulary import Device, Outcome


class Paper(StrEnum):
    """What a batch asks of its addressee, and so which papers it is made of.

    `CLOSURE` 网站关闭名单 to a communications administration; `STOP` 停止发布通知 to a platform or publisher;
    `TRANSFER` 甄别移送函 to a financial regulator; `POLICE` 线索移送 to the police; `DISTRICT` 交办 to a bureau below.
    """

    CLOSURE = "closure"
    STOP = "stop"
    TRANSFER = "transfer"
    POLICE = "police"
    DISTRICT = "district"


class BatchState(StrEnum):
    """草稿 已批准 已签封 已发送 已办结 作废. Only `SEALED` and what follows has files."""

    DRAFT = "draft"
    APPROVED = "approved"
    SEALED = "sealed"
    SENT = "sent"
    CLOSED = "closed"
    VOID = "void"


#: The words officers read.
PAPER_ZH: dict[Paper, str] = {
    Paper.CLOSURE: "网站关闭名单",
    Paper.STOP: "停止发布通知",
    Paper.TRANSFER: "甄别移送",
    Paper.POLICE: "线索移送（公安）",
    Paper.DISTRICT: "区县交办",
}
BATCH_STATE_ZH: dict[BatchState, str] = {
    BatchState.DRAFT: "草稿",
    BatchState.APPROVED: "已批准",
    BatchState.SEALED: "已签封",
    BatchState.SENT: "已发送",
    BatchState.CLOSED: "已办结",
    BatchState.VOID: "作废",
}


class Done(msgspec.Struct, frozen=True):
    """One step of a batch: who did it, when (UTC), and what they said of it."""

    by: str
    at: datetime
    note: str = ""


class BatchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One batch. `id` is random (32 hex digits); `number` counts from 1 within office and year, None
    until sealing begins: a batch whose sealing was broken off keeps it.

    `mark` is the number as the office writes it (〔2026〕1号). `case_ids` are in the order of the rows, `query`
    is what they were chosen by. `manifest` is the SHA-256 of the sealed manifest, `key` the fingerprint of the key
    that signed it. `due` is the day (in China) by which an answer is asked for.
    """

    id: str
    version: int
    paper: Paper
    state: BatchState
    office: str
    addressee: str
    year: int
    number: int | None = None
    mark: str = ""
    case_ids: tuple[str, ...]
    query: str = ""
    drafted: Done
    approved: Done | None = None
    sealed: Done | None = None
    sent: Done | None = None
    ended: Done | None = None
    due: date | None = None
    manifest: str = ""
    key: str = ""


class Answer(StrEnum):
    """What an addressee says of one row: 已关闭 已处理 无法联系 非本机关管辖 未处理, or words nobody could read."""

    CLOSED = "closed"
    HANDLED = "handled"
    UNREACHABLE = "unreachable"
    NOT_OURS = "not_ours"
    NOT_DONE = "not_done"
    UNCLEAR = "unclear"


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """An addressee's answer to one row. `text` is what it wrote, `on` the day it names, `file` the SHA-256 of the
    file that came back, `line` its row there, from 1; `at` when it was read (UTC), `by` whom."""

    answer: Answer
    text: str
    on: date | None = None
    file: str
    line: int
    at: datetime
    by: str


class Presence(StrEnum):
    """What the visits say so far of an ad that was handed over.

    `WAITING` 未复查, `UP` 仍在, `GONE_ONCE` seen to be gone by one visit, `GONE` 已消失 by two, `BACK` 复现,
    `UNSEEN` 无法判断: only refusals and failures, which say nothing.
    """

    WAITING = "waiting"
    UP = "up"
    GONE_ONCE = "gone_once"
    GONE = "gone"
    BACK = "back"
    UNSEEN = "unseen"


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """One visit to an ad that was handed over. `there`: the ad was seen; None where the visit says nothing.

    `why` is one sentence for a person; `region` is that of the plan the visit went out from.
    """

    at: datetime
    url: str
    outcome: Outcome
    there: bool | None
    why: str
    region: str | None = None
    device: Device = Device.DESKTOP
    evidence: tuple[EvidenceRef, ...] = ()


class HandedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a batch that was sealed: one case, followed until its ad is gone.

    `id` is `<batch id>/<row, five digits>`, rows count from 1. `sent_at` is when the time to takedown begins, `gone_at`
    when it ends: the first of the two visits that saw the ad gone; `back_at` when it was seen
    again after that. `next_visit` is when it is owed the next visit, None when no more are owed. `visits` are the
    last ones, oldest first; `receipts` all answers, oldest first.
    """

    id: str
    version: int
    batch_id: str
    row: int
    case_id: str
    ad_ids: tuple[str, ...]
    title: str
    advertiser: str | None
    host: str | None
    urls: tuple[str, ...]
    sources: tuple[str, ...] = ()
    sent_at: datetime | None = None
    receipts: tuple[Receipt, ...] = ()
    presence: Presence = Presence.WAITING
    visits: tuple[Visit, ...] = ()
    next_visit: datetime | None = None
    gone_at: datetime | None = None
    back_at: datetime | None = None


def item_id(batch_id: str, row: int) -> str:
    """The id of a batch's row (from 1)."""
    return f"{batch_id}/{row:05d}"
