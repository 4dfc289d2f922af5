"""kill −9 between any two requests of a change in Elasticsearch: nothing is lost, nothing is doubled.

Each child is killed just before its n-th request, for n = 1, 1 + step, 1 + 2 × step … until it gets through:
`make test` takes some, `make endurance` every one.
"""

import secrets
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from findings.casebook import Conflict
from findings.model.casework import AuditAction, AuditDraft, CaseFile
from findings.model.vocabulary import CaseState
from findings.query import SearchQuery
from findings.review.chain import verify
from findings.store import FindingStore
from findings.stores.elastic import changing
from tests.support import records as make
from tests.support.casebooks import draft, file_of, set_state
from tests.support.request_kills import killed

pytestmark = [pytest.mark.elastic, pytest.mark.slow]


def steps(some: int) -> pytest.MarkDecorator:
    """A kill before every `some`-th request, and in hours before every one."""
    every = pytest.param(1, id="every", marks=pytest.mark.endurance)
    return pytest.mark.parametrize("step", [pytest.param(some, id="some"), every])


@pytest.fixture
def store(empty_elastic: FindingStore, monkeypatch: pytest.MonkeyPatch) -> FindingStore:
    """A store where an intent that was left behind is taken back at once."""
    monkeypatch.setattr(changing, "INTENT_S", 0.0)
    return empty_elastic


def _states(store: FindingStore, case_id: str, state: CaseState) -> int:
    return store.search(SearchQuery(case_id=case_id, states=(state,))).total


def _change(file: CaseFile, entry: AuditDraft) -> Callable[[FindingStore], object]:
    return lambda store: store.casebook().change([file], entry)


@steps(2)
def test_a_change_killed_at_any_request_is_whole_or_never_was(store: FindingStore, step: int) -> None:
    undone = done = 0
    for request in range(1, 60, step):
        case_id = f"c1-{request}"
        store.write(make.bundle(make.ad(f"第{request}个", case_id=case_id), page=request))
        file = replace(file_of(store, case_id), state=CaseState.CONFIRMED)
        entry = draft(case_id)
        got_through = not killed(store.url, request, _change(file, entry))
        entries = list(store.casebook().trail_of(case_id))
        stands = file_of(store, case_id)
        assert (stands.version, len(entries)) in ((1, 0), (2, 1))
        assert _states(store, case_id, stands.state) == 1
        undone, done = undone + (not entries), done + len(entries)
        told = store.casebook().change([file], entry)
        assert not isinstance(told, Conflict)
        assert (told[0].version, told[0].state) == (2, CaseState.CONFIRMED)
        assert [e.draft for e in store.casebook().trail_of(case_id)] == [entry]
        assert _states(store, case_id, CaseState.CONFIRMED) == 1
        if got_through:
            break
    checked = verify(store.casebook().trail())
    assert (checked.sound, checked.entries) == (True, undone + done)
    assert undone >= 3 // step, "no kill came before the change was decided"
    assert done >= 4 // step, "no kill came after it"


def _merged(one: CaseFile, other: CaseFile, entry: AuditDraft) -> Callable[[FindingStore], object]:
    files = [replace(one, merged_into=other.id), other]
    return lambda store: store.casebook().regroup({}, files, entry)


@steps(6)
def test_a_merge_killed_at_any_request_is_whole_or_never_was(store: FindingStore, step: int) -> None:
    for request in range(1, 120, step):
        ids = (f"c1-a{request}", f"c1-b{request}")
        ads = [make.ad(f"{case}{n}", make.finding(), case_id=case) for case in ids for n in range(2)]
        store.write(make.bundle(*ads, page=request))
        entry = draft(*ids, action=AuditAction.MERGED)
        merge = _merged(file_of(store, ids[0]), file_of(store, ids[1]), entry)
        got_through = not killed(store.url, request, merge)
        _whole(store, ids, [e.draft for e in store.casebook().trail_of(ids[0])] == [entry])
        merge(store)
        _whole(store, ids, True)
        assert [e.draft for e in store.casebook().trail_of(ids[1])] == [entry]
        if got_through:
            break
    checked = verify(store.casebook().trail())
    assert (checked.sound, checked.entries) == (True, len(range(1, request + 1, step)))
    assert request > 20


def _whole(store: FindingStore, ids: tuple[str, str], merged: bool) -> None:
    one, other = (file_of(store, case_id) for case_id in ids)
    assert one.merged_into == (ids[1] if merged else None)
    assert (one.version, other.version) == ((2, 2) if merged else (1, 1))
    assert other.facts.ads == other.facts.sightings == (4 if merged else 2)
    case = store.case(ids[0])
    assert case is not None
    assert (case.id, len(case.ads), case.sightings) == ((ids[1], 4, 4) if merged else (ids[0], 2, 2))


@steps(6)
def test_a_writer_killed_at_any_request_leaves_a_case_that_the_next_completes(
    store: FindingStore, step: int
) -> None:
    """The bundle has a new ad, and one of a closed case, which relapses."""
    for request in range(1, 120, step):
        mark = secrets.token_hex(4)
        old = make.ad(f"旧{mark}", make.finding(), case_id=f"c1-{mark}")
        store.write(make.bundle(old, page=request))
        set_state(store.casebook(), old.case_id, CaseState.CLOSED, closed_at=make.minutes(60))
        new = make.ad(f"新{mark}", make.finding(), first_seen=make.minutes(90))
        bundle = make.bundle(old, new, run=f"r{mark}", at=make.minutes(90))
        got_through = not killed(store.url, request, lambda own, bundle=bundle: own.write(bundle))
        assert (bundle.capture.task.id in store.done_tasks(f"r{mark}")) == got_through
        store.write(bundle)
        back, made = file_of(store, old.case_id), file_of(store, new.case_id)
        assert (back.state, back.version, back.facts.sightings) == (CaseState.RELAPSED, 3, 2)
        assert (made.version, made.facts.ads, made.facts.sightings) == (1, 1, 1)
        actions = [e.draft.action for e in store.casebook().trail_of(old.case_id)]
        assert actions == [AuditAction.STATE, AuditAction.RELAPSED]
        assert _states(store, old.case_id, CaseState.RELAPSED) == 1
        if got_through:
            break
    assert verify(store.casebook().trail()).sound
    assert request > 20
