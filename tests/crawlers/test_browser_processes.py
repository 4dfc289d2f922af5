"""Which pages are ended when they hold too much memory, each or together."""

from hypothesis import given
from hypothesis import strategies as st

from crawlers.browser.processes import Bounds, Process, pages_over, to_end

processes = st.lists(
    st.builds(Process, pid=st.integers(1, 99_999), page=st.booleans(), memory=st.integers(0, 1_000)),
    max_size=12,
    unique_by=lambda one: one.pid,
)


@given(processes, st.integers(0, 1_000), st.integers(0, 4_000))
def test_what_stays_is_within_both_bounds_and_nothing_smaller_is_ended_for_a_larger(
    below: list[Process], most: int, together: int
) -> None:
    over = pages_over(below, most, together)
    stay = [one for one in below if one.page and one not in over]
    assert all(one.page for one in over)
    assert all(one.memory <= most for one in stay)
    assert sum(one.memory for one in stay) <= together
    assert max((one.memory for one in stay), default=0) <= min((one.memory for one in over), default=1_000)


@given(processes, st.integers(0, 1_000), st.integers(0, 4_000))
def test_no_more_are_ended_than_needed(below: list[Process], most: int, together: int) -> None:
    over = pages_over(below, most, together)
    if over:
        back = [one for one in below if one.page and (one not in over or one is over[-1])]
        assert sum(one.memory for one in back) > together or over[-1].memory > most


def test_eight_pages_of_seven_hundred_megabytes_are_too_much_together() -> None:
    below = [Process(pid, page=True, memory=700) for pid in range(1, 9)]
    assert len(pages_over(below, 800, 2_000)) == 6


BOUNDS = Bounds(page=800, pages=2_000, own=800, own_at_last=1_500)
CALM = Process(2, page=True, memory=100, ticks=5_000)


def _flooded(own: int, flood: int) -> list[Process]:
    return [
        Process(1, page=False, main=True, memory=own),
        CALM,
        Process(3, page=True, memory=50, ticks=flood),
    ]


def test_the_page_that_works_while_the_browser_fills_is_ended() -> None:
    assert [one.pid for one in to_end(_flooded(900, 300), _flooded(850, 200), BOUNDS)] == [3]


def test_a_browser_that_grows_no_more_ends_nobody() -> None:
    assert to_end(_flooded(900, 300), _flooded(950, 200), BOUNDS) == []
    assert to_end(_flooded(790, 300), _flooded(700, 200), BOUNDS) == []


def test_a_browser_far_over_its_bound_is_ended_itself() -> None:
    assert [one.pid for one in to_end(_flooded(1_501, 300), _flooded(900, 200), BOUNDS)] == [1]
