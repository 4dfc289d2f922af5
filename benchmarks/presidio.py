"""Rules alone beside Microsoft Presidio with the same patterns, on one core, in turns.

    python benchmarks/presidio.py [--texts 300] [--repeats 7] [--env FOLDER]

Presidio runs in a virtual environment of its own, made on first use under FOLDER (default
~/.cache/finadwatch/presidio-env) with pip: every pattern of the shipped rules is one of its
PatternRecognizers, every word list another, on spaCy's blank Chinese pipeline. Both sides read the
stream of `screening.py` in normalised form, the form that the patterns are written for. A pattern that
one side refuses takes its rules out on both. Design: the rules alone at least 20 times as fast.

Three figures of ours: `patterns` finds the same hits and no more; `scan` decides which rules fire;
`judge` is the whole judgement from the raw text (normalise, scan, gate, product, advertiser, findings)
without models. Two of theirs: `engine` is AnalyzerEngine as its users call it; `recognisers` calls the
recognisers alone, without pipeline, context and clearing of duplicates.
"""

import argparse
import json
import os
import re
import subprocess
import time
import venv
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from screening import UNKNOWN, texts

from analyzers.analyzer import Analyzer, AnalyzerOptions
from analyzers.normalise import Normaliser, default_normaliser
from analyzers.patterns import Expression, PatternSet, expressions, guard
from analyzers.rules import Ruleset
from analyzers.ruleset import load_ruleset
from analyzers.scan import Scanner
from findings.model.judgement import ScreenInput

PEER = Path(__file__).with_name("presidio_peer.py")
PACKAGES = ("presidio-analyzer>=2.2,<3",)
#: A pass of ours lasts at least this long, seconds: a shorter one measures the clock.
PASS = 0.5
Hit = tuple[str, int, int]


def environment(folder: Path) -> Path:
    """The interpreter of Presidio's environment; made where it isn't there yet."""
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *PACKAGES], check=True)
        (folder / "ready").touch()
    return python


def as_python(entries: Iterable[Expression]) -> list[dict[str, Any]]:
    """The database's entries in the syntax of Python's `regex`: one pattern an atom.

    The words of a list are one alternation, longest first; what may not stand beside a word becomes a
    look-around. Classes such as `\\d` mean ASCII on both sides, and only patterns ignore case.
    """
    words: dict[str, list[str]] = {}
    patterns = []
    for entry in entries:
        if entry.length is None:
            flags = int(re.IGNORECASE | re.ASCII)
            patterns.append({"entity": entry.keys[0], "regex": entry.regex, "flags": flags})
            continue
        first, last = guard(entry.source[0]).decode(), guard(entry.source[-1]).decode()
        before = f"(?<![{first}])" if first else ""
        after = f"(?![{last}])" if last else ""
        for key in entry.keys:
            words.setdefault(key, []).append(f"{before}{re.escape(entry.source)}{after}")
    patterns += [
        {"entity": key, "regex": "|".join(sorted(listed, key=len, reverse=True)), "flags": int(re.ASCII)}
        for key, listed in words.items()
    ]
    return patterns


