"""How well texts are judged: the figures of `finadwatch scorecard` over a folder of labelled texts, kept.

    python benchmarks/scorecard.py ../shared/data [--split dev|holdout] [--workers 2] [--config FILE]

Real texts (apps, SMS, landing pages), rewritten enforcement cases and silent texts are scored apart: they
have figures of their own to reach. Samples of the project's own are left out: the models learn from them.
Prints the tables and appends one line of figures to `benchmarks/history.jsonl`. Rules were tuned and heads
trained on the split `dev`: its figures say how well that went (`measures: fit`), not how good the judge is on
texts it never saw. Only `holdout` says that, as long as nobody tunes on it.
"""

import argparse
import json
import subprocess
import time
from datetime import date
from pathlib import Path
from typing import Any

from finadwatch.context import Desk
from finadwatch.scorecards.card import Card, card
from finadwatch.scorecards.count import Judged
from finadwatch.scorecards.intervals import Estimate, Measure
from finadwatch.scorecards.judging import judge_all
from finadwatch.scorecards.rows import read_rows
from finadwatch.scorecards.split import Split, part
from finadwatch.scorecards.table import print_card

SETS = {
    "real": ("labelled_dev.jsonl", "labelled_landing.jsonl"),
    "cases": ("labelled_cases.jsonl",),
    "silent": (
        "apps_other.jsonl",
        "sms_other.jsonl",
        "news_about_finance_crime.jsonl",
        "headlines_finance.jsonl",
    ),
}
HISTORY = Path(__file__).with_name("history.jsonl")


def line(cards: dict[str, Card], on: date, seconds: float) -> dict[str, Any]:
    """One line of history: when, what was measured, the figures with their intervals."""
    first = next(iter(cards.values()))
    return {
        "date": on.isoformat(),
        "revision": revision(),
        "ruleset": first.ruleset,
        "model": first.model,
        "split": first.split.value,
        "measures": "held out" if first.split is Split.HOLDOUT else "fit",
        **{name: kept(one) for name, one in cards.items()},
        "seconds": round(seconds, 1),
    }


def kept(one: Card) -> dict[str, Any]:
    """The figures of one set; a silent one has only its false alarms."""
    found = one.figures
    alarms = found.all.false_alarms
    figures: dict[str, Any] = {
        "rows": one.rows,
        "false_alarms": [alarms.hits, alarms.of, *ratios(alarms.estimate)],
    }
    if found.silent.of == one.rows:
        return figures
    return figures | {
        "2-9": scores(found.all.overall),
        **{str(number): scores(measure) for number, measure in found.all.categories.items()},
        "promotion": scores(found.all.promotion),
        "kinds": {kind: ratios(part.overall.f1) for kind, part in found.kinds.items()},
    }


def scores(measure: Measure) -> dict[str, Any]:
    """F1, precision and recall with their intervals, and the cases."""
    return {
        "cases": measure.cases,
        "f1": ratios(measure.f1),
        "precision": ratios(measure.precision),
        "recall": ratios(measure.recall),
    }


def ratios(estimate: Estimate) -> list[float]:
    """Value, low, high; empty where there was nothing to measure."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return []
    return [round(one, 4) for one in (estimate.value, estimate.low, estimate.high)]


def revision() -> str:
    """The commit that was measured; `-dirty` if files differ from it."""
    asked = ("git", "describe", "--always", "--dirty", "--exclude", "*")
    said = subprocess.run(asked, cwd=HISTORY.parent, capture_output=True, text=True, check=False)
    return said.stdout.strip() or "unknown"


def main() -> None:
    """Measure, print, remember."""
    parser = argparse.ArgumentParser(description="Score the judge on a folder of labelled texts.")
    parser.add_argument("data", type=Path, help="folder of the labelled JSONL files")
    parser.add_argument("--split", choices=("dev", "holdout"), default="dev")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--as-of", type=date.fromisoformat)
    parser.add_argument("--config", type=Path, help="a configuration that names other models")
    parser.add_argument("--history", type=Path, default=HISTORY)
    asked = parser.parse_args()
    desk, split = Desk.open(asked.config, None), Split(asked.split)
    sets = {
        name: list(part((row for file in files for row in read_rows(asked.data / file)), split))
        for name, files in SETS.items()
    }
    begun = time.perf_counter()
    day = asked.as_of or desk.today()
    every = [row for rows in sets.values() for row in rows]
    judged = {
        id(one.row): one for one in judge_all(every, desk.judge, on=day, today=day, workers=asked.workers)
    }
    seconds = time.perf_counter() - begun
    cards = {}
    for name, rows in sets.items():
        mine: list[Judged] = [judged[id(row)] for row in rows if id(row) in judged]
        cards[name] = card(mine, files=SETS[name], split=split, as_of=day, unjudged=len(rows) - len(mine))
        print(f"== {name}")
        print_card(cards[name])
    with asked.history.open("a", encoding="utf-8") as history:
        history.write(json.dumps(line(cards, desk.today(), seconds), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
