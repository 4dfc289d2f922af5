"""Ctrl-C at any moment of a start: one sentence or silence, never a trace."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from finadwatch.starting import quits_at_once


@pytest.mark.slow
def test_an_interrupt_while_starting_leaves_no_trace(home: Path) -> None:
    for moment in range(12):
        started = subprocess.Popen(
            [sys.executable, "-m", "finadwatch", "search", "保本", "--store", f"sqlite:///{home}/none.db"],
            env={**os.environ, "FINADWATCH_HOME": str(home)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        time.sleep(0.1 + moment * 0.08)
        started.send_signal(signal.SIGINT)
        _, said = started.communicate(timeout=60)
        if "Traceback" in said:  # in the interpreter's own start, before any line of ours
            assert "/finadwatch/" not in said
            continue
        assert started.returncode in (-signal.SIGINT, 130, 2), said  # 2: it was faster, and there is no store


@pytest.fixture
def usual() -> Iterator[None]:
    """Python's own answer to an interrupt, whoever started the tests (a shell's `&` has it ignored)."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("usual")
def test_who_answers_an_interrupt_is_as_before() -> None:
    with quits_at_once():
        assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_thread_and_a_handler_of_somebody_else_are_left_alone() -> None:
    faults: list[BaseException] = []

    def enter() -> None:
        try:
            with quits_at_once():
                pass
        except BaseException as error:
            faults.append(error)

    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    assert not faults
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with quits_at_once():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
