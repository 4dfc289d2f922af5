"""Errors of officers' work on cases.

FinAdWatchError
├── StepRefused         a step can't be made as things stand; one sentence says why
│   ├── WrongStep       a case in this state does not take this step
│   ├── NotYours        the step is for somebody else: the head of the office, the program, another reader
│   ├── OnAnotherDesk   the case was given to another officer until an instant
│   ├── NothingToUndo   no action on the case can be taken back
│   └── StandsOnIt      later changes stand on what was to be taken back
UsageError
├── BadStep             a step with a value that can't be: no reason, minutes out of range, an unknown district
└── CalendarFaults      the office's own file of working days is wrong; every fault is listed
"""

from collections.abc import Sequence
from datetime import datetime

from findings.model.errors import FinAdWatchError, Said, UsageError
from findings.model.vocabulary import CASE_STATE_ZH, CaseState
from findings.model.zone import CHINA


class StepRefused(FinAdWatchError):
    """A step on a case can't be made as things stand."""

    def __init__(self, case_id: str, reason: Said) -> None:
        super().__init__(f"case {case_id}: {reason}", zh=f"案件线索 {case_id}：{reason.zh}")
        self.case_id = case_id
        self.reason = reason


class WrongStep(StepRefused):
    """A case in its state does not take a step."""

    def __init__(self, case_id: str, state: CaseState, step: Said, possible: Sequence[Said]) -> None:
        listed = ", ".join(possible) or "nothing"
        listed_zh = "、".join(one.zh for one in possible) or "无"
        super().__init__(
            case_id,
            Said(
                f"it is {state}, so it can't be {step}; possible now: {listed}",
                zh=f"状态为“{CASE_STATE_ZH[state]}”，不能{step.zh}；现在可以：{listed_zh}",
            ),
        )
        self.state = state


class NotYours(StepRefused):
    """A step that another person has to make."""


class OnAnotherDesk(StepRefused):
    """A case lies on another officer's desk."""

    def __init__(self, case_id: str, officer: str, until: datetime) -> None:
        at = f"{until.astimezone(CHINA):%Y-%m-%d %H:%M}"
        super().__init__(
            case_id,
            Said(
                f"it lies on {officer}'s desk until {at} (China): wait, or have it returned",
                zh=f"已由{officer}领取，至 {at} 止：请等待，或请其退回",
            ),
        )
        self.officer = officer
        self.until = until


class NothingToUndo(StepRefused):
    """Nothing on a case can be taken back."""


class StandsOnIt(StepRefused):
    """What was to be taken back has later changes standing on it."""


class BadStep(UsageError):
    """A step is asked for with a value that can't be."""

    def __init__(self, reason: Said) -> None:
        super().__init__(str(reason), zh=reason.zh)


class CalendarFaults(UsageError):
    """The office's own file of days off can't be used."""

    def __init__(self, path: str, faults: Sequence[Said]) -> None:
        super().__init__(
            f"the calendar {path} is wrong, correct it: {'; '.join(faults)}",
            zh=f"放假安排文件 {path} 有误，请改正：{'；'.join(fault.zh for fault in faults)}",
        )
        self.path = path
        self.faults = faults
