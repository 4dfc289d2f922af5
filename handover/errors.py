"""Errors of handing over.

FinAdWatchError
├── NothingToHandOver   no case matches, so no batch is made
├── OwingBroken         the note beside a batch can't be read
├── WrongBatchStep      a batch in its state does not take this step
├── NotApprover         this person may not approve this batch
├── BatchChanged        somebody else changed a batch at the same moment
├── CasesChanged        cases of an approved batch are no leads any more: it has to be drafted anew
├── NumberTaken         another batch's files lie under the number of this one
├── WriterLost          a process that wrote packages was killed
└── BatchBroken         a package or batch can't be read as one
UsageError
├── KeyUnusable         the signing key is not an Ed25519 private key in PEM
├── AddresseeUnknown    what looks like an id of an addressee is none
├── AddresseesWrong     the office's own file of addressees can't be used; every fault is listed
├── BatchNote           a step lacks its reason or way, or has too long a one
└── NoSuchBatch         a batch that was asked for is not in the store
"""

from collections.abc import Sequence
from pathlib import Path

from findings.model.errors import FinAdWatchError, Said, UsageError
from findings.model.handover import BATCH_STATE_ZH, BatchState


class NothingToHandOver(FinAdWatchError):
    """No case matches."""

    def __init__(self) -> None:
        super().__init__(
            "no case matches, so no batch was made: widen the conditions or crawl first",
            zh="没有符合条件的案件线索，未生成批次：请放宽条件或先行抓取",
        )


class OwingBroken(FinAdWatchError):
    """What a killed process left to be noted is not known any more."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} can't be read ({reason}): hand over what is still confirmed of that batch by finadwatch cases state, "
            "then remove the file",
            zh=f"{path} 无法读取（{reason}）：请用 finadwatch cases state 把该批次中仍为“确认”的案件转为移送，再删除该文件",
        )
        self.path = path


class BatchBroken(FinAdWatchError):
    """A folder or ZIP is no package or batch of ours."""

    def __init__(self, path: Path, reason: str) -> None:
        why = reason.zh if isinstance(reason, Said) else reason
        super().__init__(
            f"{path} is no readable package or batch ({reason}): ask the sender for it again",
            zh=f"{path} 不是可读的证据包或批次（{why}）：请向发出机关重新索取",
        )
        self.path = path


class KeyUnusable(UsageError):
    """The signing key can't be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"the signing key {path} can't be used ({reason}): give an Ed25519 private key in PEM",
            zh=f"签名私钥 {path} 无法使用（{reason}）：请提供 PEM 格式的 Ed25519 私钥",
        )
        self.path = path


class AddresseesWrong(UsageError):
    """The office's own file of addressees and papers is wrong."""

    def __init__(self, path: Path, faults: Sequence[Said]) -> None:
        super().__init__(
            f"the file of addressees {path} is wrong, correct it: {'; '.join(faults)}",
            zh=f"移送对象文件 {path} 有误，请改正：{'；'.join(fault.zh for fault in faults)}",
        )
        self.path = path
        self.faults = faults


class AddresseeUnknown(UsageError):
    """A word like an id (`nobodyhere`) that is no addressee's of this paper: no letter goes out to a slip."""

    def __init__(self, named: str, known: Sequence[str]) -> None:
        listed = ", ".join(known)
        super().__init__(
            f"no addressee of this paper has the id {named!r}: give "
            + (f"one of {listed}, or " if listed else "")
            + "a whole name",
            zh=f"该文书没有编号为 {named!r} 的收件单位：请"
            + (f"用 {listed}，或" if listed else "")
            + "写明单位全称",
        )
        self.named = named


class WrongBatchStep(FinAdWatchError):
    """A batch in its state does not take a step."""

    def __init__(self, name: str, state: BatchState, step: Said, possible: Said) -> None:
        super().__init__(
            f"batch {name} is {state}, so it can't be {step}; possible now: {possible}",
            zh=f"批次 {name} 状态为“{BATCH_STATE_ZH[state]}”，不能{step.zh}；现在可以：{possible.zh}",
        )
        self.state = state


class NotApprover(FinAdWatchError):
    """A batch is to be approved by somebody who may not."""

    def __init__(self, batch_id: str, reason: Said) -> None:
        super().__init__(f"batch {batch_id}: {reason}", zh=f"批次 {batch_id}：{reason.zh}")
        self.reason = reason


class BatchChanged(FinAdWatchError):
    """Somebody else changed a batch between reading and writing it."""

    def __init__(self, name: str, state: BatchState | None) -> None:
        now = BATCH_STATE_ZH[state] if state else "不存在"
        super().__init__(
            f"batch {name} was changed by somebody else just now ({state or 'gone'}): look at it, then call again",
            zh=f"批次 {name} 刚被他人变更（现为{now}）：请查看后重试",
        )
        self.state = state


class CasesChanged(FinAdWatchError):
    """Cases of an approved batch were excluded or merged since."""

    def __init__(self, name: str, case_ids: Sequence[str]) -> None:
        some = ", ".join(case_ids[:10]) + (" …" if len(case_ids) > 10 else "")
        super().__init__(
            f"batch {name} can't be sealed: {len(case_ids)} of its cases were excluded, merged or removed since it was "
            f"drafted ({some}): void it and draft it anew",
            zh=f"批次 {name} 不能签封：起草后有 {len(case_ids)} 件被排除、合并或已不存在（{some}）：请作废后重新起草",
        )
        self.case_ids = tuple(case_ids)


class NumberTaken(FinAdWatchError):
    """Under the number of a batch lie the files of another one."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"{folder} holds another batch, of another store or an earlier release: move it away, then seal again",
            zh=f"{folder} 已存有另一批次（来自其他存储或早期版本）：请移走后重新签封",
        )
        self.folder = folder


class WriterLost(FinAdWatchError):
    """A process that wrote packages of a batch ended before its work."""

    def __init__(self) -> None:
        super().__init__(
            "a process that wrote evidence packages was killed, most often for want of memory: seal the batch again, it "
            "keeps its number",
            zh="写证据包的进程被终止（多因内存不足）：请重新签封，文号不变",
        )


class BatchNote(UsageError):
    """A step on a batch is asked for with a note that can't be."""

    def __init__(self, reason: Said) -> None:
        super().__init__(str(reason), zh=reason.zh)


class NoSuchBatch(UsageError):
    """No batch has this id, number or mark."""

    def __init__(self, name: str, several: int = 0) -> None:
        super().__init__(
            f"{several} batches are called {name!r}: give the id"
            if several
            else f"there is no batch {name!r}: see finadwatch takedown list",
            zh=f"有 {several} 个批次名为 {name!r}：请给出编号"
            if several
            else f"没有批次 {name!r}：可用 finadwatch takedown list 查看",
        )
        self.name = name