class Peer:
    """Presidio in a process of its own."""

    def __init__(self, python: Path, stream: list[str], patterns: list[dict[str, Any]]) -> None:
        self._process = subprocess.Popen(
            [python, PEER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.about = self.ask({"texts": stream, "patterns": patterns})

    def ask(self, request: dict[str, Any]) -> Any:
        """One request, one answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def rate(work: Callable[[], object], count: int) -> float:
    """Texts a second of CPU time over passes that last `PASS` or longer."""
    began, passes = time.process_time(), 0
    while (spent := time.process_time() - began) < PASS:
        work()
        passes += 1
    return count * passes / spent


def one_by_one(spans: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Hits of one atom as an iterator of matches gives them: from the left, none reaching into another."""
    kept: set[tuple[int, int]] = set()
    reached = 0
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= reached:
            kept.add((start, end))
            reached = end
    return kept


def compared(ours: list[dict[str, list[tuple[int, int]]]], theirs: list[list[Hit]]) -> Counter[str]:
    """How the hits of both sides agree, counted."""
    counts: Counter[str] = Counter()
    for mine, other in zip(ours, theirs, strict=True):
        found: dict[str, set[tuple[int, int]]] = {}
        for entity, start, end in other:
            found.setdefault(entity, set()).add((start, end))
        counts["ours"] += sum(map(len, mine.values()))
        counts["theirs"] += len(other)
        for key in mine.keys() | found.keys():
            whole, listed = mine.get(key, []), found.get(key, set())
            apart = one_by_one(whole)
            counts["overlapping"] += len(whole) - len(apart)
            counts["same"] += len(apart & listed)
            starts = {start for start, _ in apart - listed} & {start for start, _ in listed - apart}
            counts["end"] += len(starts)
            counts["only ours"] += sum(start not in starts for start, _ in apart - listed)
            counts["only theirs"] += sum(start not in starts for start, _ in listed - apart)
            counts["atoms"] += 1
            counts["atoms same"] += bool(whole) == bool(listed)
    return counts


def without(ruleset: Ruleset, refused: Iterable[str]) -> Ruleset:
    """The ruleset less the rules that look for a refused atom."""
    gone = set(refused)
    kept = tuple(rule for rule in ruleset.rules if not gone & {atom.key for atom in rule.atoms()})
    return msgspec.structs.replace(ruleset, rules=kept)


def begin(python: Path, stream: list[str], ruleset: Ruleset, normalise: Normaliser) -> tuple[Peer, Ruleset]:
    """A peer with every pattern that it takes, and the rules that both sides then have."""
    peer = Peer(python, stream, as_python(expressions(ruleset, normalise)))
    refused = peer.about["refused"]
    for key, reason in refused.items():
        print(f"left out on both sides, as Presidio refuses it: {key} ({reason})")
    if not refused:
        return peer, ruleset
    peer.close()
    return begin(python, stream, without(ruleset, refused), normalise)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--texts", type=int, default=300)
    parser.add_argument("--share", type=float, default=0.3, help="finance in the stream")
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--env", type=Path, default=Path.home() / ".cache/finadwatch/presidio-env")
    options = parser.parse_args()
    python = environment(options.env)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the peer inherits it
    normalise = default_normaliser()
    whole = Analyzer.load(AnalyzerOptions(ocr=False), load_ruleset())
    raw = texts(whole, options.texts, options.share)
    stream = [normalise(text).text for text in raw]
    peer, ruleset = begin(python, stream, whole.ruleset, normalise)
    entries = expressions(ruleset, normalise)
    analyzer = Analyzer.load(AnalyzerOptions(ocr=False), ruleset)
    patterns, scanner = PatternSet(entries), Scanner(ruleset, normalise)
    print(
        f"{sum(entry.length is None for entry in entries)} patterns and "
        f"{sum(entry.length is not None for entry in entries)} words; {len(stream)} texts, "
        f"{sum(map(len, stream)) / len(stream):.0f} characters each; {peer.about['versions']}"
    )

    today = date(2026, 11, 22)
    ads = [ScreenInput(text=text) for text in raw]
    ways: dict[str, Callable[[], object]] = {
        "patterns": lambda: [patterns.find(text) for text in stream],
        "scan": lambda: [scanner.scan(text) for text in stream],
        "judge": lambda: [analyzer.judge(one, UNKNOWN, today) for one in analyzer.read_many(ads)],
    }
    for work in ways.values():
        work()
    rates: dict[str, list[float]] = {}
    for _ in range(options.repeats):
        for name, work in ways.items():
            rates.setdefault(name, []).append(rate(work, len(stream)))
        for name in ("engine", "recognisers"):
            rates.setdefault(name, []).append(len(stream) / peer.ask({"run": name})["cpu"])
    counts = compared([patterns.find(text) for text in stream], peer.ask({"show": True}))
    peer.close()

    for name, values in rates.items():
        print(f"{name:12} {median(values):10,.0f} texts/s of CPU time, median of {len(values)}")
    for mine in ways:
        for theirs in ("engine", "recognisers"):
            ratios = [a / b for a, b in zip(rates[mine], rates[theirs], strict=True)]
            print(f"{mine} / {theirs}: {median(ratios):.1f} ({min(ratios):.1f} to {max(ratios):.1f})")
    print(
        f"hits: ours {counts['ours']}, theirs {counts['theirs']}; of ours {counts['overlapping']} reach into "
        f"another of the same atom, which theirs never reports;\n  of the rest {counts['same']} are the same, "
        f"{counts['end']} end elsewhere (theirs takes the first alternative, ours the longest), "
        f"{counts['only ours']} only ours, {counts['only theirs']} only theirs;\n"
        f"  atoms found in a text: {counts['atoms same']} of {counts['atoms']} the same on both sides"
    )


if __name__ == "__main__":
    main()
