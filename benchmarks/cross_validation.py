"""How well texts are judged that the models never saw: cross-validation by group, the product's own way.

    python benchmarks/cross_validation.py ../shared [--workers 2]

Five times the heads are trained without a fifth of the groups, and that fifth is judged as `finadwatch screen`
would: heads of the fold, fusion and rules as shipped, registers, judge. The held-out part of the folder
neither teaches nor is scored. Prints the same tables as `benchmarks/scorecard.py` and appends a line to the history
(`measures: cross-validation`). What it can't undo: the authors of the rules had these rows in view, and the
fusion's weights were fitted on all folds, so the figures flatter what rests on rules.
"""

import argparse
import json
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import numpy as np
from scorecard import HISTORY, SETS, line

from finadwatch.context import Desk, bundled
from finadwatch.judging import Judge
from finadwatch.scorecards.card import card
from finadwatch.scorecards.count import Judged
from finadwatch.scorecards.judging import judge_all
from finadwatch.scorecards.rows import Row, read_rows
from finadwatch.scorecards.split import Split, part
from finadwatch.scorecards.table import print_card
from models.examples import FOLDS, Material
from models.train_heads import learn, observe, save_heads


@dataclass(frozen=True)
class OtherHeads:
    """Opens the judge of a desk with other heads; picklable."""

    desk: Desk
    heads: Path

    def __call__(self) -> Judge:
        """Open it."""
        models = msgspec.structs.replace(self.desk.config.models, heads=str(self.heads))
        return Desk(msgspec.structs.replace(self.desk.config, models=models)).judge()


def trained(material: Material, fold: int, folder: Path) -> Path:
    """Heads that saw nothing of a fold, beside the shipped fusion."""
    folds = np.array([example.fold for example in material.examples])
    rarities, heads = learn(material, np.flatnonzero(folds != fold))
    out = folder / str(fold)
    save_heads(out, rarities, heads)
    (out / "fusion.json").write_bytes((bundled("heads") / "fusion.json").read_bytes())
    return out


def main() -> None:
    """Train, judge, print, remember."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("shared", type=Path, help="folder that holds data/")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--as-of", type=date.fromisoformat)
    parser.add_argument("--history", type=Path, default=HISTORY)
    asked = parser.parse_args()
    import torch

    torch.set_num_threads(1)
    desk = Desk.open(None, None)
    day = asked.as_of or desk.today()
    sets: dict[str, list[Row]] = {
        name: list(
            part((row for file in files for row in read_rows(asked.shared / "data" / file)), Split.DEV)
        )
        for name, files in SETS.items()
    }
    examples, _ = observe(asked.shared)
    material = Material(examples)
    fold_of = {str(example.row["id"]): example.fold for example in examples if example.source != "own"}
    begun = time.perf_counter()
    judged: dict[int, Judged] = {}
    with tempfile.TemporaryDirectory() as folder:
        for fold in range(FOLDS):
            mine = [row for rows in sets.values() for row in rows if fold_of[row.id] == fold]
            opener = OtherHeads(desk, trained(material, fold, Path(folder)))
            for one in judge_all(mine, opener, on=day, today=day, workers=asked.workers):
                judged[id(one.row)] = one
    cards = {}
    for name, rows in sets.items():
        found = [judged[id(row)] for row in rows if id(row) in judged]
        cards[name] = card(
            found, files=SETS[name], split=Split.DEV, as_of=day, unjudged=len(rows) - len(found)
        )
        print(f"== {name}")
        print_card(cards[name])
    kept = line(cards, desk.today(), time.perf_counter() - begun) | {"measures": "cross-validation"}
    with asked.history.open("a", encoding="utf-8") as history:
        history.write(json.dumps(kept, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
