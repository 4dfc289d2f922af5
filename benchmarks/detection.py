"""How well texts are judged: precision, recall and F1 on labelled rows, false alarms on silent ones.

    python benchmarks/detection.py ../shared/data [--part dev|holdout] [--embedding PATH --heads PATH]

Labels follow the project's labelling guide: `cats` are clear findings, `soft` ones count neither way; only
findings of level `clear` count. Rows are split by the CRC-32 of their `group` (near-duplicates share one; of
their id where they have none): a fifth is the holdout, which is never read while rules are tuned. F1 is
micro-averaged over categories 2–9; category 1 stands apart. Figures on `own` flatter: one author wrote text
and label.
"""

import argparse
import json
import sys
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from analyzers.analyzer import Analyzer, AnalyzerOptions
from findings.model.judgement import Judgement, ScreenInput
from findings.model.vocabulary import Channel, Level
from licences.registers import Registers
from licences.resolve import resolve

LABELLED = {
    "labelled_dev.jsonl": None,
    "labelled_landing.jsonl": "landing",
    "labelled_cases.jsonl": "case",
    "samples_own.jsonl": "own",
}
SILENT = ("apps_other.jsonl", "sms_other.jsonl", "news_about_finance_crime.jsonl", "headlines_finance.jsonl")
#: Kinds taken from the wild; the rest was written for the project.
REAL = ("app", "sms", "landing")
CATEGORIES = range(2, 10)
HOLDOUT_SHARE = 5


class Count(msgspec.Struct):
    """Hits, false alarms and misses."""

    hits: int = 0
    alarms: int = 0
    misses: int = 0

    def add(self, expected: bool, found: bool) -> None:
        """Count one decision."""
        self.hits += expected and found
        self.alarms += found and not expected
        self.misses += expected and not found

    def __add__(self, other: "Count") -> "Count":
        return Count(self.hits + other.hits, self.alarms + other.alarms, self.misses + other.misses)

    def row(self) -> dict[str, float | int]:
        """Precision, recall and F1 as ratios, and the support."""
        precision = self.hits / (self.hits + self.alarms) if self.hits + self.alarms else 0.0
        recall = self.hits / (self.hits + self.misses) if self.hits + self.misses else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {
            "precision": round(precision, 3),
            "recall": round(recall, 3),
            "f1": round(f1, 3),
            "positives": self.hits + self.misses,
        }


def held_out(row: dict[str, Any]) -> bool:
    """Whether a row belongs to the fifth that is never tuned on."""
    return zlib.crc32(str(row.get("group") or row["id"]).encode()) % HOLDOUT_SHARE == 0


def rows(file: Path, part: str) -> Iterator[dict[str, Any]]:
    """The rows of one part of a JSONL file."""
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if held_out(row) == (part == "holdout"):
                yield row


class Judge:
    """The product's own way from a text to its findings: analyzer, bundled registers, judge."""

    def __init__(self, analyzer: Analyzer, registers: Registers, on: date) -> None:
        self._analyzer = analyzer
        self._registers = registers
        self._on = on
        self.seconds = 0.0
        self.texts = 0

    def __call__(self, row: dict[str, Any], channel: Channel) -> Judgement:
        """Judge one row."""
        start = time.perf_counter()
        reading = self._analyzer.read(ScreenInput(id=str(row["id"]), text=row["text"], channel=channel))
        resolution = resolve(reading.clues, reading.product, self._on, self._registers)
        judgement = self._analyzer.judge(reading, resolution, self._on)
        self.seconds += time.perf_counter() - start
        self.texts += 1
        return judgement


def channel_of(kind: str) -> Channel:
    """The channel that a kind of text comes through."""
    return {"sms": Channel.SMS, "app": Channel.APP}.get(kind, Channel.WEB)


def clear(judgement: Judgement) -> set[int]:
    """The categories of clear findings."""
    return {finding.category for finding in judgement.findings if finding.level is Level.CLEAR}


def labelled(data: Path, part: str, judge: Judge) -> dict[str, Any]:
    """Figures on labelled rows, by kind and by category."""
    counts: dict[tuple[str, int], Count] = defaultdict(Count)
    promotion: dict[str, Count] = defaultdict(Count)
    for name, kind_of_file in LABELLED.items():
        for row in rows(data / name, part):
            kind = str(kind_of_file or row["kind"])
            judgement = judge(row, channel_of(kind))
            promotion[kind].add(row["promotion"], judgement.promotion)
            found = clear(judgement)
            for category in range(1, 10):
                if category not in row["soft"]:
                    counts[kind, category].add(category in row["cats"], category in found)
    kinds = list(promotion)
    total = sum

    def over(chosen: Any, categories: Any) -> dict[str, float | int]:
        return total((counts[kind, c] for kind in chosen for c in categories), Count()).row()

    real = [kind for kind in kinds if kind in REAL]
    written = [kind for kind in kinds if kind not in REAL]
    return {
        "real, 2-9": over(real, CATEGORIES),
        "by kind, 2-9": {kind: over([kind], CATEGORIES) for kind in kinds},
        "by category, real": {str(c): over(real, [c]) for c in range(1, 10)},
        "by category, written": {str(c): over(written, [c]) for c in range(1, 10)},
        "promotion": {kind: promotion[kind].row() for kind in kinds},
    }


def silent(data: Path, part: str, judge: Judge) -> dict[str, Any]:
    """Rows that must stay silent: how many get a clear finding of categories 2–9."""
    out: dict[str, Any] = {}
    all_rows = all_alarms = 0
    for name in SILENT:
        channel = (
            Channel.SMS if name.startswith("sms") else Channel.APP if name.startswith("apps") else Channel.WEB
        )
        judged = [clear(judge(row, channel)) for row in rows(data / name, part)]
        alarms = sum(bool(found - {1}) for found in judged)
        out[name] = {"rows": len(judged), "alarms": alarms}
        all_rows, all_alarms = all_rows + len(judged), all_alarms + alarms
    out["rate"] = round(all_alarms / all_rows, 4) if all_rows else 0.0
    return out


def main(argv: list[str] | None = None) -> int:
    """Measure and print one JSON object."""
    parser = argparse.ArgumentParser(description="Measure detection on labelled and silent texts.")
    parser.add_argument("data", type=Path, help="folder of the labelled JSONL files")
    parser.add_argument("--part", choices=("dev", "holdout"), default="dev")
    parser.add_argument("--as-of", type=date.fromisoformat, default=date(2026, 11, 22))
    parser.add_argument("--hanlp")
    parser.add_argument("--embedding")
    parser.add_argument("--heads", type=Path)
    parser.add_argument("--cache", type=Path, help="folder for compiled patterns")
    asked = parser.parse_args(argv)
    options = AnalyzerOptions(
        hanlp=asked.hanlp, embedding=asked.embedding, heads=asked.heads, ocr=False, cache=asked.cache
    )
    analyzer = Analyzer.load(options)
    judge = Judge(analyzer, Registers.load(None), asked.as_of)
    report = {
        "part": asked.part,
        "ruleset": analyzer.ruleset.version,
        "model": "rules" if asked.embedding is None else asked.embedding,
        "labelled": labelled(asked.data, asked.part, judge),
        "silent": silent(asked.data, asked.part, judge),
    }
    report["texts per second"] = round(judge.texts / judge.seconds, 1)
    json.dump(report, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
