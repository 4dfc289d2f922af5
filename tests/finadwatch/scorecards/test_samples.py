"""Faults of sample files are found with file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from finadwatch.scorecards.samples import sample_faults

GOOD: dict[str, Any] = {
    "id": "t1-1",
    "kind": "case",
    "channel": "web",
    "text": "星河理财，保本保息",
    "promotion": True,
    "warning": False,
    "cats": [1, 2],
    "soft": [5],
    "type": None,
    "product": "wealth",
    "spans": {"1": "", "2": "保本保息"},
}


def faults(folder: Path, *rows: dict[str, Any] | str) -> list[str]:
    file = folder / "made.jsonl"
    file.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in rows), "utf-8")
    return [str(fault) for fault in sample_faults([file])]


def test_a_good_sample_has_no_fault_with_or_without_what_may_be_left_out(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD) == []
    bare = {key: GOOD[key] for key in ("id", "text", "promotion", "warning", "cats", "soft", "type")}
    assert faults(tmp_path, bare) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param({"kind": "fax"}, "kind", id="unknown-kind"),
        pytest.param({"channel": None}, "channel", id="no-channel"),
        pytest.param({"note": "x"}, "note", id="unknown-field"),
        pytest.param({"text": ""}, "text", id="empty-text"),
        pytest.param({"cats": [1, 2, 12]}, "cats", id="no-such-category"),
        pytest.param({"cats": [1, 2, 2]}, "cats", id="category-twice"),
        pytest.param({"soft": [2]}, "arguable at once", id="clear-and-arguable"),
        pytest.param({"promotion": False}, "cats", id="no-promotion-but-categories"),
        pytest.param({"type": "荐股"}, "type", id="trade-without-8"),
        pytest.param({"soft": [8]}, "type", id="8-without-trade"),
        pytest.param({"warning": True}, "cats", id="warned-but-unwarned"),
        pytest.param({"spans": {"1": ""}}, "exactly", id="category-without-quotation"),
        pytest.param(
            {"spans": {"1": "", "2": "保本", "3": "保息"}}, "exactly", id="quotation-without-category"
        ),
        pytest.param({"spans": {"1": "", "2": "保 本"}}, "not in the text", id="quotation-not-in-text"),
    ],
)
def test_each_fault_is_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    found = faults(tmp_path, GOOD | change)
    assert found
    assert all(one.startswith("samples/made.jsonl:1: ") for one in found)
    assert any(said in one for one in found)


def test_ids_and_texts_stand_once(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD, "", GOOD | {"text": "另一句，保本保息"}) == [
        "samples/made.jsonl:3: its id stands at made.jsonl:1 too"
    ]
    assert faults(tmp_path, GOOD, GOOD | {"id": "t1-2"}) == [
        "samples/made.jsonl:2: its text stands at made.jsonl:1 too"
    ]


def test_a_line_that_is_no_json_is_a_fault(tmp_path: Path) -> None:
    assert len(faults(tmp_path, "{", GOOD)) == 1
