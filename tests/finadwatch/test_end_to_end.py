"""What `make run` shows a newcomer: the sandbox crawled, judged, stored and handed over, for real."""

import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from findings.model.judgement import FormFinding
from findings.model.records import AdRecord
from findings.query import SearchResult
from findings.stores import open_store
from sandbox.compare import form_faults, judgement_faults
from sandbox.expected import Expected, ExpectedTask, load_expected
from tests.support.cache import share_patterns
from tests.support.cli import run_finadwatch

pytestmark = [pytest.mark.browser, pytest.mark.models, pytest.mark.slow]


class Rehearsal:
    """One play of the sandbox: what was printed, and where everything lies."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.ran = self.call("sandbox", "run")
        self.folder = home / "sandbox"

    def call(self, *words: str) -> "subprocess.CompletedProcess[str]":
        return run_finadwatch(self.home, *words)

    def json(self, *words: str) -> list[Any]:
        ran = self.call("--config", str(self.folder / "config.yaml"), *words, "--store", self.store, "--json")
        assert ran.returncode == 0, ran.stderr
        return [json.loads(line) for line in ran.stdout.split("\n") if line]

    @property
    def store(self) -> str:
        return f"sqlite:///{self.folder}/finadwatch.db"


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, hanlp: Path) -> Rehearsal:
    home = tmp_path_factory.mktemp("home")
    share_patterns(home)
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
    key = load_expected(rehearsal.folder / "expected.yaml")
    outcomes = Counter(task.outcome.value for task in key.tasks)
    run = rehearsal.json("runs")[0]["run"]["id"]
    told: Counter[str] = Counter()
    for source in rehearsal.json("runs", run)[0]["sources"]:
        told.update(source["outcomes"])
    assert told == outcomes


def test_every_ad_is_judged_as_an_officer_expects(rehearsal: Rehearsal) -> None:
    """Clear findings that must be there are, others are not; so are licence, product, promotion."""
    found = rehearsal.json("search", "--limit", "1000")[0]
    ads = [hit.ad for hit in msgspec.convert(found, SearchResult).hits]
    assert len(ads) > 30
    key = load_expected(rehearsal.folder / "expected.yaml")
    wrong = {ad.title: faults for ad in ads if (faults := _faults(key, ad))}
    assert wrong == {}


def _faults(key: Expected, ad: AdRecord) -> list[str]:
    expected = key.apps.get(ad.app.package or "") if ad.app else key.page(ad.landing_url)
    if expected is None:
        return [f"nobody said what to expect of {ad.landing_url}"]
    return judgement_faults(expected, ad.judgement)


def test_every_task_shows_the_form_duties_an_officer_expects(rehearsal: Rehearsal) -> None:
    """Those that its ads miss clearly, no others; each with its article."""
    found: dict[tuple[str, str], list[FormFinding]] = {}
    hits = msgspec.convert(rehearsal.json("search", "--limit", "1000")[0], SearchResult).hits
    with open_store(rehearsal.store) as store:
        for sighting in (seen for hit in hits for seen in store.sightings(hit.ad.id)):
            place = sighting.source, sighting.keyword or sighting.page_url
            found.setdefault(place, []).extend(sighting.form)
    assert all(finding.basis for forms in found.values() for finding in forms)
    key: dict[tuple[str, str], ExpectedTask] = {}
    for task in load_expected(rehearsal.folder / "expected.yaml").tasks:
        place = task.source, task.keyword or task.url or ""
        known = key.get(place, task)  # the pages of a keyword are looked at together
        key[place] = replace(known, form=(*known.form, *task.form))
    wrong = {
        place: faults for place, task in key.items() if (faults := form_faults(task, found.get(place, ())))
    }
    assert wrong == {}


def test_words_are_found_again_with_their_category(rehearsal: Rehearsal) -> None:
    hits = rehearsal.json("search", "保本", "--category", "2")[0]
    assert hits["total"] >= 1
    for hit in hits["hits"]:
        assert hit["highlights"]
        for mark in hit["highlights"]:
            text = hit["ad"]["picture_text" if mark["field"] == "image" else mark["field"]]
            assert text[mark["start"] : mark["end"]] == "保本"


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
