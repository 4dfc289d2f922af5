"""The outbox keeps what it took: any order, several processes, a full disk, a broken file."""

import multiprocessing
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.errors import OutboxAway, OutboxDamaged, OutboxFull, SenderBusy, WriteRefused
from findings.model.records import CaptureBundle
from findings.outbox import box
from findings.outbox.box import Outbox
from tests.support import records as make

STORE, OTHER = "http://a.example:9200", "http://b.example:9200?prefix=two"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox" / "outbox.db"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    with Outbox(path, megabytes=64, sender=True) as opened:
        yield opened


def bundle(page: int, text: str = "保本保息", run: str = "r1") -> CaptureBundle:
    return make.bundle(make.ad(text, make.finding()), page=page, run=run)


def task(page: int, run: str = "r1") -> str:
    return make.task(run, page=page).id


def test_what_was_put_comes_out_as_it_was_oldest_first(outbox: Outbox) -> None:
    put = [bundle(page) for page in (3, 1, 2)]
    for one in put:
        outbox.put(STORE, one)
    outbox.put(OTHER, bundle(9))
    assert [letter.open() for letter in outbox.batch(STORE)] == put
    assert [letter.open() for letter in outbox.batch(OTHER)] == [bundle(9)]


def _open_each(paths: list[Path], at_once: Any, faults: Any) -> None:
    for path in paths:
        at_once.wait()
        try:
            with Outbox(path, megabytes=64, sender=False) as opened:
                opened.piles()
        except (OutboxAway, OutboxDamaged) as error:
            faults.put(str(error))


