"""finadwatch evidence stamp and what doctor says of authorities, as an office calls them."""

import json
import multiprocessing
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from finadwatch import stamping
from finadwatch.config import load_config
from finadwatch.context import Desk
from finadwatch.stamping import lookup, noted, stamped, stamped_beside, stamps_folder
from handover.timestamps import notes
from handover.timestamps.model import delay
from tests.support.cache import share_patterns
from tests.support.inprocess import Office
from tests.support.timestamp_authority import Certified, TimestampAuthority

HASH = "ab" * 32


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def office(home: Path) -> Office:
    return Office(home, f"sqlite:///{home / 'finadwatch.db'}")


def configure(home: Path, **authorities: TimestampAuthority) -> Desk:
    places = {name: {"url": one.url, "ca_file": str(one.roots)} for name, one in authorities.items()}
    config = {"lang": "en", "timestamps": {"authorities": places}}
    (home / "config.yaml").write_text(json.dumps(config), "utf-8")
    return Desk(replace(load_config(home / "config.yaml"), home=home))


def note(desk: Desk, ago: timedelta = timedelta()) -> None:
    with noted(desk) as each:
        each(desk.now() - ago, [HASH])


@pytest.mark.slow
def test_what_waits_is_stamped_and_what_fails_is_an_exit_code(
    home: Path, office: Office, tmp_path: Path
) -> None:
    with (
        TimestampAuthority(Certified(tmp_path / "one")) as one,
        TimestampAuthority(Certified(tmp_path / "two")) as two,
    ):
        note(configure(home, one=one, two=two), ago=timedelta(hours=2))
        two.behave = "busy"
        called = office("evidence", "stamp", "--json")
        assert called.code == 1
        (told,) = called.values
        assert (told["lists"], told["hashes"], told["tokens"], told["owed"]) == (1, 1, 1, 1)
        assert [failed["authority"] for failed in told["failed"]] == ["two"]
        assert told["late"][0]["delay_s"] > 7000
        one.behave = "busy"
        assert office("evidence", "stamp").code == 1  # `one` owes nothing and is not asked
        two.behave = "grant"
        filled = office("evidence", "stamp")
        assert filled.code == 0
        assert "1 tokens, 0 lists lack a token" in filled.out
        verified = office("evidence", "verify", "--json")
        assert (verified.code, verified.values[0]["stamps"], verified.values[0]["faults"]) == (0, 1, [])


def test_authorities_that_are_all_away_are_a_service_away(home: Path, office: Office, tmp_path: Path) -> None:
    with TimestampAuthority(Certified(tmp_path / "one")) as one:
        note(configure(home, one=one))
    assert office("evidence", "stamp").code == 3


def test_without_an_authority_it_is_wrong_use(office: Office) -> None:
    called = office("evidence", "stamp")
    assert called.code == 2
    assert "timestamps.authorities" in called.err


@pytest.mark.slow
def test_doctor_asks_each_authority(home: Path, office: Office, tmp_path: Path) -> None:
    def said() -> tuple[bool, str]:
        parts = {one["part"]: one for one in office("doctor", "--json").values}
        return parts["time stamps"]["ok"], parts["time stamps"]["detail"]

    (home / "config.yaml").write_text("lang: en\n", "utf-8")
    assert said() == (True, "no authority is configured: nothing is stamped, and papers say so")
    with TimestampAuthority(Certified(tmp_path / "one")) as one:
        configure(home, one=one)
        one.behave = "garbage"
        good, detail = said()
        assert not good
        assert detail.startswith("one: the time stamp is refused")


@pytest.mark.models
@pytest.mark.slow
def test_what_is_entered_by_hand_is_stamped_with_its_record(
    home: Path, office: Office, tmp_path: Path, hanlp: Path
) -> None:
    share_patterns(home)
    with TimestampAuthority(Certified(tmp_path / "one")) as one:
        desk = configure(home, one=one)
        config = home / "config.yaml"
        config.write_text(
            json.dumps(json.loads(config.read_text("utf-8")) | {"models": {"hanlp": str(hanlp)}}), "utf-8"
        )
        words = ("--url", "https://licai.example/", "--text", "保本保息", "--at", "2026-11-20 14:30")
        ran = office("enter", *words, "--place", "上海", "--json", by="沈一")
    assert ran.code == 0, ran.err
    with desk.store(office.store) as store:
        (sighting,) = store.sightings(ran.values[0]["ads"][0]["id"])
    assert {ref.role for ref in sighting.evidence} == {"body", "capture"}
    (stamp,) = lookup(desk).covering((ref.sha256, sighting.at) for ref in sighting.evidence)
    assert stamp.covers == {ref.sha256 for ref in sighting.evidence}
    took = delay(sighting.at, stamp.record.tokens)
    assert took is not None
    assert took > timedelta(days=1)  # when the officer saw it is what it is measured from


@pytest.mark.slow
def test_stamps_are_taken_while_captures_come(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stamping, "LOOK_S", 0.05)
    with TimestampAuthority(Certified(tmp_path / "one")) as one:
        desk = configure(home, one=one)
        with stamped(desk):
            note(desk, ago=timedelta(minutes=6))
            _until(lambda: not notes.waiting(stamps_folder(desk)))
        assert len(one.asked) == 1


@pytest.mark.slow
def test_a_worker_has_a_process_beside_it_that_stamps_and_ends(home: Path, tmp_path: Path) -> None:
    with TimestampAuthority(Certified(tmp_path / "one")) as one:
        desk = configure(home, one=one)
        with stamped_beside(desk):
            note(desk, ago=timedelta(minutes=6))
            _until(lambda: bool(one.asked))
        assert multiprocessing.active_children() == []
        assert not notes.waiting(stamps_folder(desk))


def _until(there: Callable[[], bool], patience_s: float = 60.0) -> None:
    last = time.monotonic() + patience_s
    while not there():
        assert time.monotonic() < last
        time.sleep(0.02)
