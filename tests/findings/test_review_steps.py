"""Steps on a case: who may what from where, readings that agree or differ, desks, deadlines."""

import re
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.model.casework import SYSTEM, AuditAction, CaseFile, Fingerprint, Given, Reading, ReviewVerdict
from findings.model.vocabulary import CaseState, Severity
from findings.review.acting import act, name_of
from findings.review.errors import BadStep, NotYours, OnAnotherDesk, StepRefused, WrongStep
from findings.review.exclusions import Waking
from findings.review.house import House, SecondReader
from findings.review.steps import (
    Assign,
    Close,
    Enter,
    Extend,
    HandOver,
    Read,
    Relapse,
    Reopen,
    Return,
    Step,
    Take,
    Wake,
)
from tests.support.casework import case_file, facts, officer
from tests.support.records import NOON, minutes

CONFIRM, EXCLUDE, UNSURE = ReviewVerdict
STATES = list(CaseState)


def read(verdict: ReviewVerdict = CONFIRM, note: str = "承诺保本", **more: object) -> Read:
    return Read(verdict=verdict, note=note, **more)  # type: ignore[arg-type]


#: Step → where it leads from each state; a state that is not named refuses it. The issue's own line:
#: 待核 → 确认 / 排除 / 存疑 → 移送 → 已处置 / 复发.
LEADS: list[tuple[Step, str, dict[CaseState, CaseState]]] = [
    (read(CONFIRM), "沈一", dict.fromkeys(("open", "unsure", "relapsed"), CaseState.CONFIRMED)),  # type: ignore[arg-type]
    (read(EXCLUDE), "沈一", dict.fromkeys(("open", "unsure", "relapsed"), CaseState.EXCLUDED)),  # type: ignore[arg-type]
    (read(UNSURE), "沈一", dict.fromkeys(("open", "unsure", "relapsed"), CaseState.UNSURE)),  # type: ignore[arg-type]
    (HandOver("批次 2026-0001"), "沈一", {CaseState.CONFIRMED: CaseState.HANDED_OVER}),
    (Close("网站已关闭"), "沈一", dict.fromkeys(("confirmed", "handed_over"), CaseState.CLOSED)),  # type: ignore[arg-type]
    (
        Reopen("新证据"),
        "沈一",
        dict.fromkeys(("confirmed", "excluded", "handed_over", "closed"), CaseState.OPEN),  # type: ignore[arg-type]
    ),
    (Relapse(), SYSTEM, dict.fromkeys((CaseState.CLOSED, CaseState.HANDED_OVER), CaseState.RELAPSED)),
    (Wake(Waking.RULES), SYSTEM, {CaseState.EXCLUDED: CaseState.OPEN}),
]


