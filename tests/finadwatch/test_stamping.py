"""What was captured, stamped by real authorities on loopback: both there, one away, hostile, killed in between."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from finadwatch.authorities import Poster
from finadwatch.config import AuthorityConfig, Config, TimestampsConfig
from finadwatch.context import Desk
from finadwatch.stamping import due, lookup, noted, stamped, stamper, stamps_folder
from findings.backup.evidence import back_up, bring_back, forget_lists
from findings.model.errors import FinAdWatchError
from handover.timestamps import notes
from handover.timestamps.audit import audit
from handover.timestamps.checking import ask, check_token
from handover.timestamps.errors import AuthorityAway, StampingBusy, TokenRefused
from handover.timestamps.model import ListRecord, Stamp, delay
from handover.timestamps.records import Records
from handover.timestamps.rounds import Round
from tests.support.ports import free_port
from tests.support.timestamp_authority import Certified, TimestampAuthority, openssl_says

HASHES = [f"{number:064x}" for number in range(5)]


@dataclass
class House:
    """An office with two authorities, `one` and `two`."""

    desk: Desk
    one: TimestampAuthority
    two: TimestampAuthority

    def note(self, hashes: Sequence[str] = HASHES, ago: timedelta = timedelta()) -> datetime:
        at = self.desk.now() - ago
        with noted(self.desk) as note:
            note(at, hashes)
        return at

    def round(self) -> Round:
        return stamper(self.desk).round()

    def with_two_alone(self, **more: Any) -> None:
        """Configure only the second authority, with these settings changed."""
        two = replace(self.desk.config.timestamps.authorities["two"], **more)
        only = TimestampsConfig(authorities={"two": two}, timeout_s=0.5 if not more else 60)
        self.desk = Desk(replace(self.desk.config, timestamps=only))

    def stamps(self) -> list[Stamp]:
        return lookup(self.desk).covering((found, None) for found in HASHES)

    def records(self) -> list[ListRecord]:
        kept = Records(stamps_folder(self.desk))
        found = [kept.get(day, name) for day in kept.days() for name in kept.names(day)]
        return [record for record in found if record is not None]

    def sound(self, stamp: Stamp) -> bool:
        """Whether every token proves the list, by this program and by OpenSSL."""
        evidence = self.desk.evidence()
        listing = stamp.record.listing.sha256
        for token in stamp.record.tokens:
            answer, roots = evidence.get(token.file.sha256), evidence.get(token.roots.sha256)
            assert check_token(answer, evidence.get(listing), roots).at == token.at
            paths = [evidence.path(ref) for ref in (listing, token.file.sha256, token.roots.sha256)]
            assert openssl_says(*paths)
        return set(HASHES) == stamp.covers


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[Certified, Certified]:
    folder = tmp_path_factory.mktemp("authorities")
    return Certified(folder / "one"), Certified(folder / "two", name="Two", with_rsa=True)


def configured(home: Path, **places: tuple[str, Path]) -> Config:
    named = {name: AuthorityConfig(url=url, ca_file=str(roots)) for name, (url, roots) in places.items()}
    return Config(home=home, timestamps=TimestampsConfig(authorities=named, timeout_s=60))


@pytest.fixture
def house(tmp_path: Path, certified: tuple[Certified, Certified]) -> Iterator[House]:
    with ExitStack() as stack:
        one, two = (stack.enter_context(TimestampAuthority(each)) for each in certified)
        config = configured(tmp_path / "home", one=(one.url, one.roots), two=(two.url, two.roots))
        yield House(Desk(config), one, two)


def test_what_was_noted_gets_a_token_of_each_authority(house: House) -> None:
    at = house.note()
    done = house.round()
    assert (done.lists, done.hashes, done.tokens, done.owed, done.late) == (1, 5, 2, 0, [])
    (stamp,) = house.stamps()
    assert [token.authority for token in stamp.record.tokens] == ["one", "two"]
    assert stamp.record.missing == ()
    assert house.sound(stamp)
    took = delay(at, stamp.record.tokens)
    assert took is not None
    assert timedelta(seconds=-2) < took < timedelta(minutes=1)
    assert house.round() == Round()  # nothing is stamped twice


def test_one_authority_away_leaves_a_gap_that_is_filled_later(house: House) -> None:
    house.two.behave = "busy"
    house.note()
    done = house.round()
    assert (done.tokens, done.owed, list(done.failed)) == (1, 1, ["two"])
    (gap,) = house.records()[0].missing
    assert (gap.authority, gap.tries) == ("two", 1)
    assert "HTTP 503" in gap.reason
    assert "HTTP 503" in gap.reason_zh
    house.round()
    assert house.records()[0].missing[0].tries == 2
    house.two.behave = "grant"
    done = house.round()
    assert (done.lists, done.tokens, done.owed) == (0, 1, 0)
    (stamp,) = house.stamps()
    assert stamp.record.missing == ()
    assert house.sound(stamp)
    assert len(house.one.asked) == 1  # who has answered is not asked again


@pytest.mark.parametrize(
    ("behave", "kind", "said"),
    [
        ("busy", AuthorityAway, "HTTP 503"),
        ("redirect", AuthorityAway, "HTTP 302"),
        ("html", AuthorityAway, "it sends text"),
        ("garbage", TokenRefused, "can't be read"),
        ("huge", AuthorityAway, "longer than 100000 bytes"),
        ("slow", AuthorityAway, "no whole answer in 0.5 s"),
        ("drip", AuthorityAway, "no whole answer in 0.5 s"),
        ("other", TokenRefused, "over other data"),
    ],
)
def test_an_authority_that_answers_badly_is_a_gap(
    behave: str, kind: type[FinAdWatchError], said: str, house: House
) -> None:
    house.two.other = house.two.certified.reply(ask(b"something else").request)
    house.two.behave = behave
    house.with_two_alone(**({} if behave in ("slow", "drip") else {"policy": None}))
    house.note()
    done = house.round()
    assert isinstance(done.failed["two"], kind)
    assert said in str(done.failed["two"])
    (record,) = house.records()
    assert said in record.missing[0].reason


def test_an_earlier_answer_does_not_pass_for_this_one(house: House) -> None:
    house.two.behave = "busy"
    house.note()
    house.round()
    (record,) = house.records()
    listing = house.desk.evidence().get(record.listing.sha256)
    house.two.other = house.two.certified.reply(ask(listing).request)  # right in all but the nonce
    house.two.behave = "other"
    assert "nonce" in str(house.round().failed["two"])


def test_one_that_hangs_is_not_asked_again_meanwhile(house: House) -> None:
    house.two.behave = "drip"
    house.with_two_alone()
    poster, (two,) = Poster(house.desk.config), stamper(house.desk).authorities
    for said in ("no whole answer", "an earlier request still hangs"):
        with pytest.raises(AuthorityAway, match=said):
            poster(two, ask(b"x").request)
    assert len(house.two.asked) == 1


def test_captures_that_waited_for_long_are_said_to_be_late(house: House) -> None:
    at = house.note(ago=timedelta(hours=3))
    (late,) = house.round().late
    took = delay(at, late.tokens)
    assert took is not None
    assert took > timedelta(hours=2)


def test_who_wants_a_login_gets_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TSA_USER", "office")
    monkeypatch.setenv("TSA_PASSWORD", "secret")
    house.with_two_alone(username_env="TSA_USER", password_env="TSA_PASSWORD")
    house.note()
    assert house.round().tokens == 1
    assert house.two.logins == ["Basic b2ZmaWNlOnNlY3JldA=="]


def test_without_an_authority_nothing_is_noted(tmp_path: Path) -> None:
    desk = Desk(Config(home=tmp_path))
    with stamped(desk), noted(desk) as note:
        note(desk.now(), HASHES)
    assert not stamps_folder(desk).exists()


def test_the_end_of_a_run_stamps_what_is_left_also_where_the_run_broke_off(house: House) -> None:
    def broken() -> None:
        with stamped(house.desk):
            house.note()
            raise FinAdWatchError("the store is away", zh="存储无应答")

    with pytest.raises(FinAdWatchError, match="away"):
        broken()
    (stamp,) = house.stamps()
    assert house.sound(stamp)
    assert not notes.waiting(stamps_folder(house.desk))


def test_a_round_is_due_when_the_oldest_capture_has_waited(house: House) -> None:
    assert not due(house.desk)
    house.note()
    assert not due(house.desk)
    house.note(ago=timedelta(minutes=6))
    assert due(house.desk)


def test_notes_of_a_process_that_goes_on_are_taken_and_none_is_lost(house: House) -> None:
    with noted(house.desk) as note:
        for found in HASHES:
            note(house.desk.now(), [found])
            house.round()
    assert {sha256 for stamp in house.stamps() for sha256 in stamp.covers} == set(HASHES)
    assert len(house.records()) == len(HASHES)


def test_two_processes_stamp_at_once_and_nothing_is_stamped_twice(house: House) -> None:
    house.one.behave = "hold"
    house.note()
    afresh = multiprocessing.get_context("fork")
    other = afresh.Process(target=house.round)
    other.start()
    _until(lambda: bool(house.one.asked))
    with pytest.raises(StampingBusy):
        house.round()
    house.one.released.set()
    other.join()
    assert (len(house.one.asked), len(house.two.asked), len(house.records())) == (1, 1, 1)


#: Notes, stamps as far as it comes, and is killed by whoever waits for the word that it has come so far.
_KILLED = """
import sys
from pathlib import Path
from finadwatch.context import Desk
from finadwatch.stamping import noted, stamper
desk = Desk.open(Path(sys.argv[1]), None)
with noted(desk) as note:
    note(desk.now(), sys.argv[3:])
