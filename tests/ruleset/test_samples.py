"""The project's own samples: well labelled, and read as a first version must."""

from datetime import date

import pytest

from analyzers.analyzer import Analyzer, AnalyzerOptions
from finadwatch.scorecards.count import Judged, clear
from finadwatch.scorecards.rows import read_rows
from finadwatch.scorecards.samples import sample_faults, shipped_samples
from findings.model.judgement import Advertiser, LicenceView, Resolution
from findings.model.vocabulary import LicenceStatus
from tests.support.cache import patterns
from tests.support.rulesets import shipped_folder

TODAY = date(2026, 11, 22)
NOBODY = Resolution(
    advertiser=Advertiser(name=None, uscc=None, matched=None),
    licence=LicenceView(status=LicenceStatus.UNKNOWN, as_of=None, stale=False, entry=None, reason="no list"),
)
#: Measured on 2026-11-22 and rounded down: the rules alone may not fall below this.
PRECISION = 0.95
RECALL = 0.80
ROWS = read_rows(shipped_folder() / "samples" / "samples_rules.jsonl")


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    analyzer = Analyzer.load(AnalyzerOptions(ocr=False, cache=patterns()))
    return [Judged(row, analyzer.judge(analyzer.read(row.ad), NOBODY, TODAY)) for row in ROWS]


def test_every_sample_keeps_the_schema_quotes_its_text_and_stands_once() -> None:
    assert [str(fault) for fault in sample_faults(shipped_samples())] == []


def test_the_reader_of_labelled_texts_reads_every_sample_file() -> None:
    rows = {path.name: read_rows(path) for path in shipped_samples()}
    assert {"samples_own.jsonl", "samples_rules.jsonl"} < set(rows)
    assert [name for name, read in rows.items() if not read or any(row.silent for row in read)] == []


def test_there_are_enough_of_both_kinds() -> None:
    promotions = sum(bool(row.promotion) for row in ROWS)
    assert len(ROWS) >= 200
    assert len(ROWS) - promotions >= 50


def test_clear_findings_agree_with_the_labels(judged: list[Judged]) -> None:
    hits = alarms = misses = 0
    for one in judged:
        found, expected = clear(one.judgement) - {1}, one.row.cats - {1}
        hits += len(found & expected)
        alarms += len(found - expected - one.row.soft)
        misses += len(expected - found)
    assert hits / (hits + alarms) >= PRECISION
    assert hits / (hits + misses) >= RECALL


def test_what_promotes_nothing_gets_no_clear_finding(judged: list[Judged]) -> None:
    assert [one.row.id for one in judged if not one.row.promotion and one.alarmed] == []


def test_every_finding_quotes_the_text_and_names_a_law(judged: list[Judged]) -> None:
    for one in judged:
        for finding in one.judgement.findings:
            assert finding.basis, (one.row.id, finding.category)
            assert "{quote}" not in finding.explanation
            for span in finding.spans:
                assert one.row.text[span.start : span.end] == span.text
