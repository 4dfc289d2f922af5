"""The figures of a scorecard on rows whose scores can be counted by hand."""

from finadwatch.scorecards.figures import FEW, figures
from tests.support.labelled import judged, row

ROWS = [
    judged(row([2, 3], kind="app", line=1), [2]),
    judged(row([8], kind="sms", line=2), [8, 5]),
    judged(row([], soft=[5], kind="sms", line=3), [5, 1]),
    judged(row(promotion=False, kind="app", line=4), [2], promotion=False),
    judged(row(promotion=False, kind="app", line=5), [1], promotion=True),
    judged(row(promotion=None, kind="news", line=6), [4]),
    judged(row(promotion=None, kind="news", line=7)),
]


def test_the_micro_average_is_over_two_to_nine_of_labelled_rows() -> None:
    overall = figures(ROWS).all.overall
    assert (overall.hits, overall.alarms, overall.misses) == (2, 2, 1)


def test_category_one_stands_apart() -> None:
    one = figures(ROWS).all.categories[1]
    assert (one.hits, one.alarms, one.misses) == (0, 2, 0)


def test_false_alarms_are_of_what_promotes_nothing_silent_rows_included() -> None:
    found = figures(ROWS)
    assert (found.all.false_alarms.hits, found.all.false_alarms.of) == (2, 4)
    assert (found.silent.hits, found.silent.of) == (1, 2)
    assert (found.kinds["app"].false_alarms.hits, found.kinds["app"].false_alarms.of) == (1, 2)


def test_kinds_add_up_to_the_whole() -> None:
    found = figures(ROWS)
    kinds = found.kinds.values()
    assert sum(kind.rows for kind in kinds) == found.all.rows == len(ROWS)
    for part in ("hits", "alarms", "misses"):
        assert sum(getattr(kind.overall, part) for kind in kinds) == getattr(found.all.overall, part)
        by_category = [getattr(found.all.categories[number], part) for number in range(2, 10)]
        assert sum(by_category) == getattr(found.all.overall, part)


def test_rare_categories_are_pooled_and_frequent_ones_are_not() -> None:
    many = [judged(row([2], line=at), [2]) for at in range(FEW)]
    few = [judged(row([3], line=at), [3]) for at in range(FEW, 2 * FEW - 1)]
    pooled = figures(many + few).pooled
    assert pooled is not None
    assert pooled.categories == (3, 4, 5, 6, 7, 8, 9)
    assert pooled.measure.cases == FEW - 1


def test_the_order_of_rows_changes_no_figure() -> None:
    assert figures(ROWS) == figures(ROWS[::-1])
