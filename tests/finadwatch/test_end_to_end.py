"""What `make run` shows a newcomer: the sandbox crawled, judged, stored and handed over, for real."""

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.cli import run_finadwatch

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.slow]


class Rehearsal:
    """One play of the sandbox: what was printed, and where everything lies."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ran = self.call("sandbox", "run")
        self.folder = home / "sandbox"
        self.expected = yaml.safe_load((self.folder / "expected.yaml").read_text("utf-8"))

    def call(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return run_finadwatch(self.home, *words)

    def json(self, *words: str) -> list[Any]:
        ran = self.call("--config", str(self.folder / "config.yaml"), *words, "--store", self.store, "--json")
        assert ran.returncode == 0, ran.stderr
        return [json.loads(line) for line in ran.stdout.splitlines()]

    @property
    def store(self) -> str:
        return f"sqlite:///{self.folder}/finadwatch.db"


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, hanlp: Path) -> Rehearsal:
    home = tmp_path_factory.mktemp("home")
    (home / "config.yaml").write_text(f"models: {{hanlp: '{hanlp}'}}\n", "utf-8")
    return Rehearsal(home)


@pytest.mark.timeout(600)
def test_the_whole_way_once(rehearsal: Rehearsal) -> None:
    assert rehearsal.ran.returncode == 0, rehearsal.ran.stdout + rehearsal.ran.stderr
    printed = rehearsal.ran.stdout
    for heading in ("监测覆盖率", "各类线索", "最严重的三件案件线索", "移送清单"):
        assert heading in printed


def test_all_nine_categories_are_found(rehearsal: Rehearsal) -> None:
    run = rehearsal.json("runs")[0]["run"]["id"]
    findings = rehearsal.json("runs", run)[0]["findings"]
    assert {int(number) for number, count in findings.items() if count} == set(range(1, 10))


def test_every_task_ends_as_an_officer_expects(rehearsal: Rehearsal) -> None:
    outcomes = Counter(task["outcome"] for task in rehearsal.expected["tasks"])
    run = rehearsal.json("runs")[0]["run"]["id"]
    told: Counter[str] = Counter()
    for source in rehearsal.json("runs", run)[0]["sources"]:
        told.update(source["outcomes"])
    assert told == outcomes


def test_every_ad_is_judged_as_an_officer_expects(rehearsal: Rehearsal) -> None:
    """Clear findings that must be there are, others are not; so are licence, product, promotion."""
    ads = [hit["ad"] for hit in rehearsal.json("search", "--limit", "1000")[0]["hits"]]
    assert len(ads) > 30
    wrong = {ad["title"]: faults for ad in ads if (faults := _faults(ad, rehearsal.expected))}
    assert wrong == {}


def _faults(ad: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    package = (ad["app"] or {}).get("package")
    page = (ad["landing_url"] or "").split("?")[0].split("#")[0]
    expected = answer["apps"].get(package) if package else answer["pages"].get(page)
    if expected is None:
        return [f"nobody said what to expect of {page}"]
    judgement = ad["judgement"]
    must, may = set(expected.get("categories", ())), set(expected.get("arguable", ()))
    clear = {finding["category"] for finding in judgement["findings"] if finding["level"] == "clear"}
    faults = [f"missed {number}" for number in sorted(must - clear)]
    faults += [f"false alarm {number}" for number in sorted(clear - must - may)]
    for name, value in (("licence", judgement["licence"]["status"]), ("product", judgement["product"])):
        if expected.get(name) and value not in expected[name]:
            faults.append(f"{name} {value}")
    if "promotion" in expected and judgement["promotion"] != expected["promotion"]:
        faults.append(f"promotion {judgement['promotion']}")
    return faults


def test_words_are_found_again_with_their_category(rehearsal: Rehearsal) -> None:
    hits = rehearsal.json("search", "保本", "--category", "2")[0]
    assert hits["total"] >= 1
    for hit in hits["hits"]:
        assert hit["highlights"]
        for mark in hit["highlights"]:
            assert hit["ad"][mark["field"]][mark["start"] : mark["end"]] == "保本"


def test_the_batch_verifies(rehearsal: Rehearsal) -> None:
    batch = rehearsal.folder / "takedown"
    folder = next(path for path in batch.iterdir() if not path.name.startswith("."))
    ran = rehearsal.call("evidence", "verify", str(folder))
    assert ran.returncode == 0, ran.stdout


def test_a_second_call_judges_the_same_ads_under_the_same_ids(rehearsal: Rehearsal) -> None:
    first = {
        hit["ad"]["id"]: hit["ad"]["first_seen"]
        for hit in rehearsal.json("search", "--limit", "1000")[0]["hits"]
    }
    again = rehearsal.call("sandbox", "run")
    assert again.returncode == 0, again.stderr
    second = {
        hit["ad"]["id"]: hit["ad"]["first_seen"]
        for hit in rehearsal.json("search", "--limit", "1000")[0]["hits"]
    }
    assert second == first
