"""Which pages are ended when they hold too much memory, each or together."""

from hypothesis import given
from hypothesis import strategies as st

from crawlers.browser.processes import Process, pages_over

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
