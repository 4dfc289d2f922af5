"""evidence package, verify and keys, as an officer calls them."""

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from finadwatch.config import load_config
from finadwatch.context import Desk
from finadwatch.stamping import noted
from findings.casebook import CaseQuery
from findings.evidence import FolderEvidenceStore
from findings.model.records import CaptureBundle
from findings.stores import open_store
from tests.support import packaged
from tests.support.inprocess import Office
from tests.support.timestamp_authority import Certified, TimestampAuthority


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office whose store has one case with its evidence."""
    home = tmp_path / "home"
    home.mkdir()
    office = Office(home, f"sqlite:///{home / 'finadwatch.db'}")
    case, sightings, captures = packaged.whole(FolderEvidenceStore(home / "evidence"))
    with open_store(office.store) as store:
        store.create()
        for capture in captures.values():
            store.write(CaptureBundle(capture=capture, ads=case.ads, sightings=tuple(sightings[-1:])))
    return office


def case_id(office: Office) -> str:
    with open_store(office.store) as store:
        (case,) = (file.id for file in store.casebook().files(CaseQuery()).files)
    return case


def test_a_package_is_written_once_checked_as_folder_and_zip_and_told_in_the_trail(
    office: Office, tmp_path: Path
) -> None:
    case, out = case_id(office), tmp_path / "out"
    made = office("evidence", "package", case, "-o", str(out), "--zip", "--json", by="张三")
    assert (made.code, made.values[0]["missing"]) == (0, [])
    assert {path.name for path in out.iterdir()} == {case, f"{case}.zip"}
    for name in (case, f"{case}.zip"):
        checked = office("evidence", "verify", str(out / name), "--json")
        assert (checked.code, checked.values[0]["standing"]["kind"]) == (0, "ours")
    assert packaged.by_hand(out / case) == []
    assert office("evidence", "package", case, "-o", str(out)).code == 2
    assert [
        line for line in office("audit", "log").out.splitlines() if "写出证据包" in line and "张三" in line
    ]


def test_what_was_altered_and_what_a_signature_does_not_prove_is_said(office: Office, tmp_path: Path) -> None:
    case = case_id(office)
    office("evidence", "package", case, "-o", str(tmp_path))
    packaged.flip(tmp_path / case / "captures/01/page.png", 4_000)
    checked = office("evidence", "verify", str(tmp_path / case))
    assert checked.code == 1
    assert "✗ captures/01/page.png" in checked.out
    assert "不证明" in checked.out


def test_missing_evidence_is_named_and_the_call_says_so(office: Office, tmp_path: Path) -> None:
    evidence = FolderEvidenceStore(office.home / "evidence")
    gone = next(iter(evidence))
    evidence.path(gone).unlink()
    made = office("evidence", "package", case_id(office), "-o", str(tmp_path / "out"))
    assert made.code == 1
    assert gone in made.err


def test_another_office_trusts_by_the_fingerprint_told(office: Office, tmp_path: Path) -> None:
    case, file = case_id(office), tmp_path / "keys.json"
    office("evidence", "package", case, "-o", str(tmp_path))
    office("evidence", "keys", "rotate")
    assert office("evidence", "keys", "export", "-o", str(file)).code == 0
    told = office("evidence", "keys", "list", "--json").values[0]["ours"]["keys"]
    other = Office(tmp_path / "other", f"sqlite:///{tmp_path / 'other.db'}")
    assert (
        other("evidence", "verify", str(tmp_path / case), "--json").values[0]["standing"]["kind"] == "unknown"
    )
    trust = ("evidence", "keys", "trust", str(file), "--office", "甲局", "--fingerprint")
    assert other(*trust, "0" * 64).code == 2
    assert other(*trust, told[-1]["fingerprint"]).code == 0
    checked = other("evidence", "verify", str(tmp_path / case))
    assert (checked.code, "甲局" in checked.out) == (0, True)


@pytest.mark.slow
def test_with_one_authority_away_a_package_has_one_token_and_states_the_gap(
    office: Office, tmp_path: Path
) -> None:
    case = case_id(office)
    with (
        TimestampAuthority(Certified(tmp_path / "one")) as one,
        TimestampAuthority(Certified(tmp_path / "two")) as two,
    ):
        places = {
            name: {"url": at.url, "ca_file": str(at.roots)} for name, at in (("one", one), ("two", two))
        }
        config = office.home / "config.yaml"
        config.write_text(json.dumps({"timestamps": {"authorities": places}}), "utf-8")
        two.behave = "busy"
        with noted(Desk(replace(load_config(config), home=office.home))) as note:
            note(packaged.AT, list(FolderEvidenceStore(office.home / "evidence")))
        assert office("evidence", "stamp").code == 1
        assert office("evidence", "package", case, "-o", str(tmp_path)).code == 0
    checked = office("evidence", "verify", str(tmp_path / case), "--json").values[0]
    assert checked["faults"] == []
    assert [(seen["authority"], seen["known"], seen["late"]) for seen in checked["times"]] == [
        ("one", "one", True), ("two", None, False),
    ]  # fmt: skip
    assert "503" in checked["times"][1]["gap"]
    said = office("evidence", "verify", str(tmp_path / case)).out
    assert "✓ one" in said
    assert "○ 没有 two 的时间戳" in said
    assert packaged.by_hand(tmp_path / case) == []
