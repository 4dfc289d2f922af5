import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.ngrams import BUCKETS, LONGEST, fold, hash_ngrams


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("Ａｐｐ 年化12.5％", "app年化0.0%", id="width-case-figures-space"),
        pytest.param("", "", id="empty"),
        pytest.param("\u3000\n", "", id="white-space"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.lists(st.text(max_size=40), max_size=6))
def test_a_batch_gives_each_text_what_it_gets_alone(texts: list[str]) -> None:
    buckets, offsets = hash_ngrams(texts)
    assert len(offsets) == len(texts) + 1
    for i, text in enumerate(texts):
        alone, _ = hash_ngrams([text])
        assert buckets[offsets[i] : offsets[i + 1]].tolist() == alone.tolist()


@given(st.text(min_size=1, max_size=40))
def test_buckets_are_distinct_and_in_range(text: str) -> None:
    buckets, _ = hash_ngrams([text])
    assert len(set(buckets.tolist())) == len(buckets) <= LONGEST * len(fold(text))
    assert not len(buckets) or (buckets.min() >= 0 and buckets.max() < BUCKETS)


def test_lone_surrogates_and_nul_are_hashed() -> None:
    buckets, _ = hash_ngrams(["\ud800\x00保"])
    assert len(buckets) == 6


def test_a_megabyte_in_one_line_takes_seconds_not_minutes() -> None:
    started = time.process_time()
    buckets, offsets = hash_ngrams(["保本" * 500_000])
    assert offsets.tolist() == [0, len(buckets)]
    assert time.process_time() - started < 10


def test_no_text_at_all() -> None:
    buckets, offsets = hash_ngrams([])
    assert (buckets.tolist(), offsets.tolist()) == ([], [0])
    assert buckets.dtype == np.int64
