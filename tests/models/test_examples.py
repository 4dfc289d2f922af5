"""Labelled rows as arrays: what is taught, how loudly, and what is left out."""

import numpy as np
import pytest

from models.examples import QUOTE_WEIGHT, WEIGHTS, Example, Material, channel_of, own_samples, truth_of

ROW = {
    "id": "a",
    "text": "",
    "promotion": True,
    "cats": [2],
    "soft": [5],
    "spans": {"2": "本金保障，收益稳定", "1": ""},
}
PAGE = (
    "我们成立于十年前，服务各地的客户，欢迎您的光临与垂询。本金保障，收益稳定，欢迎各位来电咨询办理各项业务。"
)


def test_a_disputed_label_counts_as_mentioned_alone() -> None:
    truth, weights = truth_of([Example(ROW, "real", PAGE)])
    assert np.flatnonzero(truth[0]).tolist() == [0, 2, 9 + 2, 9 + 5]
    assert weights[0, 5] == 0
    assert weights[0, 9 + 5] == 1


def test_respelt_rows_speak_more_softly() -> None:
    _, weights = truth_of([Example(ROW, "evaded", PAGE)])
    assert weights[0, 2] == pytest.approx(WEIGHTS["evaded"])
    assert weights[0, 5] == 0


def test_the_passage_of_a_quotation_is_told() -> None:
    material = Material([Example(ROW, "real", PAGE), Example({"id": "b", "text": ""}, "silent", "晴天")])
    assert material.counts.tolist() == [2, 1]
    assert material.passage_truth[:, 2].tolist() == [0, 1, 0]
    assert material.passage_weights[:, 2].tolist() == pytest.approx([0, QUOTE_WEIGHT, 0])
    assert not material.passage_weights[:, [0, 1, 5]].any()


def test_some_documents_bring_their_own_passages() -> None:
    material = Material(
        [Example({"id": name, "text": ""}, "own", PAGE * n) for n, name in enumerate("abc", 1)]
    )
    chosen = np.array([0, 2])
    texts = material.texts(chosen, material.rarities(chosen))
    assert texts.owners.tolist() == [0] * 2 + [1] * 6
    assert len(texts.documents.offsets) == 3
    assert len(material.labels(chosen).passage_truth) == 8


def test_a_row_without_a_channel_has_that_of_its_kind() -> None:
    assert channel_of({"id": "x", "kind": "sms"}) == "sms"
    assert channel_of({"id": "fbs-other-3"}) == "sms"
    assert channel_of({"id": "iflytek-3", "kind": "app"}) == "app"
    assert channel_of({"id": "c", "kind": "case", "channel": "im"}) == "im"
    assert channel_of({"id": "c"}) == "web"


def test_own_samples_have_what_training_reads() -> None:
    samples = list(own_samples())
    assert len(samples) > 2000
    assert all({"id", "text", "promotion", "cats", "soft"} <= set(sample) for sample in samples)
