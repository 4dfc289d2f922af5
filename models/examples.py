"""Labelled texts as arrays: what the heads are trained on."""

import importlib
import importlib.resources
import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from models.corpus import LABELLED, SILENT, Row, group_of, held_out, rows
from models.evasions import evade
from models.linear import Floats, Ints, Labels, Sparse, Texts, take

FOLDS = 5
#: Code points of a text that teach; what stands further down a page repeats what came before.
LONGEST = 6_000
#: Loss weight of a quotation's passage.
QUOTE_WEIGHT = 0.3
#: Loss weight of a row by its source.
WEIGHTS = {"real": 1.0, "case": 1.0, "own": 1.0, "evaded": 0.5, "silent": 1.0, "everyday": 0.25}
#: Of the own samples a fixed third teaches a second time, respelt the way ads dodge a filter, under the
#: id with this suffix and in the group of the original.
EVADED_SHARE = 3
EVADED = "~e"
#: Unlabelled texts of the corpus that teach as texts which promote nothing: one in so many.
EVERYDAY = {"plain.jsonl": ("text", 9), "pairs.jsonl": ("a", 27)}

HEADS = "analyzers.heads"
NGRAMS = "analyzers.ngrams"
PASSAGES = "analyzers.passages:passages"


class Example(NamedTuple):
    """A labelled row: where it comes from (a key of `WEIGHTS`), and its normalised text."""

    row: Row
    source: str
    text: str

    @property
    def fold(self) -> int:
        """The fold of its group, 0 to 4."""
        return zlib.crc32(group_of(self.row).encode()) // 5 % FOLDS


def named(path: str) -> Any:
    """Import `module:name`, or a module."""
    module, _, name = path.partition(":")
    found = importlib.import_module(module)
    return getattr(found, name) if name else found


def labelled(shared: Path | None) -> list[tuple[Row, str]]:
    """The rows that may teach, each with its source: of the shared folder all that aren't held out."""
    found: list[tuple[Row, str]] = []
    for name in (*LABELLED, *SILENT) if shared else ():
        source = "case" if "cases" in name else "silent" if name in SILENT else "real"
        if name.startswith("samples_"):
            continue  # the ruleset has them
        found += [(row, source) for row in rows(shared / "data" / name) if not held_out(row)]  # type: ignore[operator]
    own = list(own_samples())
    found += [(row, "own") for row in own] + [(row, "evaded") for row in evaded(own)]
    return found + [(row, "everyday") for row in (everyday(shared) if shared else ())]


def everyday(shared: Path) -> Iterator[Row]:
    """Headlines, reviews, prose and questions of the corpus: a fixed part of them, each text once."""
    seen = {row["text"] for name in SILENT for row in rows(shared / "data" / name)}
    for name, (field, share) in EVERYDAY.items():
        for at, row in enumerate(rows(shared / "data" / "corpus" / name)):
            text = row[field]
            if zlib.crc32(text.encode()) % share == 0 and text not in seen:
                seen.add(text)
                yield {"id": f"{name}:{at}", "text": text}


def own_samples() -> Iterator[Row]:
    """The project's own samples, in the ruleset."""
    for file in sorted(Path(str(importlib.resources.files("ruleset"))).glob("samples/*.jsonl")):
        yield from rows(file)


def evaded(samples: Sequence[Row]) -> Iterator[Row]:
    """A fixed third of some samples, respelt; one that the draw leaves as it is isn't repeated."""
    for row in samples:
        draw = zlib.crc32(str(row["id"]).encode())
        text = evade(row["text"], draw) if draw % EVADED_SHARE == 0 else row["text"]
        if text != row["text"]:
            yield {**row, "id": f"{row['id']}{EVADED}", "group": group_of(row), "text": text}


def channel_of(row: Row, file_kind: str = "") -> str:
    """The channel a row came through: its own, else that of its kind."""
    kind = str(row.get("kind") or file_kind or row["id"])
    guess = (
        "sms" if kind.startswith(("sms", "fbs")) else "app" if kind.startswith(("app", "iflytek")) else "web"
    )
    return str(row.get("channel") or guess)


