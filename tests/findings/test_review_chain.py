"""The trail's chain: whatever single thing is changed in it, the check names the first entry that is wrong."""

from datetime import timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.model.casework import AuditAction, AuditDraft, AuditEntry
from findings.review.chain import ChainFault, FaultKind, Head, canonical, chained, digest, verify
from tests.support.records import NOON, minutes

TEXT = st.text(max_size=30)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
DRAFTS = st.builds(
    AuditDraft,
    id=st.uuids().map(lambda one: one.hex),
    at=st.integers(0, 10_000).map(minutes),
    actor=TEXT,
    action=st.sampled_from(list(AuditAction)),
    case_ids=st.lists(TEXT, max_size=3).map(tuple),
    note=TEXT,
    before=st.dictionaries(TEXT, VALUES, max_size=2),
    after=st.dictionaries(TEXT, VALUES, max_size=2),
    bulk=st.none() | TEXT,
    undoes=st.none() | TEXT,
)


def trail(drafts: list[AuditDraft]) -> list[AuditEntry]:
    entries: list[AuditEntry] = []
    for draft in drafts:
        entries.append(chained(draft, entries[-1] if entries else None))
    return entries


TRAILS = st.lists(DRAFTS, min_size=1, max_size=6).map(trail)


def draft(**more: Any) -> AuditDraft:
    values: dict[str, Any] = {
        "id": "00" * 16,
        "at": NOON,
        "actor": "沈一",
        "action": AuditAction.READ,
        "case_ids": ("c1-1",),
        "note": "保本承诺",
    }
    return AuditDraft(**(values | more))


@given(TRAILS)
def test_a_trail_as_it_was_written_is_sound(entries: list[AuditEntry]) -> None:
    checked = verify(iter(entries))
    assert checked.sound
    assert checked.entries == len(entries)
    assert checked.head == Head(len(entries), entries[-1].digest)
    assert verify(entries, checked.head).sound


def test_an_empty_trail_is_sound() -> None:
    assert verify([]).head is None
    assert verify([]).sound


@given(TRAILS, st.data())
def test_any_field_of_any_entry_that_is_changed_is_found(
    entries: list[AuditEntry], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(entries) - 1))
    name = data.draw(st.sampled_from(AuditDraft.__struct_fields__))
    other = data.draw(DRAFTS)
    was = entries[at].draft
    if getattr(other, name) == getattr(was, name):
        return
    changed = replace(entries[at], draft=replace(was, **{name: getattr(other, name)}))
    if canonical(1, changed.draft, "") == canonical(1, was, ""):  # 1 and 1.0, True: the same for Python's ==
        return
    fault = verify([*entries[:at], changed, *entries[at + 1 :]]).fault
    assert fault is not None
    assert (fault.number, fault.kind) == (at + 1, FaultKind.ALTERED)


@given(TRAILS, st.data())
def test_an_entry_rewritten_with_its_digest_shows_at_the_next_or_at_the_head(
    entries: list[AuditEntry], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(entries) - 1))
    other = data.draw(DRAFTS)
    forged = chained(other, entries[at - 1] if at else None)
    checked = verify([*entries[:at], forged, *entries[at + 1 :]], Head(len(entries), entries[-1].digest))
    if at == len(entries) - 1:
        assert checked.fault == ChainFault(at + 1, FaultKind.OTHER_HEAD, other.id)
    else:
        assert checked.fault == ChainFault(at + 2, FaultKind.UNLINKED, entries[at + 1].draft.id)


@given(TRAILS, st.data())
def test_a_missing_entry_is_named(entries: list[AuditEntry], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(entries) - 1))
    checked = verify([*entries[:at], *entries[at + 1 :]], Head(len(entries), entries[-1].digest))
    last = at == len(entries) - 1
    assert checked.fault == ChainFault(at + 1, FaultKind.CUT_OFF if last else FaultKind.MISSING)
    assert checked.entries == at


@given(TRAILS, st.data())
def test_two_entries_swapped_or_one_put_in_twice_are_found(
    entries: list[AuditEntry], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(entries) - 1))
    twice = verify([*entries[: at + 1], entries[at], *entries[at + 1 :]]).fault
    assert twice == ChainFault(at + 2, FaultKind.MISPLACED, entries[at].draft.id)
    if len(entries) > 1:
        to = data.draw(st.integers(0, len(entries) - 1).filter(lambda other: other != at))
        swapped = list(entries)
        swapped[at], swapped[to] = swapped[to], swapped[at]
        fault = verify(swapped).fault
        assert fault is not None
        assert fault.number == min(at, to) + 1


def test_a_trail_written_anew_is_found_by_the_head_that_was_noted() -> None:
    true = trail([draft(id=f"{n:032x}") for n in range(4)])
    forged = trail([draft(id=f"{n:032x}", note="另一个理由") for n in range(4)])
    assert verify(forged).sound
    noted = Head(2, true[1].digest)
    assert verify(forged, noted).fault == ChainFault(2, FaultKind.OTHER_HEAD, forged[1].draft.id)


@given(DRAFTS)
def test_the_digest_survives_storing(one: AuditDraft) -> None:
    stored = msgspec.json.decode(msgspec.json.encode(one), type=AuditDraft)
    assert digest(1, stored, "") == digest(1, one, "")


def test_the_digest_knows_neither_zones_nor_the_order_of_keys() -> None:
    shanghai = draft(at=NOON.astimezone(timezone(timedelta(hours=8))), after={"a": 1, "b": 2})
    utc = draft(after={"b": 2, "a": 1})
    assert digest(1, shanghai, "") == digest(1, utc, "")


def test_half_a_character_counts_as_it_is_stored() -> None:
    assert digest(1, draft(note="a\ud800"), "") == digest(1, draft(note="a\ufffd"), "")


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        digest(1, draft(after={"score": float("nan")}), "")


def test_every_kind_of_fault_has_its_sentence_in_both_languages() -> None:
    for kind in FaultKind:
        said = ChainFault(7, kind).said
        assert "7" in said
        assert "7" in said.zh


def test_the_chain_is_written_down_once_and_for_all() -> None:
    """A change of the canonical form would make every trail written before look forged."""
    assert canonical(1, draft(), "").decode() == (
        '{"draft":{"action":"read","actor":"沈一","after":{},"at":"2026-11-20T04:00:00Z","before":{},"bulk":null,'
        '"case_ids":["c1-1"],"id":"00000000000000000000000000000000","note":"保本承诺","undoes":null},'
        '"number":1,"previous":""}'
    )