@pytest.mark.parametrize(("step", "actor", "leads"), LEADS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("state", STATES)
def test_every_step_from_every_state(
    step: Step, actor: str, leads: dict[CaseState, CaseState], state: CaseState
) -> None:
    file = case_file(state)
    if state not in leads:
        with pytest.raises(WrongStep) as refused:
            act(file, step, officer(actor))
        assert file.id in str(refused.value)
        assert refused.value.zh.startswith(f"案件线索 {file.id}：状态为“")
        return
    new, draft = act(file, step, officer(actor))
    assert new.state is leads[state]
    assert (draft.actor, draft.case_ids, draft.at, draft.id) == (actor, (file.id,), NOON, "e1")
    assert draft.before[file.id] != draft.after[file.id]


@pytest.mark.parametrize("step", [step for step, _, _ in LEADS], ids=lambda one: type(one).__name__)
def test_officers_do_not_do_the_programs_work_nor_it_theirs(step: Step) -> None:
    system = isinstance(step, Relapse | Wake)
    for state in STATES:
        with pytest.raises(NotYours, match="program"):
            act(case_file(state), step, officer("沈一" if system else SYSTEM))


def test_a_merged_case_takes_no_step() -> None:
    with pytest.raises(StepRefused, match="was merged into c1-other"):
        act(case_file(merged_into="c1-other"), read(), officer())


# Readings


def test_with_two_readers_a_case_waits_for_the_second() -> None:
    first, _ = act(case_file(), read(readers=2), officer("沈一"))
    assert first.state is CaseState.OPEN
    assert [reading.by for reading in first.readings] == ["沈一"]
    second, _ = act(first, read(note="同意", readers=2), officer("陆二", minutes(5)))
    assert second.state is CaseState.CONFIRMED
    assert [reading.by for reading in second.readings] == ["沈一", "陆二"]


def test_one_officer_is_never_both_readers() -> None:
    first, _ = act(case_file(), read(readers=2), officer("沈一"))
    with pytest.raises(NotYours, match="another officer"):
        act(first, read(note="再看一遍", readers=2), officer("沈一", minutes(5)))


def test_readers_who_differ_leave_it_in_doubt_with_both_readings() -> None:
    first, _ = act(case_file(), read(readers=2), officer("沈一"))
    second, _ = act(first, read(EXCLUDE, "系新闻报道", readers=2), officer("陆二", minutes(5)))
    assert second.state is CaseState.UNSURE
    assert [(reading.by, reading.verdict) for reading in second.readings] == [
        ("沈一", CONFIRM),
        ("陆二", EXCLUDE),
    ]
    assert second.exclusion is None
    third, _ = act(second, read(EXCLUDE, "同意系报道", readers=2), officer("顾三", minutes(9)))
    assert third.state is CaseState.EXCLUDED
    assert len(third.readings) == 3


def test_who_changes_their_mind_counts_once() -> None:
    first, _ = act(case_file(), read(readers=2), officer("沈一"))
    turned, _ = act(first, read(EXCLUDE, "看错了", readers=2), officer("沈一", minutes(1)))
    assert turned.state is CaseState.OPEN
    second, _ = act(turned, read(EXCLUDE, "同意", readers=2), officer("陆二", minutes(5)))
    assert second.state is CaseState.EXCLUDED


READINGS = st.lists(st.tuples(st.sampled_from("甲乙丙丁"), st.sampled_from(list(ReviewVerdict))), max_size=8)


@given(READINGS, st.integers(1, 2))
def test_no_case_is_decided_unless_the_readers_asked_for_agree(
    given_readings: list[tuple[str, ReviewVerdict]], readers: int
) -> None:
    file = case_file()
    for place, (who, verdict) in enumerate(given_readings):
        try:
            file, _ = act(file, read(verdict, readers=readers), officer(who, minutes(place)))
        except NotYours:
            continue
        if file.state in (CaseState.CONFIRMED, CaseState.EXCLUDED):
            wanted = CONFIRM if file.state is CaseState.CONFIRMED else EXCLUDE
            newest = {reading.by: reading.verdict for reading in file.readings}
            assert sum(one is wanted for one in newest.values()) >= readers
            assert newest[who] is wanted
            return
        assert file.state in (CaseState.OPEN, CaseState.UNSURE)


def test_an_exclusion_says_of_what_and_until_when() -> None:
    seen = (Fingerprint(who="星河理财有限公司", simhash="0f" * 8),)
    until = NOON + timedelta(days=30)
    new, draft = act(
        case_file(due=date(2026, 12, 11), owed="opened"),
        read(EXCLUDE, "风险提示齐全", seen=seen, ruleset="2026.11.4", until=until),
        officer(),
    )
    assert new.exclusion is not None
    assert (new.exclusion.fingerprints, new.exclusion.ruleset, new.exclusion.until) == (
        seen,
        "2026.11.4",
        until,
    )
    assert (new.due, new.owed) == (None, "")
    assert set(draft.before[new.id]) == {  # type: ignore[call-overload]
        "version",
        "state",
        "due",
        "owed",
        "readings",
        "exclusion",
    }
    assert draft.before[new.id]["due"] == "2026-12-11"  # type: ignore[index]
    assert draft.action is AuditAction.READ


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (read(note=" "), "reason"),
        (read(note="长" * 2001), "2000 characters"),
        (read(CONFIRM, until=minutes(60)), "exclusions only"),
        (read(EXCLUDE, until=NOON), "lie ahead"),
        (Take(0), "minutes"),
        (Take(481), "minutes"),
        (Assign(officer="system"), "no name"),
        (Assign(officer="甲" * 101), "no name"),
        (Assign(officer="a\x1bb"), "no name"),
        (Extend(""), "reason"),
    ],
)
def test_a_value_that_cannot_be_is_wrong_use(step: Step, why: str) -> None:
    with pytest.raises(BadStep, match=why):
        act(case_file(due=date(2026, 12, 11), owed="opened"), step, officer())


# Desks


def test_a_case_is_on_one_desk_at_a_time() -> None:
    taken, _ = act(case_file(), Take(30), officer("沈一"))
    assert taken.given == Given(to="沈一", until=minutes(30))
    for step in (read(), Take(30), Return()):
        with pytest.raises(OnAnotherDesk, match="沈一's desk until 2026-11-20 12:30"):
            act(taken, step, officer("陆二", minutes(29)))
    again, _ = act(taken, Take(60), officer("沈一", minutes(29)))
    assert again.given == Given(to="沈一", until=minutes(89))
    over, _ = act(taken, Take(30), officer("陆二", minutes(30)))
    assert over.given == Given(to="陆二", until=minutes(60))


def test_reading_or_returning_clears_the_desk() -> None:
    taken, _ = act(case_file(), Take(30), officer("沈一"))
    assert act(taken, read(), officer("沈一"))[0].given is None
    assert act(taken, Return(), officer("沈一"))[0].given is None
    with pytest.raises(StepRefused, match="nobody's desk"):
        act(case_file(), Return(), officer())


def test_only_a_named_head_clears_another_desk() -> None:
    taken, _ = act(case_file(), Take(30), officer("沈一"))
    house = House(heads=("程局",))
    assert act(taken, Return(), officer("程局", house=house))[0].given is None
    with pytest.raises(OnAnotherDesk):
        act(taken, Return(), officer("陆二", house=house))


