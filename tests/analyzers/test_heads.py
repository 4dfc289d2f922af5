"""The linear heads with small weights of known effect."""

from pathlib import Path

import numpy as np
import pytest

from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.heads import HEADS, PARTS, Heads, weigh
from analyzers.ngrams import BUCKETS, hash_ngrams

WORD = "保"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    arrays = {name: np.zeros(shape, dtype=np.float32) for name, shape in PARTS.items()}
    arrays["rarity"] += 1
    arrays["slope"] += 1
    bucket = hash_ngrams([WORD])[0][0]
    arrays["weights"][bucket, 2] = 4
    arrays["bias"] -= 2
    path = tmp_path / "heads.npz"
    np.savez_compressed(path, **arrays)
    return path


def test_a_known_character_raises_its_category_alone(file: Path) -> None:
    known, other, empty = Heads(file).probabilities([WORD, "甲", ""])
    assert known[2] == pytest.approx(1 / (1 + np.exp(-2)), abs=1e-5)
    assert np.delete(known, 2) == pytest.approx(other[0])
    assert other.tolist() == empty.tolist()


def test_no_texts_give_no_rows(file: Path) -> None:
    assert Heads(file).probabilities([]).shape == (0, HEADS)


def test_weights_of_a_text_have_length_one() -> None:
    buckets, offsets = hash_ngrams(["保本保息", "", "甲"])
    weights = weigh(buckets, offsets, np.linspace(0.5, 2, BUCKETS, dtype=np.float32))
    assert np.linalg.norm(weights[: offsets[1]]) == pytest.approx(1, abs=1e-5)
    assert np.linalg.norm(weights[offsets[2] :]) == pytest.approx(1, abs=1e-5)


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
