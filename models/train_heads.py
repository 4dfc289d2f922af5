"""Train the heads and their fusion with the rules.

    python -m models.train_heads --shared ../shared --out models/heads

Labelled rows and silent texts teach; beside them the project's own samples, a third of these respelt,
and everyday texts of the corpus (`models.examples`). A label that officers could dispute (`soft`) takes
no loss in the head of the clear category, and counts in the head of the mentioned one.

Every choice rests on cross-validation by group: the heads score each row by weights that saw none of its
group, and the fusion is fitted on those scores. Rows of the held-out fifth of the shared folder neither
teach nor are scored here; `benchmarks/scorecard.py --split holdout` scores them.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from models.examples import FOLDS, HEADS, LONGEST, Example, Material, channel_of, labelled, named
from models.fusing import Fused, fuse
from models.linear import Floats, Linear, fit

L2 = 0.1
OBSERVER = "analyzers.learning:Observer"
FOLDER = Path(__file__).parent / "heads"


def observe(shared: Path | None) -> tuple[list[Example], list[Any]]:
    """Every row that may teach, and what the rules see in it."""
    observer = named(OBSERVER)()
    examples, seen = [], []
    for row, source in labelled(shared):
        ad = observer.see(row["text"][:LONGEST], channel_of(row))
        examples.append(Example(row, source, "\n".join(ad.texts)))
        seen.append(ad)
    return examples, seen


def learn(material: Material, chosen: Any) -> tuple[tuple[Floats, Floats], Linear]:
    """Fit the heads on some rows; returns (rarities, heads)."""
    rarities = material.rarities(chosen)
    softness = float(named(HEADS).SOFTNESS)
    return rarities, fit(material.texts(chosen, rarities), material.labels(chosen), softness=softness, l2=L2)


def cross_validate(material: Material) -> Floats:
    """Score every row by heads that saw none of its group."""
    folds = np.array([example.fold for example in material.examples])
    found = np.zeros_like(material.truth)
    for fold in range(FOLDS):
        rarities, heads = learn(material, np.flatnonzero(folds != fold))
        others = np.flatnonzero(folds == fold)
        found[others] = heads.scores(material.texts(others, rarities))
    return found


def save_heads(out: Path, rarities: tuple[Floats, Floats], heads: Linear) -> None:
    """Write heads.npz into a folder, which is made where there is none. The same weights give the same bytes."""
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        out / "heads.npz",
        rarity=rarities[0].astype(np.float16),
        passage_rarity=rarities[1].astype(np.float16),
        bias=heads.bias,
        passage_bias=heads.passage_bias,
        **quantised("weights", heads.weights),
        **quantised("passage_weights", heads.passage_weights),
    )


def save_fusion(out: Path, fused: Fused) -> None:
    """Write fusion.json and scores.json."""
    for name, content in (("fusion.json", fused.fusion), ("scores.json", fused.scores)):
        (out / name).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def quantised(name: str, weights: Floats) -> dict[str, Any]:
    """Weights in steps of a 127th of each head's largest, one byte a weight: a third of the size."""
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    return {name: np.round(weights / scale).astype(np.int8), f"{name}_scale": scale.astype(np.float32)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Cross-validate, fuse, train on all rows, write."""
    parser = argparse.ArgumentParser(prog="python -m models.train_heads", description=__doc__)
    parser.add_argument("--shared", type=Path, help="folder that holds data/; without it own samples alone")
    parser.add_argument("--out", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    import torch

    torch.set_num_threads(1)
    examples, seen = observe(options.shared)
    material = Material(examples)
    fused = fuse(examples, seen, cross_validate(material))
    rarities, heads = learn(material, np.arange(len(examples)))
    save_heads(options.out, rarities, heads)
    save_fusion(options.out, fused)


if __name__ == "__main__":
    main()
