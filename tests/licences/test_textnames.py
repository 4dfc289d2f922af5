import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from licences.hashing import Pieces
from licences.textnames import TextNames, text_names_of

NAMES = st.lists(st.text("云岫海棠", min_size=2, max_size=8), max_size=12)
TEXT = st.text("云岫海棠。", max_size=60)


def _plain(names: list[str], text: str) -> set[tuple[int, int]]:
    return {(at, len(name)) for name in names for at in range(len(text)) if text[at : at + len(name)] == name}


@given(NAMES, TEXT)
def test_every_name_is_found_wherever_it_stands_and_nothing_else(names: list[str], text: str) -> None:
    assert set(text_names_of(names).pieces(Pieces(text))) == _plain(names, text)


@given(NAMES, NAMES, TEXT)
def test_merged_tables_find_what_each_finds(some: list[str], others: list[str], text: str) -> None:
    both = TextNames.merged([text_names_of(some), text_names_of(others)])
    assert set(both.pieces(Pieces(text))) == _plain([*some, *others], text)


def test_more_pieces_than_are_looked_at_together() -> None:
    names = ["云" * size for size in range(2, 60)]
    found = list(text_names_of(names).pieces(Pieces("云" * 3_000)))
    assert len(found) == sum(3_001 - size for size in range(2, 60))


def test_the_bits_keep_most_pieces_from_being_looked_up() -> None:
    names = [f"云岫{number:06}" for number in range(5_000)]
    table = text_names_of(names)
    assert np.unpackbits(table.bits).sum() <= len(names)
    assert np.unpackbits(table.bits).mean() < 1 / 8