def truth_of(examples: Sequence[Example]) -> tuple[Floats, Floats]:
    """Truth and loss weights of every head, (n, heads): promotion, clear 1–9, clear or arguable 1–9."""
    heads: int = named(HEADS).HEADS
    truth = np.zeros((len(examples), heads), dtype=np.float32)
    weights = np.ones((len(examples), heads), dtype=np.float32)
    for i, (row, source, _) in enumerate(examples):
        cats, soft = list(row.get("cats", ())), list(row.get("soft", ()))
        truth[i, 0] = bool(row.get("promotion"))
        truth[i, cats] = 1
        truth[i, [9 + category for category in (*cats, *soft)]] = 1
        weights[i, soft] = 0
        weights[i] *= WEIGHTS[source]
    return truth, weights


class Material:
    """Texts cut into n-grams, and the labels of texts and passages."""

    def __init__(self, examples: Sequence[Example]) -> None:
        cut: Callable[[str], list[tuple[int, int]]] = named(PASSAGES)
        hashing = named(NGRAMS)
        self.examples = examples
        self.truth, self.weights = truth_of(examples)
        spans = [cut(example.text) or [(0, 0)] for example in examples]
        self.counts = np.array([len(found) for found in spans], dtype=np.int64)
        self.owners = np.repeat(np.arange(len(examples), dtype=np.int64), self.counts)
        passages = [
            example.text[start:end]
            for example, found in zip(examples, spans, strict=True)
            for start, end in found
        ]
        self._buckets: int = hashing.BUCKETS
        self._documents = hashing.hash_ngrams([example.text for example in examples])
        self._passages = hashing.hash_ngrams(passages)
        self._told(passages)

    def _told(self, passages: Sequence[str]) -> None:
        """Passages that hold a quoted reason of a label."""
        shape = (len(passages), self.truth.shape[1])
        self.passage_truth = np.zeros(shape, dtype=np.float32)
        self.passage_weights = np.zeros(shape, dtype=np.float32)
        starts = np.concatenate([[0], np.cumsum(self.counts)])
        for i, (row, _, _) in enumerate(self.examples):
            for category, quote in (row.get("spans") or {}).items():
                if len(quote) < 4:
                    continue
                for at in range(starts[i], starts[i + 1]):
                    if quote in passages[at]:
                        heads = [int(category), 9 + int(category)]
                        self.passage_truth[at, heads] = 1
                        self.passage_weights[at, heads] = QUOTE_WEIGHT

    def rarities(self, chosen: Ints) -> tuple[Floats, Floats]:
        """Inverse frequency of each bucket over the chosen documents, and over their passages."""
        mine = np.flatnonzero(np.isin(self.owners, chosen))
        return self._rarity(self._documents, chosen), self._rarity(self._passages, mine)

    def _rarity(self, hashed: tuple[Ints, Ints], chosen: Ints) -> Floats:
        buckets, offsets = hashed
        lengths = np.diff(offsets)
        of = np.zeros(len(lengths), dtype=bool)
        of[chosen] = True
        counts = np.bincount(buckets[np.repeat(of, lengths)], minlength=self._buckets)
        return (np.log((1 + len(chosen)) / (1 + counts))).astype(np.float32)

    def texts(self, chosen: Ints, rarities: tuple[Floats, Floats]) -> Texts:
        """The features of the chosen documents (rising) and their passages."""
        weigh = named(HEADS).weigh
        mine = np.flatnonzero(np.isin(self.owners, chosen))
        documents, passages = (
            Sparse(buckets, offsets, weigh(buckets, offsets, rarity), self._buckets)
            for (buckets, offsets), rarity in zip((self._documents, self._passages), rarities, strict=True)
        )
        owners = np.searchsorted(chosen, self.owners[mine]).astype(np.int64)
        return Texts(take(documents, chosen), take(passages, mine), owners)

    def labels(self, chosen: Ints) -> Labels:
        """The labels of the chosen documents and their passages."""
        mine = np.flatnonzero(np.isin(self.owners, chosen))
        return Labels(
            self.truth[chosen],
            self.weights[chosen],
            self.passage_truth[mine],
            self.passage_weights[mine],
        )