print("noted", flush=True)
if sys.argv[2] == "stamp":
    stamper(desk).round()
sys.stdin.read()
"""


@pytest.mark.parametrize(
    "how",
    ["between noting and stamping", "while the first authority is asked", "between the two authorities"],
)
@pytest.mark.slow
def test_a_kill_loses_nothing(how: str, house: House, tmp_path: Path) -> None:
    stamps = how != "between noting and stamping"
    held = house.one if how == "while the first authority is asked" else house.two
    held.behave = "hold"
    places = {
        name: {"url": one.url, "ca_file": one.ca_file}
        for name, one in house.desk.config.timestamps.authorities.items()
    }
    (tmp_path / "config.yaml").write_text(json.dumps({"timestamps": {"authorities": places}}))
    words = [sys.executable, "-c", _KILLED, tmp_path / "config.yaml", "stamp" if stamps else "note", *HASHES]
    env = {**os.environ, "FINADWATCH_HOME": str(house.desk.config.home)}
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"noted\n"
        if stamps:
            _until(lambda: bool(held.asked))
        os.kill(running.pid, signal.SIGKILL)
    held.behave = "grant"
    done = house.round()
    (stamp,) = house.stamps()
    assert house.sound(stamp)
    assert [token.authority for token in stamp.record.tokens] == ["one", "two"]
    assert done.tokens == (1 if how == "between the two authorities" else 2)
    assert len(house.records()) == 1


@pytest.mark.slow
def test_a_token_stays_good_after_its_certificate_ended(tmp_path: Path) -> None:
    until = time.time() + 2
    certified = Certified(tmp_path / "tsa", days=(-1, 2 / 86400))
    (tmp_path / "list").write_bytes(b"x")
    answer = certified.reply(ask(b"x").request)
    (tmp_path / "token").write_bytes(answer)
    _until(lambda: time.time() > until)
    facts = check_token(answer, b"x", certified.roots.read_bytes())
    assert facts.valid_to < datetime.now(UTC)
    paths = (tmp_path / "list", tmp_path / "token", certified.roots)
    assert not openssl_says(*paths)
    assert openssl_says(*paths, at=facts.at.timestamp())


def test_a_flipped_bit_in_a_list_or_a_token_is_found(house: House) -> None:
    house.note()
    house.round()
    evidence, kept = house.desk.evidence(), Records(stamps_folder(house.desk))
    (record,) = house.records()
    for ref in (record.listing, *(token.file for token in record.tokens)):
        path = evidence.path(ref.sha256)
        whole = path.read_bytes()
        path.chmod(0o600)
        for at in range(0, len(whole), 97):
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
            ((_, faults),) = audit(kept, evidence)
            assert ref.sha256 in " ".join(faults)
        path.write_bytes(whole)
    assert [checked.faults for checked in audit(kept, evidence)] == [()]


def test_stamps_notes_and_gaps_come_back_from_a_backup(house: House, tmp_path: Path) -> None:
    house.two.behave = "busy"
    house.note()
    house.round()
    later = house.note(["ab" * 32])
    listed = back_up(house.desk.evidence(), tmp_path / "backup")
    before = house.records()
    house.desk = Desk(replace(house.desk.config, home=tmp_path / "new"))
    bring_back(listed, tmp_path / "backup", house.desk.evidence())
    assert house.records() == before
    assert notes.oldest(stamps_folder(house.desk)) == later
    house.two.behave = "grant"
    assert (house.round().tokens, house.records()[0].missing) == (3, ())
    forget_lists(tmp_path / "backup", back_up(house.desk.evidence(), tmp_path / "backup"))
    assert len(list((tmp_path / "backup").glob("stamps-*"))) == 1


def test_nobody_listens(house: House) -> None:
    house.with_two_alone(url=f"http://127.0.0.1:{free_port()}/")
    house.note()
    done = house.round()
    assert isinstance(done.failed["two"], AuthorityAway)
    assert done.owed == 1


def _until(there: Callable[[], bool], patience_s: float = 30.0) -> None:
    last = time.monotonic() + patience_s
    while not there():
        assert time.monotonic() < last
        time.sleep(0.02)
