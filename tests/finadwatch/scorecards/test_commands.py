"""`finadwatch scorecard` and `finadwatch rules test` as a person runs them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Call

GOOD = "月月红理财，保本保息，到期连本带利还您，注册即领体验金"
BAD = "看本地新闻，查公交到站，天气早知道"

ROWS: list[dict[str, Any]] = [
    {"id": "right", "text": GOOD, "promotion": True, "cats": [2], "soft": [1, 3, 5, 6, 8]},
    {"id": "alarm<i>", "text": GOOD, "promotion": False, "cats": [], "soft": [], "kind": "news"},
    {"id": "missed", "text": BAD, "promotion": True, "cats": [9], "soft": [], "spans": {"9": "查公交"}},
    {"id": "silent", "text": BAD, "label": "出行"},
]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    file = tmp_path / "labelled.jsonl"
    file.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), "utf-8")
    return file


@pytest.mark.models
@pytest.mark.slow
def test_a_scorecard_as_json_counts_what_the_labels_say(call: Call, labelled: Path, tmp_path: Path) -> None:
    page = tmp_path / "errors.html"
    ran = call("scorecard", str(labelled), "--json", "--html", str(page), "--as-of", "2026-11-22")
    assert ran.returncode == 0, ran.stderr
    card = json.loads(ran.stdout)
    assert (card["rows"], card["unjudged"], card["split"], card["as_of"]) == (4, 0, "all", "2026-11-22")
    two = card["figures"]["all"]["categories"]["2"]
    assert (two["hits"], two["alarms"], two["misses"]) == (1, 1, 0)
    assert card["figures"]["all"]["categories"]["9"]["misses"] == 1
    assert (card["figures"]["silent"]["hits"], card["figures"]["silent"]["of"]) == (0, 1)
    html = page.read_text("utf-8")
    assert "alarm&lt;i&gt;" in html
    assert "missed" in html
    assert "silent" not in html.partition("<article")[2]


@pytest.mark.models
@pytest.mark.slow
def test_two_processes_score_as_one(call: Call, labelled: Path) -> None:
    one, two = (call("scorecard", str(labelled), "--json", "--workers", workers).stdout for workers in "12")
    assert json.loads(one) == json.loads(two)


@pytest.mark.models
@pytest.mark.slow
def test_the_table_is_chinese_first_and_a_low_score_can_fail_the_call(call: Call, labelled: Path) -> None:
    chinese = call("scorecard", str(labelled), "--fail-under", "0.99")
    assert chinese.returncode == 1
    assert "2–9 微平均" in chinese.stdout
    assert "其余（2、3" in chinese.stdout
    english = call("--lang", "en", "scorecard", str(labelled), "--fail-under", "0.01")
    assert english.returncode == 0
    assert "2–9 micro" in english.stdout


def test_a_faulty_file_is_told_with_its_line_before_any_model_loads(call: Call, labelled: Path) -> None:
    labelled.write_text(labelled.read_text("utf-8") + '\n{"text":"x","cats":[2]}\n', "utf-8")
    ran = call("scorecard", str(labelled))
    assert ran.returncode == 2
    assert "第 5 行" in ran.stderr
    assert ran.stdout == ""


def test_a_part_without_rows_is_wrong_use(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text('{"id":"0","text":"x"}\n', "utf-8")
    codes = [call("scorecard", str(file), "--split", "holdout").returncode, call("scorecard").returncode]
    assert codes == [2, 2]


def test_the_page_never_overwrites_what_it_is_made_of(call: Call, labelled: Path) -> None:
    before = labelled.read_bytes()
    assert call("scorecard", str(labelled), "--html", str(labelled)).returncode == 2
    assert labelled.read_bytes() == before


@pytest.mark.slow
def test_rules_are_tried_on_given_rows(call: Call, labelled: Path) -> None:
    ran = call("rules", "test", str(labelled), "--rule", "guarantee.principal", "--json")
    assert ran.returncode == 0, ran.stderr
    (trial,) = (json.loads(line) for line in ran.stdout.splitlines())
    assert (trial["rule"], trial["category"]) == ("guarantee.principal", 2)
    assert trial["fired"] == trial["right"] + trial["disputed"] + trial["wrong"]
    assert [one["id"] for one in trial["errors"]] == ["alarm<i>"] * trial["wrong"]


@pytest.mark.slow
def test_wrong_firings_are_listed_with_their_words_marked(call: Call, labelled: Path) -> None:
    ran = call("rules", "test", str(labelled), "--wrong")
    assert ran.returncode == 0, ran.stderr
    assert "✗ guarantee.principal  alarm<i> labelled.jsonl:2" in ran.stdout
    assert "【保本保息】" in ran.stdout


@pytest.mark.slow
def test_the_shipped_samples_are_tried_without_a_file(call: Call) -> None:
    ran = call("--lang", "en", "rules", "test", "--rule", "guarantee.principal")
    assert ran.returncode == 0, ran.stderr
    assert "0 of the rules' own samples don't hold" in ran.stdout


def test_a_rule_that_is_not_there_is_wrong_use(call: Call) -> None:
    ran = call("rules", "test", "--rule", "no.such")
    assert ran.returncode == 2
    assert "no.such" in ran.stderr
