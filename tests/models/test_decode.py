"""The fast decoder must find what full Viterbi finds."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.hanlp_lac.decode import CrfDecoder


def full_viterbi(emissions: npt.NDArray[np.float32], transitions: npt.NDArray[np.float32]) -> list[int]:
    total, back = emissions[0].astype(np.float64), []
    for row in emissions[1:]:
        ways = total[:, None] + transitions
        back.append(ways.argmax(axis=0))
        total = ways.max(axis=0) + row
    path = [int(total.argmax())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    return path[::-1]


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.sampled_from([0.1, 1.0, 5.0]))
def test_equals_full_viterbi(seed: int, length: int, spread: float) -> None:
    chance = np.random.default_rng(seed)
    emissions = chance.normal(0, 1, (length, 6)).astype(np.float32)
    transitions = chance.uniform(-spread, spread, (6, 6)).astype(np.float32)
    assert CrfDecoder(transitions).decode(emissions) == full_viterbi(emissions, transitions)


def test_sequences_in_one_array_do_not_touch_each_other() -> None:
    chance = np.random.default_rng(7)
    transitions = chance.uniform(-1, 1, (5, 5)).astype(np.float32)
    parts = [chance.normal(0, 1, (n, 5)).astype(np.float32) for n in (4, 1, 9)]
    together = CrfDecoder(transitions).decode_many(np.concatenate(parts), [4, 1, 9])
    assert together == [full_viterbi(part, transitions) for part in parts]


@pytest.mark.parametrize("lengths", [[], [0], [0, 0]])
def test_nothing_to_decode(lengths: list[int]) -> None:
    decoder = CrfDecoder(np.zeros((3, 3), dtype=np.float32))
    assert decoder.decode_many(np.zeros((0, 3), dtype=np.float32), lengths) == [[] for _ in lengths]
