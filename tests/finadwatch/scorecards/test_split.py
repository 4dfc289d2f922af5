"""The split is that of training: by group, never at random."""

import zlib

from hypothesis import given
from hypothesis import strategies as st

from finadwatch.scorecards.split import Split, part
from tests.support.labelled import row


def ids(names: list[str], split: Split) -> list[str]:
    return [one.id for one in part([row(name=name) for name in names], split)]


@given(st.lists(st.text(max_size=8), max_size=40))
def test_dev_and_holdout_are_everything_and_share_nothing(names: list[str]) -> None:
    dev, held = ids(names, Split.DEV), ids(names, Split.HOLDOUT)
    assert not set(dev) & set(held)
    assert sorted(dev + held) == sorted(ids(names, Split.ALL)) == sorted(names)


@given(st.text(min_size=1, max_size=8), st.lists(st.text(max_size=8), min_size=1, max_size=20))
def test_a_group_stays_on_one_side(group: str, names: list[str]) -> None:
    rows = [row(name=name, group=group) for name in names]
    wanted = Split.HOLDOUT if zlib.crc32(group.encode()) % 5 == 0 else Split.DEV
    assert list(part(rows, wanted)) == rows


def test_about_a_fifth_is_held_out() -> None:
    names = [str(number) for number in range(2000)]
    assert 0.15 < len(ids(names, Split.HOLDOUT)) / len(names) < 0.25
