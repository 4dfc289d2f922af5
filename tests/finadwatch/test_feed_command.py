"""`cases feed`: what officers confirmed, for other systems, from both stores."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deskwork import KINDS, deskwork, leads
from tests.support.inprocess import Office


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    yield from deskwork(request, tmp_path)


def test_only_confirmed_cases_leave_unless_others_are_asked_for(office: Office, tmp_path: Path) -> None:
    a, b, c = leads(office)
    office("review", b, "--verdict", "confirm", "--note", "招揽", by="沈一")
    out = tmp_path / "线索.jsonl"
    assert office("cases", "feed", "-o", str(out), "--json").values == [{"file": str(out), "cases": 1}]
    (line,) = out.read_text("utf-8").splitlines()
    told = json.loads(line)
    assert (told["id"], told["state"], told["hosts"]) == (b, "confirmed", ["b.example"])
    assert (
        office(
            "cases", "feed", "--state", "open", "--category", "2", "--since", "2026-01-01", "-o", str(out)
        ).code
        == 0
    )
    assert {json.loads(line)["id"] for line in out.read_text("utf-8").splitlines()} <= {a, c}
    stix = tmp_path / "线索.json"
    office("cases", "feed", "--format", "stix", "-o", str(stix))
    assert [one["type"] for one in json.loads(stix.read_bytes())["objects"]][-1] == "relationship"
    refused = office("cases", "feed", "-o", str(tmp_path / "no" / "x.jsonl"))
    assert (refused.code, refused.err.count("\n")) == (2, 1)
