"""Train the sentence embedding: one vector a token, contrastively, on one core in minutes.

    python -m models.train_embedding --shared ../shared --out models/embedding

Question pairs marked the same, and the two halves of any text, are pulled together
(MultipleNegativesRankingLoss); pairs marked different are ordered under the same ones
(CoSENTLoss). The vocabulary committed beside the weights is kept unless a new one is asked for,
because the library that counts it breaks ties by chance; with it, training repeats exactly. Rows held out from the labelled sets, and a tenth of the pairs, are not seen.
"""

import argparse
import json
import random
import re
import sys
import time
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.corpus import LABELLED, SILENT, UNLABELLED, Row, held_out, rows
from models.scores import auc, bigram_similarity, spearman
from models.vocabulary import train_tokenizer

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer
    from tokenizers import Tokenizer

DIMENSIONS = 256
EPOCHS = 6
BATCH = 256
LEARNING_RATE = 0.01
START_DEVIATION = 0.02
SEED = 20261122
DOMAIN_WEIGHT = 3  # the ads are few beside the corpora; their words shall enter the vocabulary
HALVES_PER_EPOCH = 20_000
FOLDER = Path(__file__).parent / "embedding"

_BREAK = re.compile(r"[。！？!?；;\n，,]")

Ids = list[list[int]]
Job = tuple[str, npt.NDArray[np.int64]]


class Data:
    """The training texts, split: a tenth of the pairs, by their first text, is kept to score on."""

    def __init__(self, shared: Path) -> None:
        data = shared / "data"
        pairs = list(rows(data / "corpus" / "pairs.jsonl"))
        self.test = [pair for pair in pairs if zlib.crc32(pair["a"].encode()) % 10 == 0]
        seen_in_test = {text for pair in self.test for text in (pair["a"], pair["b"])}
        self.pairs = [
            pair for pair in pairs if pair["a"] not in seen_in_test and pair["b"] not in seen_in_test
        ]
        self.plain: list[str] = [row["text"] for row in rows(data / "corpus" / "plain.jsonl")]
        named = [row for name in (*LABELLED, *SILENT, *UNLABELLED) for row in rows(data / name)]
        # The same text may stand in two files under one id; held out in one, it is so in both.
        hidden = {row["id"] for row in named if held_out(row)}
        self.domain: list[str] = [row["text"] for row in named if row["id"] not in hidden]

    def vocabulary_texts(self) -> Iterator[str]:
        """Every text whose words the vocabulary is counted on."""
        for pair in self.pairs:
            yield pair["a"]
            yield pair["b"]
        yield from self.plain
        for _ in range(DOMAIN_WEIGHT):
            yield from self.domain


