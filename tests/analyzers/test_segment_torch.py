"""A HanLP component that runs on torch, as the official ones do, named by the configuration."""

from pathlib import Path
from typing import Any

import pytest
import torch
from hanlp.common.vocab import Vocab
from hanlp.components.taggers.rnn_tagger import RNNTagger

from analyzers.segment import Segmenter

pytestmark = pytest.mark.models

TEXT = "岚川银行发行产品"


class CharacterTagger(RNNTagger):  # type: ignore[misc]  # HanLP ships no types
    """HanLP's own tagger over characters, untrained: what it says is chance, how it is read is not."""

    def predict(self, texts: list[str], *rest: Any, **options: Any) -> list[list[tuple[str, str]]]:
        """Give (character, tag) pairs."""
        tags = super().predict([list(text) for text in texts], *rest, **options)
        return [list(zip(text, found, strict=True)) for text, found in zip(texts, tags, strict=True)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Such a component, saved as HanLP saves one."""
    tagger = CharacterTagger(
        token_key="token",
        embed=8,
        rnn_input=None,
        rnn_hidden=8,
        drop=0.0,
        crf=False,
        batch_size=4,
        tagging_scheme="BIO",
    )
    tagger.vocabs["token"] = Vocab(idx_to_token=["<pad>", "<unk>", *sorted(set(TEXT))])
    tagger.vocabs["tag"] = Vocab(idx_to_token=["n", "v"], pad_token=None, unk_token=None)
    tagger.vocabs.lock()
    tagger.model = tagger.build_model(**tagger.config)
    tagger.save(str(tmp_path))
    return tmp_path


def test_it_is_loaded_and_read_on_the_threads_asked_for(folder: Path) -> None:
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        segmenter = Segmenter.load(folder)
        assert torch.get_num_threads() == 1
        (tokens, nothing, odd) = segmenter.segment([TEXT, " ", "保\ud800本"])
        assert "".join(token.text for token in tokens) == TEXT
        assert {token.tag for token in tokens} <= {"n", "v"}
        assert (nothing, [token.text for token in odd]) == ([], ["保", "本"])
        Segmenter.load(folder, threads=2)
        Segmenter.load(folder, threads=None)
        assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)
