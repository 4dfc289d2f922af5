"""Undo: what an action changed becomes as it was; the trail keeps both; what stands on later changes stays."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.model.casework import SYSTEM, AuditAction, AuditDraft, AuditEntry, CaseFile, ReviewVerdict
from findings.model.vocabulary import CaseState
from findings.review.acting import act
from findings.review.chain import chained
from findings.review.errors import NothingToUndo, NotYours, StandsOnIt, StepRefused
from findings.review.house import House
from findings.review.steps import Assign, Close, Enter, HandOver, Read, Relapse, Reopen, Return, Step, Take
from findings.review.undoing import undo
from tests.support.casework import case_file, officer
from tests.support.records import minutes

CONFIRM, EXCLUDE, UNSURE = ReviewVerdict
STEPS: list[Step] = [
    Read(verdict=CONFIRM, note="承诺保本"),
    Read(verdict=EXCLUDE, note="系新闻"),
    Read(verdict=UNSURE, note="看不清"),
    HandOver("批次 2026-0001"),
    Close("已关闭"),
    Reopen("新证据"),
    Assign(officer="顾三", district="静安区"),
    Take(30),
    Return(),
]


class Desk:
    """A case and its trail, as a store keeps them."""

    def __init__(self, state: CaseState = CaseState.OPEN) -> None:
        self.file = case_file(state)
        self.trail: list[AuditEntry] = []

    def keep(self, new: CaseFile, draft: AuditDraft) -> None:
        stored = msgspec.json.decode(msgspec.json.encode(draft), type=AuditDraft)
        self.file = replace(new, version=self.file.version + 1, updated_at=draft.at)
        self.trail.append(chained(stored, self.trail[-1] if self.trail else None))

    def do(self, step: Step, actor: str = "沈一", bulk: str | None = None) -> None:
        at = len(self.trail)
        self.keep(*act(self.file, step, officer(actor, minutes(at), entry=f"e{at}", bulk=bulk)))

    def undo(self, actor: str = "沈一", house: House | None = None, bulk: str | None = None) -> None:
        at = len(self.trail)
        self.keep(*undo(self.file, self.trail, officer(actor, minutes(at), house, entry=f"e{at}"), bulk=bulk))

    @property
    def plain(self) -> CaseFile:
        return replace(self.file, version=0, updated_at=minutes(0))


@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=6))
def test_undoing_all_that_was_done_leads_back_step_by_step(steps: list[Step]) -> None:
    desk = Desk()
    were = []
    for step in steps:
        before = desk.plain
        try:
            desk.do(step)
        except StepRefused:
            continue
        were.append(before)
    done = len(desk.trail)
    for before in reversed(were):
        desk.undo()
        assert desk.plain == before
    assert len(desk.trail) == 2 * done
    with pytest.raises(NothingToUndo, match="nothing was done"):
        desk.undo()


def test_the_trail_says_what_was_taken_back() -> None:
    desk = Desk()
    desk.do(STEPS[1])
    desk.undo()
    last = desk.trail[-1].draft
    assert (last.action, last.undoes) == (AuditAction.UNDONE, "e0")
    assert last.after[desk.file.id]["state"] == "open"  # type: ignore[index]
    assert desk.file.version == 3


def test_after_an_undo_the_case_can_be_read_anew() -> None:
    desk = Desk()
    desk.do(STEPS[1])
    desk.undo()
    desk.do(STEPS[0])
    assert desk.file.state is CaseState.CONFIRMED
    desk.undo()
    assert desk.file.state is CaseState.OPEN


def test_another_officers_action_is_for_them_or_a_head_to_take_back() -> None:
    house = House(heads=("程局",))
    desk = Desk()
    desk.do(STEPS[0], "沈一")
    with pytest.raises(NotYours, match="done by 沈一"):
        desk.undo("陆二", house)
    desk.undo("程局", house)
    assert desk.file.state is CaseState.OPEN


def test_what_the_program_did_last_is_not_undone() -> None:
    desk = Desk(CaseState.CLOSED)
    desk.do(Relapse(), SYSTEM)
    with pytest.raises(NothingToUndo, match="the program's"):
        desk.undo()


def test_that_an_ad_was_entered_by_hand_stays() -> None:
    desk = Desk()
    desk.do(Enter(note="巡查发现"))
    with pytest.raises(NothingToUndo, match="entered by hand"):
        desk.undo()


def test_a_merge_is_taken_back_elsewhere() -> None:
    desk = Desk()
    merged = AuditDraft(
        id="e0", at=minutes(0), actor="沈一", action=AuditAction.MERGED, case_ids=(desk.file.id,)
    )
    desk.keep(desk.file, merged)
    with pytest.raises(NothingToUndo, match="cases undo"):
        desk.undo()


def test_a_field_changed_behind_the_trail_is_not_overwritten() -> None:
    desk = Desk()
    desk.do(STEPS[0])
    desk.file = replace(desk.file, state=CaseState.HANDED_OVER)
    with pytest.raises(StandsOnIt, match="state"):
        desk.undo()


def test_a_bulk_action_is_taken_back_only_where_nothing_came_after_it() -> None:
    desk = Desk()
    desk.do(STEPS[0], bulk="b1")
    desk.undo(bulk="b1")
    assert desk.file.state is CaseState.OPEN
    desk.do(STEPS[0], bulk="b2")
    desk.do(STEPS[6], "陆二")
    with pytest.raises(StandsOnIt, match="came after it"):
        desk.undo(bulk="b2")