def halves(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Cut each text that is long enough into two neighbouring halves, at a break if it has one."""
    found = []
    for text in texts:
        parts = [part for part in _BREAK.split(text) if len(part) >= 4]
        if len(parts) >= 2:
            middle = len(parts) // 2
            found.append(("".join(parts[:middle]), "".join(parts[middle:])))
        elif len(text) >= 12:
            found.append((text[: len(text) // 2], text[len(text) // 2 :]))
    return found


class Encoded:
    """Pairs of texts as token ids, ready to be gathered into batches."""

    def __init__(
        self, tokenizer: "Tokenizer", pairs: Sequence[tuple[str, str]], labels: Sequence[int] = ()
    ) -> None:
        self._sides = [_ids(tokenizer, [pair[side] for pair in pairs]) for side in (0, 1)]
        self.labels = np.array(labels, dtype=np.float32)
        self.size = len(pairs)

    def features(self, indices: npt.NDArray[np.int64]) -> list[dict[str, Any]]:
        """Gather a batch in the form that StaticEmbedding's `preprocess` gives."""
        import torch

        features = []
        for side in self._sides:
            chosen = [side[i] for i in indices]
            offsets = np.cumsum([0, *(len(ids) for ids in chosen[:-1])])
            flat = np.concatenate([np.array(ids, dtype=np.int64) for ids in chosen])
            features.append({"input_ids": torch.from_numpy(flat), "offsets": torch.from_numpy(offsets)})
        return features


def _ids(tokenizer: "Tokenizer", texts: list[str]) -> Ids:
    return [encoding.ids or [0] for encoding in tokenizer.encode_batch(texts, add_special_tokens=False)]


def train(data: Data, tokenizer: "Tokenizer", epochs: int = EPOCHS) -> "SentenceTransformer":
    """Train from random vectors; the same data and seed give the same weights."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.losses import CoSENTLoss, MultipleNegativesRankingLoss
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding

    torch.manual_seed(SEED)
    chance = np.random.default_rng(SEED)
    start = chance.normal(0, START_DEVIATION, (tokenizer.get_vocab_size(), DIMENSIONS)).astype(np.float32)
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, start), Normalize()], device="cpu")
    sets = {
        "same": Encoded(tokenizer, [(pair["a"], pair["b"]) for pair in data.pairs if pair["same"]]),
        "halves": Encoded(tokenizer, halves(data.plain)),
        "domain": Encoded(tokenizer, halves(data.domain)),
        "order": Encoded(
            tokenizer, [(pair["a"], pair["b"]) for pair in data.pairs], [pair["same"] for pair in data.pairs]
        ),
    }
    ranking, ordering = MultipleNegativesRankingLoss(model), CoSENTLoss(model)
    optimiser = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    jobs = [job for _ in range(epochs) for job in _epoch(sets, chance)]
    for step, (kind, indices) in enumerate(jobs):
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * (1 - step / len(jobs))
        features = sets[kind].features(indices)
        if kind == "order":
            loss = ordering(features, torch.from_numpy(sets[kind].labels[indices]))
        else:
            loss = ranking(features, torch.empty(0))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 200 == 0:
            print(f"step {step} of {len(jobs)}, loss {loss.item():.3f}", file=sys.stderr, flush=True)  # noqa: T201
    return model


def _epoch(sets: dict[str, Encoded], chance: np.random.Generator) -> list[Job]:
    """Cut every set into whole batches, in random order."""
    jobs: list[Job] = []
    for kind, encoded in sets.items():
        order = chance.permutation(encoded.size)
        if kind == "halves":
            order = order[:HALVES_PER_EPOCH]
        jobs += [(kind, order[i : i + BATCH]) for i in range(0, len(order) - BATCH + 1, BATCH)]
    random.Random(int(chance.integers(2**31))).shuffle(jobs)  # noqa: S311  # no secret
    return jobs


def score(model: "SentenceTransformer", data: Data) -> dict[str, dict[str, float]]:
    """Score the pairs kept aside, all and by source, beside the cosine of character bigrams."""
    left, right = ([pair[side] for pair in data.test] for side in ("a", "b"))
    vectors = [np.asarray(model.encode(texts, batch_size=512), dtype=np.float32) for texts in (left, right)]
    ours = np.einsum("ij,ij->i", *vectors)
    seen = [text for pair in data.pairs for text in (pair["a"], pair["b"])]
    base = bigram_similarity(seen, left, right)
    return {name: _scores(data.test, ours, base, name) for name in ("all", "atec", "bq", "lcqmc")}


def _scores(
    pairs: list[Row], ours: npt.NDArray[Any], base: npt.NDArray[Any], source: str
) -> dict[str, float]:
    chosen = np.array([source in ("all", pair["source"]) for pair in pairs])
    same = np.array([pair["same"] for pair in pairs])[chosen]
    return {
        "pairs": int(chosen.sum()),
        "auc": round(auc(same, ours[chosen]), 4),
        "spearman": round(spearman(same, ours[chosen]), 4),
        "auc_bigram_tfidf": round(auc(same, base[chosen]), 4),
        "spearman_bigram_tfidf": round(spearman(same, base[chosen]), 4),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Train, score and write the model folder; the card beside it is written by hand."""
    parser = argparse.ArgumentParser(prog="python -m models.train_embedding", description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/")
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument(
        "--vocabulary", type=Path, default=FOLDER / "tokenizer.json", help="tokenizer to keep"
    )
    parser.add_argument(
        "--new-vocabulary", action="store_true", help="count the vocabulary anew (a minute or two)"
    )
    options = parser.parse_args(arguments)
    import torch
    from tokenizers import Tokenizer

    torch.set_num_threads(1)
    started = time.perf_counter()
    data = Data(options.shared)
    if options.new_vocabulary:
        tokenizer = train_tokenizer(data.vocabulary_texts())
    else:
        tokenizer = Tokenizer.from_file(str(options.vocabulary))
    model = train(data, tokenizer)
    scores = {"scores": score(model, data), "seconds": round(time.perf_counter() - started)}
    model.half()
    model.save(str(options.out), create_model_card=False)
    (options.out / "scores.json").write_text(json.dumps(scores, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
