"""Notes of captures that wait for their stamp: written by several processes while another one takes them."""

import multiprocessing
import multiprocessing.synchronize
from datetime import UTC, datetime, timedelta
from pathlib import Path

from handover.timestamps import notes

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
WRITERS, EACH = 3, 40


def _write(folder: Path, writer: int, begin: multiprocessing.synchronize.Event) -> None:
    here = notes.Notes(folder)
    begin.wait()
    for number in range(EACH):
        here.note(AT + timedelta(seconds=number), [f"{writer * EACH + number:064x}"])


def test_no_note_is_lost_nor_taken_twice_while_processes_write(tmp_path: Path) -> None:
    apart = multiprocessing.get_context("fork")
    begin = apart.Event()
    writers = [apart.Process(target=_write, args=(tmp_path, writer, begin)) for writer in range(WRITERS)]
    for writer in writers:
        writer.start()
    begin.set()
    found: list[str] = []
    going = True
    while going:
        going = any(writer.is_alive() for writer in writers)
        taken = notes.take(tmp_path)
        found += [sha256 for path in taken for _, hashes in notes.read(path) for sha256 in hashes]
        notes.forget(taken)
    assert sorted(found) == [f"{number:064x}" for number in range(WRITERS * EACH)]
    assert not notes.waiting(tmp_path)


def test_half_a_line_is_of_a_capture_that_was_never_stored(tmp_path: Path) -> None:
    here = notes.Notes(tmp_path)
    here.note(AT, ["ab" * 32, "cd" * 32])
    here.close()
    (path,) = notes.take(tmp_path)
    with path.open("ab") as file:
        file.write(b"2026-11-23T02:00:01+00:00 " + b"ef" * 20)
    assert list(notes.read(path)) == [(AT, ["ab" * 32, "cd" * 32])]
    assert notes.oldest(tmp_path) == AT


def test_notes_that_were_taken_and_not_forgotten_are_taken_again(tmp_path: Path) -> None:
    here = notes.Notes(tmp_path)
    here.note(AT, ["ab" * 32])
    first = notes.take(tmp_path)
    here.note(AT, ["cd" * 32])
    assert [path for path in notes.take(tmp_path) if path not in first] != []
    assert set(first) < set(notes.take(tmp_path))
