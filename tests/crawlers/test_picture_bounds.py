"""How much of a page is drawn: pages may be as large as their author likes."""

from hypothesis import given
from hypothesis import strategies as st

from crawlers.browser.pictures import MAX_HEIGHT, MAX_PIXELS, clip

sizes = st.floats(0, 1e9, allow_nan=False)


@given(sizes, sizes)
def test_a_picture_is_within_every_bound_and_shows_something(width: float, height: float) -> None:
    drawn = clip(width, height)
    assert min(drawn["width"], drawn["height"]) >= 1
    assert drawn["height"] <= MAX_HEIGHT
    assert drawn["width"] * drawn["height"] <= MAX_PIXELS


def test_an_ordinary_page_is_drawn_whole() -> None:
    drawn = clip(1366, 16_000)
    assert (drawn["width"], drawn["height"]) == (1366, 16_000)
