"""Laws of the decision over visits: refusals say nothing, gone takes two, order of telling doesn't count."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from findings.model.handover import Presence, Visit
from findings.model.vocabulary import Outcome
from handover.recheck import deciding
from handover.recheck.deciding import decide, kept

GAP = timedelta(hours=24)
START = datetime(2026, 11, 1, tzinfo=UTC)


def visit(hours: float, there: bool | None, region: str | None = None) -> Visit:
    return Visit(
        at=START + timedelta(hours=hours),
        url="https://a.example/",
        outcome=Outcome.OK if there is not None else Outcome.TIMEOUT,
        there=there,
        why="",
        region=region,
    )


def visits(told: str, hours: float = 24) -> list[Visit]:
    """`+` seen, `-` not there, `?` nothing said; so many hours apart."""
    return [visit(hours * at, {"+": True, "-": False, "?": None}[one]) for at, one in enumerate(told)]


MANY = st.lists(
    st.builds(
        visit,
        st.integers(0, 400),
        st.sampled_from([True, False, None]),
        st.sampled_from([None, "上海", "北京"]),
    ),
    max_size=14,
)


@pytest.mark.parametrize(
    ("told", "presence"),
    [
        ("", Presence.WAITING),
        ("?", Presence.UNSEEN),
        ("??", Presence.UNSEEN),
        ("+", Presence.UP),
        ("+?", Presence.UP),
        ("-", Presence.GONE_ONCE),
        ("-?", Presence.GONE_ONCE),
        ("--", Presence.GONE),
        ("-?-", Presence.GONE),
        ("-+-", Presence.GONE_ONCE),
        ("-+", Presence.UP),
        ("+--?", Presence.GONE),
        ("--+", Presence.BACK),
        ("--+?+", Presence.BACK),
        ("--+-", Presence.GONE_ONCE),
        ("--+-+", Presence.BACK),
        ("--+--", Presence.GONE),
    ],
)
def test_what_visits_say(told: str, presence: Presence) -> None:
    assert decide(visits(told), GAP).presence is presence


def test_the_times_are_of_the_first_miss_and_of_the_return() -> None:
    verdict = decide(visits("+--?+--"), GAP)
    assert verdict.gone_at == START + timedelta(days=5)
    assert verdict.back_at == START + timedelta(days=4)


def test_two_misses_too_close_together_confirm_nothing() -> None:
    assert decide(visits("---", hours=0.9), timedelta(0)).presence is Presence.GONE
    assert decide(visits("--", hours=0.9), timedelta(0)).presence is Presence.GONE_ONCE
    assert decide(visits("--", hours=23), GAP).presence is Presence.GONE_ONCE


def test_an_ad_that_hides_from_one_region_is_up() -> None:
    hidden = [visit(24 * day, False, "上海") for day in range(4)]
    shown = [visit(1, True, "北京")]
    assert decide(hidden + shown, GAP).presence is Presence.UP
    gone = [visit(100, False, "北京"), visit(130, False, "北京")]
    verdict = decide(hidden + shown + gone, GAP)
    assert (verdict.presence, verdict.gone_at) == (Presence.GONE, START + timedelta(hours=100))


@given(MANY, st.randoms(use_true_random=False))
def test_the_order_of_telling_does_not_count(told: list[Visit], random: object) -> None:
    mixed = list(told)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    assert decide(mixed, GAP) == decide(told, GAP)


@given(MANY)
def test_refusals_never_change_the_verdict(told: list[Visit]) -> None:
    telling = [one for one in told if one.there is not None]
    with_refusals, without = decide(told, GAP), decide(telling, GAP)
    if telling:
        assert with_refusals == without
    else:
        assert with_refusals.presence in (Presence.WAITING, Presence.UNSEEN)


@given(MANY)
def test_gone_takes_two_misses_a_gap_apart_in_every_region_that_said_anything(told: list[Visit]) -> None:
    verdict = decide(told, GAP)
    if verdict.presence is not Presence.GONE:
        return
    for region in {one.region for one in told if one.there is not None}:
        last_seen = max((one.at for one in told if one.there and one.region == region), default=None)
        misses = [
            one.at
            for one in told
            if one.there is False and one.region == region and (last_seen is None or one.at > last_seen)
        ]
        assert max(misses) - min(misses) >= GAP


@given(MANY)
def test_the_last_word_of_a_region_that_saw_it_keeps_it_up(told: list[Visit]) -> None:
    seen = [*told, visit(1000, True, "上海")]
    assert decide(seen, GAP).presence in (Presence.UP, Presence.BACK)
    was_gone = decide(told, GAP).presence is Presence.GONE
    assert not was_gone or decide(seen, GAP).presence is Presence.BACK


@given(MANY)
def test_the_visits_by_which_it_is_decided_are_kept(told: list[Visit]) -> None:
    assert decide(deciding.deciding(told, GAP), GAP) == decide(told, GAP)


def test_no_more_visits_are_kept_than_may_be() -> None:
    many = [replace(one, url=f"https://a.example/{number}") for number, one in enumerate(visits("+?" * 200))]
    found = kept(many, GAP)
    assert len(found) <= deciding.MOST_KEPT
    assert decide(found, GAP).presence is Presence.UP