def test_what_is_seen_again_does_not_wait_for_a_desk() -> None:
    closed = case_file(CaseState.CLOSED, given=Given(to="沈一", until=minutes(30)))
    assert act(closed, Relapse(), officer(SYSTEM))[0].state is CaseState.RELAPSED


# Assignment and deadlines


def test_assignment_sets_takes_away_and_leaves() -> None:
    house = House(districts=("浦东新区", "静安区"))
    one, _ = act(case_file(), Assign(officer=" 沈  一 ", district="浦东新区"), officer(house=house))
    assert (one.assignee, one.district) == ("沈 一", "浦东新区")
    two, _ = act(one, Assign(officer=""), officer(house=house))
    assert (two.assignee, two.district) == (None, "浦东新区")
    with pytest.raises(StepRefused, match="already"):
        act(two, Assign(district="浦东新区"), officer(house=house))
    with pytest.raises(BadStep, match="no district"):
        act(two, Assign(district="虚城区"), officer(house=house))


def test_each_step_owes_the_next() -> None:
    confirmed, _ = act(case_file(due=date(2026, 12, 11), owed="opened"), read(), officer())
    assert (confirmed.due, confirmed.owed) == (date(2026, 12, 11), "opened")
    handed, _ = act(confirmed, HandOver("批次 2026-0001"), officer(now=NOON + timedelta(days=3)))
    assert (handed.due, handed.owed, handed.closed_at) == (date(2026, 12, 14), "handed_over", None)
    closed, _ = act(handed, Close("已关闭"), officer(now=NOON + timedelta(days=9)))
    assert (closed.due, closed.owed, closed.closed_at) == (None, "", NOON + timedelta(days=9))
    back, _ = act(closed, Relapse(), officer(SYSTEM, NOON + timedelta(days=20)))
    assert (back.state, back.owed, back.closed_at, back.readings) == (
        CaseState.RELAPSED,
        "relapsed",
        None,
        (),
    )
    assert back.due == date(2026, 12, 31)


def test_a_deadline_is_put_off_once_by_the_head() -> None:
    house = House(heads=("程局",))
    file = case_file(due=date(2026, 12, 11), owed="opened")
    with pytest.raises(NotYours, match="程局"):
        act(file, Extend("案情复杂"), officer("沈一", house=house))
    later, _ = act(file, Extend("案情复杂"), officer("程局", house=house))
    assert (later.due, later.extended) == (date(2027, 1, 1), True)
    with pytest.raises(StepRefused, match="once already"):
        act(later, Extend("仍复杂"), officer("程局", house=house))
    with pytest.raises(StepRefused, match="no deadline"):
        act(case_file(), Extend("案情复杂"), officer())
    with pytest.raises(StepRefused, match="no deadline"):
        act(case_file(due=date(2026, 12, 1), owed="complaint"), Extend("案情复杂"), officer())


def test_a_complaint_shortens_a_deadline_and_never_lengthens_it() -> None:
    file = case_file(due=date(2026, 12, 11), owed="opened")
    entered, draft = act(file, Enter(note="12315 转来", complaint=True), officer())
    assert (entered.due, entered.owed) == (date(2026, 12, 1), "complaint")
    assert draft.action is AuditAction.ENTERED
    soon = case_file(due=date(2026, 11, 23), owed="opened")
    assert act(soon, Enter(note="12315 转来", complaint=True), officer())[0].due == date(2026, 11, 23)
    plain, draft = act(file, Enter(note="巡查发现"), officer())
    assert plain == file
    assert draft.after == {file.id: {"version": 2}}


@pytest.mark.parametrize(
    ("rule", "readers"),
    [
        (SecondReader(), 1),
        (SecondReader(always=True), 2),
        (SecondReader(categories=(8,)), 1),
        (SecondReader(categories=(2, 8)), 2),
        (SecondReader(severities=(Severity.HIGH,)), 2),
        (SecondReader(severities=(Severity.LOW,)), 1),
    ],
)
def test_how_many_read(rule: SecondReader, readers: int) -> None:
    assert House(second_reader=rule).readers(facts()) == readers


def test_names_are_one_however_they_are_spaced() -> None:
    assert name_of("  沈\t一 ") == "沈 一"


def test_no_step_raises_anything_but_its_own_errors_from_any_state() -> None:
    steps: list[Step] = [
        *(step for step, _, _ in LEADS),
        Take(10),
        Return(),
        Assign(officer="顾三"),
        Extend("案情复杂"),
        Enter(note=""),
    ]
    reading = Reading(by="陆二", at=NOON, verdict=UNSURE, note="看不清")
    given = Given(to="陆二", until=minutes(60))
    for step, state, actor, desk, read_by in product(
        steps, STATES, ("沈一", SYSTEM), (None, given), ((), (reading,))
    ):
        file: CaseFile = replace(case_file(state), given=desk, readings=read_by)
        refused: StepRefused | None = None
        try:
            new, draft = act(file, step, officer(actor))
        except StepRefused as error:
            refused = error
        if refused is not None:
            assert re.fullmatch(r"case c1-0+: \S.*", str(refused))
            continue
        assert new.version == file.version
        assert draft.after[file.id]["version"] == 2  # type: ignore[index]