@pytest.mark.slow
def test_processes_that_make_the_file_at_once_take_it_for_none_of_a_stranger(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    at_once, faults = context.Barrier(4), context.Queue()
    paths = [tmp_path / str(number) / "outbox.db" for number in range(150)]
    makers = [context.Process(target=_open_each, args=(paths, at_once, faults)) for _ in range(4)]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join(120)
    assert [maker.exitcode for maker in makers] == [0] * 4
    assert faults.empty(), faults.get()


def test_a_store_is_one_with_and_without_a_stroke_at_its_end(outbox: Outbox) -> None:
    outbox.put(f"{STORE}/", bundle(1))
    assert outbox.waiting_tasks(STORE, "r1") == {task(1)}
    assert [pile.store for pile in outbox.piles()] == [STORE]


def test_half_a_surrogate_pair_is_mended_as_in_a_store(outbox: Outbox) -> None:
    outbox.put(STORE, bundle(1, "保\ud83d本"))
    (letter,) = outbox.batch(STORE)
    assert letter.open().ads[0].text == "保\ufffd本"


def test_a_number_no_store_could_hold_is_refused_at_once(outbox: Outbox) -> None:
    good = bundle(1)
    bad = msgspec.structs.replace(good.sightings[0], position=2**70)
    with pytest.raises(WriteRefused):
        outbox.put(STORE, msgspec.structs.replace(good, sightings=(bad,)))
    assert outbox.piles() == []


def test_a_batch_ends_at_its_bytes_but_holds_one(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(box, "BATCH_BYTES", 50_000)
    for page, length in enumerate([8_000, 2_000, 2_000, 30_000], 1):
        outbox.put(STORE, bundle(page, "长" * length))
    sizes = []
    while letters := outbox.batch(STORE):
        sizes.append(len(letters))
        outbox.sent(letters)
    assert sizes == [1, 2, 1]


def test_a_bundle_put_anew_while_the_old_one_is_sent_stays(outbox: Outbox) -> None:
    outbox.put(STORE, bundle(1, "旧"))
    old = outbox.batch(STORE)
    outbox.put(STORE, bundle(1, "新"))
    outbox.sent(old)
    (left,) = outbox.batch(STORE)
    assert left.open().ads[0].text == "新"
    outbox.bury(STORE, old[0], "refused")
    assert list(outbox.dead()) == []
    assert outbox.waiting(STORE) == 1


def test_dead_letters_are_listed_shown_and_sent_again(outbox: Outbox) -> None:
    for page in (1, 2, 3):
        outbox.put(STORE, bundle(page))
    for letter in outbox.batch(STORE)[:2]:
        outbox.bury(STORE, letter, "年份超出范围")
    assert [(dead.task_id, dead.reason) for dead in outbox.dead()] == [
        (task(1), "年份超出范围"),
        (task(2), "年份超出范围"),
    ]
    assert outbox.dead_tasks(STORE, "r1") == {task(1), task(2)}
    assert outbox.waiting_tasks(STORE, "r1") == {task(3)}
    assert outbox.dead_bundle(next(outbox.dead())) == bundle(1)
    assert outbox.retry(task(1)) == 1
    assert outbox.retry(task(1)) == 0
    assert [letter.task_id for letter in outbox.batch(STORE)] == [task(3), task(1)]
    assert outbox.retry() == 1
    assert list(outbox.dead()) == []
    assert outbox.waiting(STORE, "r1") == 3


def test_a_dead_letter_waits_until_a_newer_bundle_of_its_task_was_sent(outbox: Outbox) -> None:
    outbox.put(STORE, bundle(1, "旧"))
    outbox.bury(STORE, outbox.batch(STORE)[0], "refused")
    outbox.put(STORE, bundle(1, "新"))
    assert outbox.retry() == 0
    outbox.sent(outbox.batch(STORE))
    assert outbox.retry() == 1


def test_a_dead_letter_that_is_given_up_is_kept_with_who_and_why(outbox: Outbox) -> None:
    outbox.put(STORE, bundle(1))
    outbox.bury(STORE, outbox.batch(STORE)[0], "年份超出范围")
    (letter,) = outbox.dead()
    assert outbox.discard(letter, "沈一", "页面已损坏")
    assert (list(outbox.dead()), outbox.waiting(STORE), outbox.dead_tasks(STORE, "r1")) == ([], 0, set())
    (gone,) = outbox.discarded()
    assert (gone.letter, gone.by, gone.why) == (letter, "沈一", "页面已损坏")
    assert gone.at >= letter.refused_at
    assert outbox.dead_bundle(letter) is None
    assert not outbox.discard(letter, "陆二", "再次")
    assert len(list(outbox.discarded())) == 1


def test_a_letter_that_was_refused_anew_is_not_the_one_given_up(path: Path) -> None:
    clock = iter(range(100, 200))
    with Outbox(path, 64, sender=True, clock=lambda: next(clock)) as outbox:
        for reason in ("一", "二"):
            outbox.put(STORE, bundle(1))
            outbox.bury(STORE, outbox.batch(STORE)[0], reason)
            if reason == "一":
                (letter,) = outbox.dead()
        assert not outbox.discard(letter, "沈一", "页面已损坏")
        assert [dead.reason for dead in outbox.dead()] == ["二"]


def test_an_outbox_of_the_release_before_learns_to_give_up(outbox: Outbox, path: Path) -> None:
    outbox.put(STORE, bundle(1))
    outbox.close()
    with closing(sqlite3.connect(path)) as plain:
        plain.executescript("DROP TABLE discarded; PRAGMA user_version = 1")
    assert list(outbox.discarded()) == []
    assert outbox.waiting(STORE) == 1


def test_a_flipped_bit_is_noticed(outbox: Outbox, path: Path) -> None:
    outbox.put(STORE, bundle(1, "年化12%"))
    with closing(sqlite3.connect(path)) as plain, plain:
        (body,) = plain.execute("SELECT bundle FROM waiting").fetchone()
        plain.execute("UPDATE waiting SET bundle = ?", (body.replace(b"12%", b"13%"),))
    (letter,) = outbox.batch(STORE)
    with pytest.raises(WriteRefused, match="changed while it waited"):
        letter.open()


def test_a_store_that_is_away_is_written_down_with_its_tries(outbox: Outbox) -> None:
    outbox.note_away(STORE, "refused", 1)
    outbox.note_away(STORE, "silent", 2)
    (pile,) = outbox.piles()
    assert pile.away is not None
    assert (pile.away.attempts, pile.away.reason) == (2, "silent")
    assert pile.away.since < pile.away.next_try
    outbox.note_back(STORE)
    assert outbox.piles() == []


def test_one_sender_a_store(outbox: Outbox, path: Path) -> None:
    with (
        Outbox(path, 64) as other,
        outbox.sending(STORE),
        pytest.raises(SenderBusy, match="process"),
        other.sending(f"{STORE}/"),
    ):
        pass
    with Outbox(path, 64) as other, outbox.sending(STORE), other.sending(OTHER):
        other.put(OTHER, bundle(1))
    with Outbox(path, 64) as other, other.sending(STORE):
        assert other.waiting(STORE) == 0


Moves = st.lists(
    st.tuples(st.sampled_from(["put", "sent", "bury", "retry"]), st.integers(1, 6)), min_size=1, max_size=40
)


@given(moves=Moves)
def test_every_bundle_is_in_one_place_whatever_is_done(
    moves: list[tuple[str, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Against a model of two sets: what waits and what is dead."""
    waiting: set[int] = set()
    dead: set[int] = set()
    with Outbox(tmp_path_factory.mktemp("moves") / "o.db", 64, sender=True) as outbox:
        for move, page in moves:
            letters = {letter.task_id: letter for letter in outbox.batch(STORE)}
            if move == "put":
                outbox.put(STORE, bundle(page))
                waiting.add(page)
            elif move == "retry" and page in dead and page not in waiting:
                outbox.retry(task(page))
                dead.remove(page)
                waiting.add(page)
            elif move == "sent" and page in waiting:
                outbox.sent([letters[task(page)]])
                waiting.remove(page)
            elif move == "bury" and page in waiting:
                outbox.bury(STORE, letters[task(page)], "refused")
                waiting.remove(page)
                dead.add(page)
            assert {letter.task_id for letter in outbox.batch(STORE)} == {task(one) for one in waiting}
            assert {letter.task_id for letter in outbox.dead()} == {task(one) for one in dead}


PUTTING = """
import sys
from findings.outbox.box import Outbox
from tests.support import records as make
with Outbox(__import__("pathlib").Path(sys.argv[1]), 64) as outbox:
    for page in range(int(sys.argv[2]), int(sys.argv[3])):
        outbox.put("http://a.example:9200", make.bundle(make.ad("保本", make.finding()), page=page))
"""


def test_several_processes_put_at_once_into_a_new_outbox(path: Path) -> None:
    ends = [
        subprocess.Popen([sys.executable, "-c", PUTTING, path, str(start), str(start + 30)])
        for start in (0, 30, 60)
    ]
    assert [process.wait() for process in ends] == [0, 0, 0]
    with Outbox(path, 64) as outbox:
        assert outbox.waiting_tasks(STORE, "r1") == {task(page) for page in range(90)}


def _fill(outbox: Outbox, first: int = 0) -> int:
    """Put until it is full; how many it took."""
    for page in range(first, first + 10_000):
        try:
            outbox.put(STORE, bundle(page, "长" * 20_000))
        except OutboxFull:
            return page - first
    raise AssertionError("never full")


def test_a_full_outbox_takes_no_more_and_keeps_what_it_has(path: Path) -> None:
    with Outbox(path, megabytes=1) as outbox, Outbox(path, megabytes=1, sender=True) as sender:
        took = _fill(outbox)
        assert 3 < took < 30
        with pytest.raises(OutboxFull, match=r"outbox\.megabytes \(now 1\)") as raised:
            outbox.put(STORE, bundle(10_001, "长" * 20_000))
        assert raised.value.exit_code == 3
        assert outbox.waiting(STORE) == took
        # In a full outbox a refusal can be written down, and what was sent makes room.
        sender.bury(STORE, sender.batch(STORE)[0], "因" * 5_000)
        sender.sent(sender.batch(STORE)[1:])
        assert [len(letter.reason) for letter in sender.dead()] == [1_000]
        assert _fill(outbox, 20_000) >= took - 3
        while letters := sender.batch(STORE):
            sender.sent(letters)
        sender.shrink()
    assert path.stat().st_size < 400_000  # the dead letter and the tables


LIMITED = """
import resource, sys
from pathlib import Path
from findings.errors import OutboxFull
from findings.outbox.box import Outbox
from tests.support import records as make
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
outbox = Outbox(Path(sys.argv[1]), 64)
for page in range(10_000):
    try:
        outbox.put("http://a.example:9200", make.bundle(make.ad("长" * 20_000), page=page))
    except OutboxFull as full:
        print(page, full.reason)
        sys.exit(0)
"""


def test_a_file_that_may_not_grow_is_full_and_loses_nothing(path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    ran = subprocess.run([sys.executable, "-c", LIMITED, path], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    taken, _, reason = ran.stdout.partition(" ")
    assert "disk" in reason
    with Outbox(path, 64) as outbox:
        assert outbox.waiting_tasks(STORE, "r1") == {task(page) for page in range(int(taken))}
        assert [len(letter.open().ads[0].text) for letter in outbox.batch(STORE)][:1] == [20_000]


def _overwrite(path: Path, data: bytes, at: int = 0) -> None:
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def _filled(path: Path) -> None:
    with Outbox(path, 64) as outbox:
        for page in range(20):
            outbox.put(STORE, bundle(page, "长" * 3_000))


def _read(outbox: Outbox) -> None:
    outbox.waiting_tasks(STORE, "r1")
    outbox.batch(STORE)


BROKEN = [("no database at all", b"#!/bin/sh\n" * 500, 0), ("pages overwritten", b"\xa5" * 60_000, 4096)]


@pytest.mark.parametrize(("data", "at"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_a_broken_outbox_is_put_aside(path: Path, data: bytes, at: int) -> None:
    _filled(path)
    _overwrite(path, data, at)
    with Outbox(path, 64) as outbox, pytest.raises(OutboxDamaged) as raised:
        _read(outbox)
    assert raised.value.aside is not None
    aside = Path(raised.value.aside)
    assert data[:100] in aside.read_bytes()
    with Outbox(path, 64) as outbox:
        outbox.put(STORE, bundle(1))
        assert outbox.waiting_tasks(STORE, "r1") == {task(1)}
        assert outbox.set_aside() == [aside]


def test_a_database_of_another_program_is_put_aside(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as plain, plain:
        plain.execute("CREATE TABLE notes (word TEXT)")
    with Outbox(path, 64) as outbox, pytest.raises(OutboxDamaged, match="another program"):
        outbox.piles()
    assert not path.exists()


def test_a_broken_outbox_that_others_have_open_stays(path: Path) -> None:
    _filled(path)
    with Outbox(path, 64) as other:
        assert other.waiting(STORE) == 20
        with path.open("r+b") as file:
            file.write(b"#!/bin/sh\n" * 500)
        path.with_name(f"{path.name}-wal").write_bytes(b"")
        with (
            Outbox(path, 64) as outbox,
            pytest.raises(OutboxDamaged, match="end the other processes") as raised,
        ):
            outbox.piles()
    assert raised.value.aside is None
    assert path.exists()


def test_an_outbox_of_a_newer_release_is_left_alone(path: Path) -> None:
    _filled(path)
    with closing(sqlite3.connect(path)) as plain:
        plain.execute("PRAGMA user_version = 99")
    with Outbox(path, 64) as outbox, pytest.raises(OutboxAway, match="newer release") as raised:
        outbox.piles()
    assert raised.value.exit_code == 3
    assert path.exists()


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("in the way")
    with Outbox(tmp_path / "outbox" / "outbox.db", 64) as outbox, pytest.raises(OutboxAway, match="rights"):
        outbox.piles()
