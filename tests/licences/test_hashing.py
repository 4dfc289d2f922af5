import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from licences.hashing import Pieces, hash_key, hash_keys

KEYS = st.lists(st.tuples(st.integers(1, 20), st.text(max_size=40)), max_size=30)


@given(KEYS)
def test_many_keys_hash_as_each_alone(pairs: list[tuple[int, str]]) -> None:
    hashes = hash_keys([kind for kind, _ in pairs], [key for _, key in pairs])
    assert hashes.tolist() == [hash_key(kind, key) for kind, key in pairs]


@given(st.text(min_size=1, max_size=60), st.data())
def test_a_piece_of_a_text_hashes_as_the_key_it_is(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    size = data.draw(st.integers(1, len(text) - start))
    found = Pieces(text).hashes(12, np.array([start]), np.array([size]))
    assert found.tolist() == [hash_key(12, text[start : start + size])]


def test_a_text_longer_than_the_kept_powers() -> None:
    text = "云岫银行海棠" * 10_000
    found = Pieces(text).hashes(12, np.array([59_990]), np.array([6]))
    assert found.tolist() == [hash_key(12, text[59_990:59_996])]


def test_kind_and_length_count() -> None:
    assert len({hash_key(1, "云岫"), hash_key(2, "云岫"), hash_key(1, "云岫\0"), hash_key(1, "")}) == 4


def test_hashes_are_the_same_in_every_process() -> None:
    """A list compiled on one machine is asked on another."""
    assert hash_key(2, "云岫银行股份有限公司") == 0x4539C1EFDF6D7250
