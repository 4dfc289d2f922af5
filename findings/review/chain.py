"""The chain of the audit trail: each entry carries the digest of the one before, so that a change shows.

What the chain can't show by itself is that its last entries were cut off, or that somebody with the rights of
the store wrote it anew from some entry on. Against both an office notes a `Head` elsewhere (on paper, in
a batch handed over) and checks the trail against it.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import UTC
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from findings.model.casework import AuditDraft, AuditEntry
from findings.model.errors import Said
from findings.model.surrogates import without_halves


class Head(msgspec.Struct, frozen=True):
    """An entry's number and digest, as somebody noted them."""

    number: int
    digest: str


class FaultKind(StrEnum):
    """What is wrong with the first faulty entry."""

    MISSING = "missing"
    MISPLACED = "misplaced"
    UNLINKED = "unlinked"
    ALTERED = "altered"
    CUT_OFF = "cut_off"
    OTHER_HEAD = "other_head"


class ChainFault(msgspec.Struct, frozen=True):
    """The first entry that is not as it was written. `number` is the place in the trail it concerns."""

    number: int
    kind: FaultKind
    entry_id: str | None = None

    @property
    def said(self) -> Said:
        """One sentence for a person."""
        en, zh = _SENTENCES[self.kind]
        return Said(en.format(n=self.number), zh=zh.format(n=self.number))


_SENTENCES: dict[FaultKind, tuple[str, str]] = {
    FaultKind.MISSING: ("entry {n} is missing", "第 {n} 条缺失"),
    FaultKind.MISPLACED: (
        "in the place of entry {n} stands one that comes earlier: two were swapped or one put in",
        "第 {n} 条处出现了更早的记录：有记录被调换或插入",
    ),
    FaultKind.UNLINKED: (
        "entry {n} does not follow from the one before: one of the two was replaced",
        "第 {n} 条与上一条不衔接：其中一条被替换",
    ),
    FaultKind.ALTERED: ("entry {n} was altered after it was written", "第 {n} 条写入后被改动"),
    FaultKind.CUT_OFF: (
        "entry {n}, which was noted before, is not there: the end of the trail was cut off",
        "此前记下的第 {n} 条不存在：日志末尾被截去",
    ),
    FaultKind.OTHER_HEAD: (
        "entry {n} has another digest than was noted before: the trail was written anew",
        "第 {n} 条的摘要与此前记下的不同：日志被重写",
    ),
}


class Verified(msgspec.Struct, frozen=True):
    """What checking a trail gave: how many entries are sound from the first, the last of them, the first fault."""

    entries: int
    head: Head | None
    fault: ChainFault | None

    @property
    def sound(self) -> bool:
        """Whether every entry is as it was written."""
        return self.fault is None


def canonical(number: int, draft: AuditDraft, previous: str) -> bytes:
    """The one JSON text of an entry: keys sorted, no spaces, UTF-8, instants in UTC.

    Lone surrogates stand as U+FFFD, as stores keep them. Raises ValueError for a number that is none (NaN).
    """
    plain = msgspec.to_builtins(replace(draft, at=draft.at.astimezone(UTC)))
    whole = without_halves({"number": number, "draft": plain, "previous": previous})
    text = json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def digest(number: int, draft: AuditDraft, previous: str) -> str:
    """SHA-256 (hex) of an entry in its place; `previous` is "" for the first."""
    return hashlib.sha256(canonical(number, draft, previous)).hexdigest()


def chained(draft: AuditDraft, last: AuditEntry | Head | None) -> AuditEntry:
    """The entry that a draft becomes after `last` (None: it is the first)."""
    number = last.number + 1 if last else 1
    previous = last.digest if last else ""
    return AuditEntry(number=number, draft=draft, previous=previous, digest=digest(number, draft, previous))


def verify(entries: Iterable[AuditEntry], noted: Head | None = None) -> Verified:
    """Check a whole trail in order, one entry in memory at a time; stop at the first fault."""
    last = Head(0, "")
    for entry in entries:
        fault = _fault(entry, last) or _against(entry, noted)
        if fault:
            return Verified(last.number, last if last.number else None, fault)
        last = Head(entry.number, entry.digest)
    head = last if last.number else None
    if noted and noted.number > last.number:
        return Verified(last.number, head, ChainFault(noted.number, FaultKind.CUT_OFF))
    return Verified(last.number, head, None)


def _fault(entry: AuditEntry, last: Head) -> ChainFault | None:
    due = last.number + 1
    if entry.number > due:
        return ChainFault(due, FaultKind.MISSING)
    if entry.number < due:
        return ChainFault(due, FaultKind.MISPLACED, entry.draft.id)
    if entry.digest != digest(entry.number, entry.draft, entry.previous):
        return ChainFault(due, FaultKind.ALTERED, entry.draft.id)
    if entry.previous != last.digest:
        return ChainFault(due, FaultKind.UNLINKED, entry.draft.id)
    return None


def _against(entry: AuditEntry, noted: Head | None) -> ChainFault | None:
    if noted and entry.number == noted.number and entry.digest != noted.digest:
        return ChainFault(entry.number, FaultKind.OTHER_HEAD, entry.draft.id)
    return None
