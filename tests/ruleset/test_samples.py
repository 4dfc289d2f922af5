"""The project's own samples: well labelled, and read as a first version must."""

import json
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from typing import Any

import pytest

from analyzers.analyzer import Analyzer, AnalyzerOptions
from findings.model.judgement import Advertiser, Judgement, LicenceView, Resolution, ScreenInput
from findings.model.vocabulary import Channel, Level, LicenceStatus

TODAY = date(2026, 11, 22)
NOBODY = Resolution(
    advertiser=Advertiser(name=None, uscc=None, matched=None),
    licence=LicenceView(status=LicenceStatus.UNKNOWN, as_of=None, stale=False, entry=None, reason="no list"),
)
#: Measured on 2026-11-22 and rounded down: the rules alone may not fall below this.
PRECISION = 0.95
RECALL = 0.80
TYPES = {
    "非法集资", "P2P", "荐股", "配资", "外汇期货贵金属", "虚拟货币", "退保",
    "征信", "反催收", "套现", "贷款中介", "彩票", "诈骗", "其他",
}  # fmt: skip


def rows(name: str) -> Iterator[dict[str, Any]]:
    for line in files("ruleset").joinpath("samples", name).read_text("utf-8").splitlines():
        yield json.loads(line)


ROWS = list(rows("samples_rules.jsonl"))


@pytest.fixture(scope="module")
def judged() -> list[tuple[dict[str, Any], Judgement]]:
    analyzer = Analyzer.load(AnalyzerOptions(ocr=False))
    found = []
    for row in ROWS:
        ad = ScreenInput(id=row["id"], text=row["text"], channel=Channel(row["channel"]))
        found.append((row, analyzer.judge(analyzer.read(ad), NOBODY, TODAY)))
    return found


@pytest.mark.parametrize("name", ["samples_rules.jsonl", "samples_own.jsonl"])
def test_labels_keep_the_guide(name: str) -> None:
    seen = set()
    for row in rows(name):
        assert row["id"] not in seen
        seen.add(row["id"])
        assert not set(row["cats"]) & set(row["soft"]), row["id"]
        assert row["promotion"] or not (row["cats"] or row["soft"]), row["id"]
        assert (row["type"] in TYPES) == (8 in row["cats"] + row["soft"]), row["id"]
        assert not (row["warning"] and 1 in row["cats"]), row["id"]


def test_there_are_enough_of_both_kinds() -> None:
    promotions = sum(row["promotion"] for row in ROWS)
    assert len(ROWS) >= 200
    assert len(ROWS) - promotions >= 50


def test_clear_findings_agree_with_the_labels(judged: list[tuple[dict[str, Any], Judgement]]) -> None:
    hits = alarms = misses = 0
    for row, judgement in judged:
        found = {f.category for f in judgement.findings if f.level is Level.CLEAR} - {1}
        expected = set(row["cats"]) - {1}
        hits += len(found & expected)
        alarms += len(found - expected - set(row["soft"]))
        misses += len(expected - found)
    assert hits / (hits + alarms) >= PRECISION
    assert hits / (hits + misses) >= RECALL


def test_what_promotes_nothing_gets_no_clear_finding(judged: list[tuple[dict[str, Any], Judgement]]) -> None:
    wrong = [
        row["id"]
        for row, judgement in judged
        if not row["promotion"] and any(f.level is Level.CLEAR and f.category > 1 for f in judgement.findings)
    ]
    assert wrong == []


def test_every_finding_quotes_the_text_and_names_a_law(
    judged: list[tuple[dict[str, Any], Judgement]],
) -> None:
    for row, judgement in judged:
        for finding in judgement.findings:
            assert finding.basis, (row["id"], finding.category)
            assert "{quote}" not in finding.explanation
            for span in finding.spans:
                assert row["text"][span.start : span.end] == span.text
