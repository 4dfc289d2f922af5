"""`LacTagger`: HanLP's component that gives words, parts of speech and entities in one pass."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from hanlp.components.taggers.rnn_tagger import RNNTagger
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from models.hanlp_lac.decode import CrfDecoder
from models.hanlp_lac.network import LacNetwork

UNKNOWN = 1  # index of <unk>; 0 is <pad>, because HanLP's taggers mask by x > 0
UNICODE_SIZE = 0x110000
# Characters of one forward pass, padding included: bounds memory (about 20 MB of activations)
# when one text of a batch is long.
MAX_BATCH_CHARACTERS = 64 * 512

Span = tuple[int, int, str]
"""(start, end, tag): code-point offsets into the text."""


class LacTagger(RNNTagger):  # type: ignore[misc]  # HanLP ships no types
    """Tags each character B or I of a part of speech or of PER, LOC, ORG, TIME; joins them to words.

    `predict("…")` gives `[(word, tag), …]`; a list of texts gives a list of those. `spans` gives
    offsets instead of words. Neither drops a character, and an empty text gives an empty list.
    """

    def build_model(self, embedding_dim: int, rnn_hidden: int, **_: Any) -> torch.nn.Module:
        """Build the network for the vocabularies loaded (called by `hanlp.load`)."""
        return LacNetwork(len(self.vocabs["token"]), len(self.vocabs["tag"]), embedding_dim, rnn_hidden)

    def save_weights(self, save_dir: str, filename: str = "model.pt", **_: Any) -> None:
        """Save the weights at half precision; `load_state_dict` widens them again."""
        halves = {name: value.half() for name, value in self.model.state_dict().items()}
        torch.save(halves, Path(save_dir) / filename)

    def load_weights(self, save_dir: str, filename: str = "model.pt", **kwargs: Any) -> None:
        """Load the weights and prepare the tables that `spans` works with."""
        super().load_weights(save_dir, filename, **kwargs)
        self._prepare()

    def _prepare(self) -> None:
        table = np.full(UNICODE_SIZE, UNKNOWN, dtype=np.int32)
        for token, index in self.vocabs["token"].token_to_idx.items():
            if len(token) == 1:
                table[ord(token)] = index
        self._index_of = table
        tags: list[str] = self.vocabs["tag"].idx_to_token
        self._label = [tag.removesuffix("-B").removesuffix("-I") for tag in tags]
        self._inside = [tag.endswith("-I") for tag in tags]
        self._decoder = CrfDecoder(self.model.crf.transitions.detach().float().numpy())

    def predict(self, tokens: str | Sequence[str], batch_size: int | None = None, **_: Any) -> Any:
        """Cut a text, or each text of a list, into (word, tag) pairs."""
        texts = [tokens] if isinstance(tokens, str) else list(tokens)
        cut = [
            [(text[start:end], tag) for start, end, tag in spans]
            for text, spans in zip(texts, self.spans(texts, batch_size or 64), strict=True)
        ]
        return cut[0] if isinstance(tokens, str) else cut

    def spans(self, texts: Sequence[str], batch_size: int = 64) -> list[list[Span]]:
        """Cut texts into tagged spans that cover every code point of each, in order.

        Goes around HanLP's Dataset and DataLoader, which take a third of the time in batches
        and half of it for single texts. Texts are sorted by length so little is padding.
        """
        found: list[list[Span]] = [[] for _ in texts]
        order = sorted((i for i, text in enumerate(texts) if text), key=lambda i: -len(texts[i]))
        at = 0
        while at < len(order):
            longest = len(texts[order[at]])
            batch = order[at : at + max(1, min(batch_size, MAX_BATCH_CHARACTERS // longest))]
            at += len(batch)
            for i, path in zip(batch, self._paths([texts[i] for i in batch]), strict=True):
                found[i] = self._join(path)
        return found

    def _paths(self, texts: list[str]) -> list[list[int]]:
        """Tag the characters of non-empty texts, longest first."""
        lengths = [len(text) for text in texts]
        indices = np.zeros((len(texts), lengths[0]), dtype=np.int64)
        for row, text in zip(indices, texts, strict=True):
            # Lone surrogates are code points too: they pass here and find the unknown vector.
            points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            row[: len(points)] = self._index_of[points]
        model: LacNetwork = self.model
        with torch.inference_mode():
            x = model.embed(torch.from_numpy(indices))
            packed: PackedSequence = pack_padded_sequence(x, torch.tensor(lengths), batch_first=True)
            states = model.rnn(packed)[0]
            emissions = model.out(states.data).numpy()
        # A packed batch lies time step by time step; the decoder wants text after text.
        sizes = states.batch_sizes.numpy()
        offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        rows = np.concatenate([offsets[:length] + i for i, length in enumerate(lengths)])
        return self._decoder.decode_many(emissions[rows], lengths)

    def _join(self, path: list[int]) -> list[Span]:
        """Join characters to words: an I tag continues, whatever its kind, as in LAC itself."""
        inside, label = self._inside, self._label
        spans: list[Span] = []
        start = 0
        for i in range(1, len(path)):
            if not inside[path[i]]:
                spans.append((start, i, label[path[start]]))
                start = i
        spans.append((start, len(path), label[path[start]]))
        return spans
