"""No batch goes a way that it should not, whoever asks for what in which order."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.model.errors import FinAdWatchError
from findings.model.handover import BatchRecord, BatchState, Done, Paper
from handover.batch_life import Approvers, approve, close, draft, numbered, seal, send, void
from handover.errors import BatchNote, NotApprover, WrongBatchStep

AT = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)  # an hour before the new year in China
NAMES = ("甲", "乙", "丙")


def drafted(by: str = "甲") -> BatchRecord:
    return draft(
        "0" * 32,
        Paper.STOP,
        office="测试局",
        addressee="测试网",
        case_ids=("c1-0",),
        query="",
        by=Done(by=by, at=AT),
    )


STEPS: dict[str, Callable[[BatchRecord, Done, Approvers], BatchRecord]] = {
    "approve": approve,
    "number": lambda record, by, _: numbered(record, 7, "测", None),
    "seal": lambda record, by, _: seal(record, by, "0" * 64, "1" * 64),
    "send": lambda record, by, _: send(record, by),
    "close": lambda record, by, _: close(record, by),
    "void": lambda record, by, _: void(record, by),
}


@given(
    st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from(NAMES)), max_size=8),
    st.sets(st.sampled_from(NAMES)),
    st.booleans(),
)
def test_every_way_through_life_keeps_the_rules(
    asked: list[tuple[str, str]], named: set[str], one_person: bool
) -> None:
    record = drafted()
    approvers = Approvers(names=tuple(named), one_person=one_person)
    for step, who in asked:
        before = record
        try:
            record = STEPS[step](record, Done(by=who, at=AT, note="理由"), approvers)
        except FinAdWatchError:
            assert record == before
        if before.number is not None:
            assert (record.number, record.mark) == (before.number, before.mark)
    if record.approved is not None:
        assert not named or record.approved.by in named
        assert record.approved.by != record.drafted.by or "一人机构" in record.approved.note
        assert one_person or record.approved.by != record.drafted.by
    if record.state in (BatchState.SEALED, BatchState.SENT, BatchState.CLOSED):
        assert record.approved is not None
        assert record.sealed is not None
    if record.state in (BatchState.SENT, BatchState.CLOSED):
        assert record.sent is not None


def test_the_year_of_a_number_is_that_of_the_approval_in_china() -> None:
    later = approve(drafted(), Done(by="乙", at=AT + timedelta(hours=2)), Approvers())
    assert numbered(later, 1, "测市监", None).mark == "测市监〔2027〕1号"


def test_who_drafted_it_may_not_approve_it() -> None:
    with pytest.raises(NotApprover, match="one_person"):
        approve(drafted(), Done(by="甲", at=AT), Approvers())


def test_who_is_not_named_may_not_approve_it() -> None:
    with pytest.raises(NotApprover, match="approvers"):
        approve(drafted(), Done(by="乙", at=AT), Approvers(names=("丙",)))


@pytest.mark.parametrize("note", ["", "  ", "长" * 2001])
def test_making_void_needs_a_reason(note: str) -> None:
    with pytest.raises(BatchNote):
        void(drafted(), Done(by="甲", at=AT, note=note))


def test_what_is_void_stays_void() -> None:
    gone = void(drafted(), Done(by="甲", at=AT, note="有误"))
    with pytest.raises(WrongBatchStep, match="void"):
        approve(gone, Done(by="乙", at=AT), Approvers())
