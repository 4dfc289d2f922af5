"""`LacTagger`: HanLP's component that gives words, parts of speech and entities in one pass."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from hanlp.common.component import Component
from hanlp.common.transform import VocabDict
from hanlp_common.structure import SerializableDict

from models.errors import ModelOutdated
from models.hanlp_lac.decode import CrfDecoder
from models.hanlp_lac.network import EMISSIONS, LENGTHS, ROWS, TOKENS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

CONFIG = "config.json"
VOCABS = "vocabs.json"
WEIGHTS = "model.onnx"
TRANSITIONS = "transitions.npy"

UNKNOWN = 1  # index of <unk>; 0 is <pad>
UNICODE_SIZE = 0x110000
# Characters of one pass through the network, padding included. A pass of 64 long texts takes a
# hundred megabytes and, its states no longer fitting the processor's cache, twice the time.
MAX_PASS_CHARACTERS = 1024

Span = tuple[int, int, str]
"""(start, end, tag): code-point offsets into the text."""


class LacTagger(Component):  # type: ignore[misc]  # HanLP ships no types
    """Tags each character B or I of a part of speech or of PER, LOC, ORG, TIME; joins them to words.

    `predict("…")` gives `[(word, tag), …]`; a list of texts gives a list of those. `spans` gives
    offsets instead of words. Neither drops a character, and an empty text gives an empty list.
    """

    def __init__(self, **config: Any) -> None:
        super().__init__()
        self.config = SerializableDict(**config)
        self.vocabs = VocabDict()

    def load(self, save_dir: str, **_: Any) -> None:
        """Read the folder that `models.build` wrote (called by `hanlp.load`); one core is used, no device.

        Raises ModelOutdated where another version of this project built it.
        """
        folder = Path(save_dir)
        self._weights = folder / WEIGHTS
        if not self._weights.is_file():
            raise ModelOutdated(self._weights)
        self.config.load_json(str(folder / CONFIG))
        self.vocabs.load_vocabs(str(folder), VOCABS)
        self._threads = 1
        self._session = self._opened()
        self._index_of = np.full(UNICODE_SIZE, UNKNOWN, dtype=np.int32)
        for token, index in self.vocabs["token"].token_to_idx.items():
            if len(token) == 1:
                self._index_of[ord(token)] = index
        tags: list[str] = self.vocabs["tag"].idx_to_token
        self._label = [tag.removesuffix("-B").removesuffix("-I") for tag in tags]
        self._inside = [tag.endswith("-I") for tag in tags]
        transitions = np.load(folder / TRANSITIONS, allow_pickle=False)
        self._decoder = CrfDecoder(transitions.astype(np.float32))

    def use_threads(self, threads: int) -> None:
        """Run the network on so many threads from now on, 0 for one a core."""
        if threads != self._threads:  # a session keeps the threads it was made with
            self._threads = threads
            self._session = self._opened()

    def _opened(self) -> "InferenceSession":
        from onnxruntime import InferenceSession, SessionOptions

        options = SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        # Batches differ in shape without end. The arena would keep the largest blocks ever asked
        # for, and the patterns would be remembered shape by shape; neither makes a pass faster.
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        return InferenceSession(str(self._weights), options, providers=["CPUExecutionProvider"])

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

        Texts are sorted by length so little is padding; at most `batch_size` of them pass at once.
        """
        found: list[list[Span]] = [[] for _ in texts]
        order = sorted((i for i, text in enumerate(texts) if text), key=lambda i: -len(texts[i]))
        at = 0
        while at < len(order):
            longest = len(texts[order[at]])
            batch = order[at : at + max(1, min(batch_size, MAX_PASS_CHARACTERS // longest))]
            at += len(batch)
            for i, path in zip(batch, self._paths([texts[i] for i in batch]), strict=True):
                found[i] = self._join(path)
        return found

    def _paths(self, texts: list[str]) -> list[list[int]]:
        """Tag the characters of non-empty texts, longest first."""
        lengths = [len(text) for text in texts]
        tokens = np.zeros((lengths[0], len(texts)), dtype=np.int32)
        rows: list[npt.NDArray[np.int32]] = []
        for column, (text, length) in enumerate(zip(texts, lengths, strict=True)):
            # Lone surrogates are code points too: they pass here and find the unknown vector.
            points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
            tokens[:length, column] = self._index_of[points]
            rows.append(np.arange(length, dtype=np.int32) * len(texts) + column)
        asked = {TOKENS: tokens, LENGTHS: np.array(lengths, dtype=np.int32), ROWS: np.concatenate(rows)}
        (emissions,) = self._session.run([EMISSIONS], asked)
        return self._decoder.decode_many(emissions, lengths)

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
