"""Sentence vectors: the project's own static model read directly, any other by sentence-transformers.

Importing sentence-transformers takes five seconds and half a gigabyte. The default model is a
table of vectors whose rows are averaged, so its folder is read with `tokenizers` and
`safetensors` alone; a test holds the result equal to `SentenceTransformer(folder).encode`.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.text_windows import windows

Vectors = npt.NDArray[np.float32]

WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
MODULES = "modules.json"
TABLE = "embedding.weight"
PIECE = 4_000  # code points given to the tokenizer at once: bounds its memory on a page of megabytes


class Embedder(Protocol):
    """Turns texts into unit vectors."""

    name: str

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text, (n, dims); zeros for a text without a known token."""
        ...


class StaticEmbedder:
    """The mean of token vectors, as sentence-transformers' StaticEmbedding and Normalize give."""

    def __init__(self, folder: Path) -> None:
        from safetensors import safe_open
        from tokenizers import Tokenizer

        self.name = str(folder)
        static = _static_folder(folder)
        try:
            self._tokenizer = Tokenizer.from_file(str(static / TOKENIZER))
            with safe_open(str(static / WEIGHTS), framework="np") as file:
                self._table: Vectors = file.get_tensor(TABLE).astype(np.float32)
        except Exception as error:  # both libraries raise plain Exceptions from Rust
            raise ModelUnusable("embedding", str(folder), error) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.dimensions = int(self._table.shape[1])

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text."""
        pieces = [(i, text[start:end]) for i, text in enumerate(texts) for start, end in windows(text, PIECE)]
        clean = [piece.encode("utf-8", "replace").decode("utf-8") for _, piece in pieces]
        encodings = self._tokenizer.encode_batch_fast(clean, add_special_tokens=False)
        sums = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for (i, _), encoding in zip(pieces, encodings, strict=True):
            sums[i] += self._table[encoding.ids].sum(axis=0)
        # The mean and the sum of a text's rows have one direction, and only that is kept.
        return unit(sums)


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by official name or folder."""

    def __init__(self, name: str) -> None:
        from sentence_transformers import SentenceTransformer

        self.name = name
        try:
            self._model: Any = SentenceTransformer(name, device="cpu")
        except Exception as error:  # hub, network, configuration and weights each raise their own
            raise ModelUnusable("embedding", name, error) from error

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one unit vector a text."""
        if not texts:
            return np.zeros((0, int(self._model.get_embedding_dimension())), dtype=np.float32)
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        vectors = np.asarray(self._model.encode(clean, show_progress_bar=False), dtype=np.float32)
        # A text without a known token comes back as 0/0 from a half precision model.
        return unit(np.nan_to_num(vectors))


def load_embedder(model: str | Path) -> Embedder:
    """Load a model by its folder or official name, directly where it is a static one."""
    folder = Path(model).expanduser()
    if folder.is_dir():
        if (folder / MODULES).is_file():
            return StaticEmbedder(folder) if _is_static(folder) else SentenceTransformerEmbedder(str(folder))
        raise ModelMissing("embedding", str(folder))
    if isinstance(model, Path) or folder.is_absolute():
        raise ModelMissing("embedding", str(model))
    return SentenceTransformerEmbedder(model)


def unit(vectors: Vectors) -> Vectors:
    """Scale each row to length one; a row of zeros stays so."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vectors = (vectors / np.where(norms > 0, norms, 1)).astype(np.float32)
    return scaled


def _modules(folder: Path) -> list[dict[str, Any]]:
    try:
        modules: list[dict[str, Any]] = json.loads((folder / MODULES).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelUnusable("embedding", str(folder), error) from error
    return modules


def _is_static(folder: Path) -> bool:
    kinds = [str(module.get("type", "")).rsplit(".", 1)[-1] for module in _modules(folder)]
    return kinds in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"])


def _static_folder(folder: Path) -> Path:
    return folder / str(_modules(folder)[0].get("path", ""))
