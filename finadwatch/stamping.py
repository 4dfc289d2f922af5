"""Time stamps over what is captured: noted as it comes, stamped every few minutes and at the end of a run."""

import hashlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from finadwatch import i18n
from finadwatch.authorities import Poster, authorities
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.show import progress
from findings.model.errors import FinAdWatchError
from handover.timestamps import notes
from handover.timestamps.errors import StampingBusy
from handover.timestamps.lookup import StampLookup
from handover.timestamps.model import ListRecord
from handover.timestamps.records import Records
from handover.timestamps.rounds import MOST_OWED, Round, Stamper

#: Seconds between two looks whether a round is due.
LOOK_S = 2.0
#: Seconds that the end of a run waits for another process's round.
PATIENCE_S = 60.0
_BUSY_S = 0.2


def stamps_folder(desk: Desk) -> Path:
    """Where notes and records of stamps lie: in the evidence folder."""
    return desk.config.evidence_folder / "timestamps"


def lookup(desk: Desk) -> StampLookup:
    """Which stamps cover which evidence."""
    folder = stamps_folder(desk).absolute()
    own = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return StampLookup(Records(folder), desk.evidence(), desk.config.home / "cache" / "timestamps" / own)


def a_round(working: Stamper, desk: Desk) -> Round:
    """One round, its lists brought into the index. Raises what `Stamper.round` does."""
    done = working.round()
    lookup(desk).keep_up(done.days)
    return done


def stamper(
    desk: Desk, told: Callable[[ListRecord], None] = lambda _: None, most_owed: int = MOST_OWED
) -> Stamper:
    """What a round works with; `most_owed` lists of earlier rounds are asked for again. Raises ConfigError, InputMissing, RootsUnusable."""
    return Stamper(
        Records(stamps_folder(desk)),
        desk.evidence(),
        authorities(desk.config),
        Poster(desk.config),
        desk.now,
        told,
        most_owed,
    )


@contextmanager
def noted(desk: Desk) -> Iterator[Callable[[datetime, Sequence[str]], None]]:
    """Where captures are noted for the next round. Without an authority nothing is: nobody would stamp it."""
    if not desk.config.timestamps.authorities:
        yield lambda at, hashes: None
        return
    here = notes.Notes(stamps_folder(desk))
    try:
        yield here.note
    finally:
        here.close()


class Stop(Protocol):
    """An event, of threads or of processes."""

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for it; whether it came."""
        ...


@contextmanager
def stamped(desk: Desk) -> Iterator[None]:
    """Stamp what is captured meanwhile, and what is left at the end; what fails is said and stays to be stamped.

    Raises ConfigError, InputMissing, RootsUnusable before anything is captured.
    """
    if not desk.config.timestamps.authorities:
        yield
        return
    working, stop, interrupted = stamper(desk), threading.Event(), True
    beside = threading.Thread(target=keep_stamping, args=(working, desk, stop), name="stamps", daemon=True)
    beside.start()
    try:
        yield
        interrupted = False
    except Exception:
        interrupted = False
        raise
    finally:
        stop.set()
        if interrupted:  # a person waits for the end
            _say_waiting(desk)
        else:
            beside.join(PATIENCE_S)
            last_round(working, desk)


@contextmanager
def stamped_beside(desk: Desk) -> Iterator[None]:
    """The same by a process of its own, for a worker that forks: a fork must not come in the middle of a thread's work.

    Raises what `stamped` does.
    """
    if not desk.config.timestamps.authorities:
        yield
        return
    working = stamper(desk)
    afresh = multiprocessing.get_context("spawn")
    stop = afresh.Event()
    beside = afresh.Process(target=_beside, args=(desk, language(), os.getpid(), stop), daemon=True)
    beside.start()
    try:
        yield
    finally:
        stop.set()
        beside.join(PATIENCE_S)
        last_round(working, desk)


def _beside(desk: Desk, lang: str, parent: int, stop: Stop) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the worker ends, and says so
    i18n.choose(lang)
    keep_stamping(stamper(desk), desk, _Orphaned(parent, stop))


class _Orphaned:
    """Stops also when the worker was killed."""

    def __init__(self, parent: int, stop: Stop) -> None:
        self._parent = parent
        self._stop = stop

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the event; whether it came, or nobody is left to send it."""
        return self._stop.wait(timeout) or os.getppid() != self._parent


def keep_stamping(working: Stamper, desk: Desk, stop: Stop) -> None:
    """Make a round whenever one is due, until stopped. Several processes on one folder make one round between them."""
    said: set[str] = set()
    while not stop.wait(LOOK_S):
        try:
            if due(desk):
                _say(a_round(working, desk), said)
        except StampingBusy:
            continue
        except FinAdWatchError as error:  # what is noted stays to be stamped, and the crawl goes on
            _say_once(error.said(language()), said)
        except OSError as error:
            _say_once(t(f"时间戳未能加盖：{error}", f"no time stamp could be taken: {error}"), said)


def due(desk: Desk) -> bool:
    """Whether a capture has waited for as long as the configuration says, or a token has since the last round."""
    folder, every_s = stamps_folder(desk), desk.config.timestamps.every_s
    oldest = notes.oldest(folder)
    if oldest is not None and (desk.now() - oldest).total_seconds() >= every_s:
        return True
    records = Records(folder)
    rested = records.rested_s(desk.now())
    return rested is not None and rested >= every_s and bool(records.owed())


def last_round(working: Stamper, desk: Desk) -> None:
    """Stamp what is left, after a round that goes on elsewhere."""
    until = time.monotonic() + PATIENCE_S
    said: set[str] = set()
    while notes.waiting(stamps_folder(desk)):
        try:
            _say(a_round(working, desk), said)
        except StampingBusy as busy:
            if time.monotonic() < until:
                time.sleep(_BUSY_S)
                continue
            _say_once(busy.said(language()), said)
        except FinAdWatchError as error:  # the run itself is done and stored
            _say_once(error.said(language()), said)
        return


def _say(done: Round, said: set[str]) -> None:
    """Name what failed in a round, each once."""
    for name, error in done.failed.items():
        _say_once(f"{name}: {error.said(language())}", said)
    for fault in done.faults:
        _say_once(fault.said(language()), said)


def _say_waiting(desk: Desk) -> None:
    """One line where captures wait for their time stamp."""
    if notes.waiting(stamps_folder(desk)):
        progress(
            t(
                "有抓取结果尚未加盖时间戳：下次抓取或 finadwatch evidence stamp 时加盖",
                "captures wait for their time stamp: the next crawl takes it, or finadwatch evidence stamp",
            )
        )


def _say_once(sentence: str, said: set[str]) -> None:
    if sentence not in said:
        said.add(sentence)
        progress(sentence)
