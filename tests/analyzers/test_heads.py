"""The linear heads with small weights of known effect."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.heads import HEADS, PARTS, SOFTNESS, Heads, clear, soft_maximum, weigh
from analyzers.ngrams import BUCKETS, hash_ngrams

WORD = "保"
NOISE = "晴天出门散步看花记得带水带伞早点回家吃饭。" * 40


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Heads whose category 2 knows one character, in passages alone."""
    arrays = {name: np.zeros(shape, dtype=np.float32) for name, shape in PARTS.items()}
    for name in ("rarity", "passage_rarity", "weights_scale", "passage_weights_scale"):
        arrays[name] += 1
    bucket = hash_ngrams([WORD])[0][0]
    arrays["passage_weights"][bucket, clear(2)] = 4
    arrays["bias"] -= 2
    path = tmp_path_factory.mktemp("heads") / "heads.npz"
    np.savez_compressed(path, **arrays)
    return path


def test_a_known_character_raises_its_category_alone(file: Path) -> None:
    known, other, empty = Heads(file).read([[WORD], ["甲"], [""]])
    assert known.logits[clear(2)] == pytest.approx(2, abs=1e-5)
    assert np.delete(known.logits, clear(2)) == pytest.approx(np.delete(other.logits, clear(2)))
    assert other.logits == pytest.approx(np.full(HEADS, -2.0))
    assert empty.logits == pytest.approx(np.full(HEADS, -2.0))
    assert empty.places == ()


def test_noise_around_a_passage_doesnt_drown_it(file: Path) -> None:
    alone, amid = Heads(file).read([[WORD], [f"{NOISE}\n{WORD * 30}\n{NOISE}"]])
    place = amid.places[int(np.argmax(amid.passage_logits[:, clear(2)]))]
    assert (f"{NOISE}\n{WORD * 30}\n{NOISE}")[place.start : place.end].startswith(WORD)
    assert amid.logits[clear(2)] > 0
    assert alone.logits[clear(2)] > 0


def test_places_count_the_texts_of_a_document(file: Path) -> None:
    (found,) = Heads(file).read([["标题", WORD]])
    assert [(place.part, place.start, place.end) for place in found.places] == [(0, 0, 2), (1, 0, 1)]


def test_no_documents_give_no_rows(file: Path) -> None:
    assert Heads(file).read([]) == []
    assert Heads(file).passages([]).shape == (0, HEADS)


def test_weights_of_a_text_have_length_one() -> None:
    buckets, offsets = hash_ngrams(["保本保息", "", "甲"])
    weights = weigh(buckets, offsets, np.linspace(0.5, 2, BUCKETS, dtype=np.float32))
    assert np.linalg.norm(weights[: offsets[1]]) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(weights[offsets[2] :]) == pytest.approx(1, abs=1e-5)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6), st.integers(0, 1000))
def test_the_soft_maximum_lies_between_the_maximum_and_a_little_above(counts: list[int], seed: int) -> None:
    logits = np.random.default_rng(seed).normal(0, 3, (sum(counts), 2)).astype(np.float32)
    joined = soft_maximum(logits, counts)
    rows = np.split(logits, np.cumsum(counts)[:-1])
    for count, row, found in zip(counts, rows, joined, strict=True):
        if not count:
            assert found.tolist() == [0, 0]
            continue
        highest = row.max(axis=0)
        assert (found >= highest - 1e-4).all()
        assert (found <= highest + SOFTNESS * np.log(count) + 1e-4).all()


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing):
        Heads(tmp_path / "heads.npz")


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04broken"], ids=["empty", "text", "cut"])
def test_a_broken_file_is_one_clear_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "heads.npz").write_bytes(content)
    with pytest.raises(ModelUnusable, match="can't be loaded"):
        Heads(tmp_path / "heads.npz")


def test_weights_of_another_shape_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "heads.npz", **{name: np.zeros(3, dtype=np.float32) for name in PARTS})
    with pytest.raises(ModelUnusable, match="shape"):
        Heads(tmp_path / "heads.npz")
