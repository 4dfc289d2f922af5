"""Screening a stream of ads: one line out for each line in, in the same order, whatever the line."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

import msgspec

from analyzers.errors import ModelUnusable
from finadwatch.errors import WorkerLost
from finadwatch.i18n import choose, language, t
from finadwatch.judging import Judge
from findings.model.errors import FinAdWatchError, ServiceAway, UsageError
from findings.model.judgement import ScreenInput
from findings.model.vocabulary import Severity

#: Lines judged together: the models see one batch, and a worker process is handed one chunk.
#: Whatever the size, the answers are the same.
CHUNK = 32
#: Chunks that wait per worker process: enough to keep it busy, few enough to bound memory.
AHEAD = 4

_decoder = msgspec.json.Decoder(ScreenInput)


class LineError(msgspec.Struct, frozen=True):
    """What stands in the place of a line that can't be read (`line` counts from 1)."""

    type: str
    message: str
    line: int


@dataclass(frozen=True)
class Line:
    """One numbered line of input, bytes without its end."""

    number: int
    data: bytes


@dataclass(frozen=True)
class Answer:
    """One line of output. `id` is None for a line that could not be read."""

    line: int
    id: str | None
    json: bytes
    failed: bool
    severity: Severity | None


@dataclass
class Tally:
    """What a stream came to."""

    lines: int = 0
    failed: int = 0
    repeated: list[str] = field(default_factory=list)
    worst: Severity | None = None
    _seen: set[str] = field(default_factory=set, repr=False)

    def count(self, answer: Answer) -> bool:
        """Count one answer; return True if its id came before."""
        self.lines += 1
        self.failed += answer.failed
        if answer.severity and (self.worst is None or answer.severity.rank > self.worst.rank):
            self.worst = answer.severity
        if answer.id is None:
            return False
        again = answer.id in self._seen
        self._seen.add(answer.id)
        if again:
            self.repeated.append(answer.id)
        return again


def numbered(stream: Iterable[bytes]) -> Iterator[Line]:
    """The lines of a stream, counted from 1; blank ones are skipped, a BOM is taken off."""
    for number, raw in enumerate(stream, start=1):
        data = raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw
        if data.strip():
            yield Line(number, data.strip(b"\r\n"))


def answers(lines: Sequence[Line], judge: Judge, on: date | None, today: date, base: Path) -> list[Answer]:
    """Judge a chunk of lines. One that can't be read, or an image that can't, gives an error object.

    The law is that of `on`, else of the ad's own `captured_at`, else of `today`.
    """
    read = [_read(line, on, today) for line in lines]
    good = [one for one in read if not isinstance(one, Answer)]
    judged = iter(_judged(good, judge, base))
    return [one if isinstance(one, Answer) else next(judged) for one in read]


def _read(line: Line, on: date | None, today: date) -> tuple[Line, ScreenInput, date] | Answer:
    try:
        ad = _decoder.decode(line.data)
        day = on or ad.captured_on or today
    # ValueError: bytes that are no UTF-8, a bad date; RecursionError: nested too deep to be an ad
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return _refused(
            line,
            "unreadable",
            t(
                f"第 {line.number} 行不是一条广告的 JSON 对象：{error}",
                f"line {line.number} is not a JSON object of an ad: {error}",
            ),
        )
    if ad.text is None and ad.html is None and ad.image is None and ad.title is None:
        return _refused(
            line,
            "nothing_to_judge",
            t(
                f"第 {line.number} 行没有 text、html、image 或 title，无可判定",
                f"line {line.number} has no text, html, image or title to judge",
            ),
        )
    return line, ad, day


def _judged(asked: Sequence[tuple[Line, ScreenInput, date]], judge: Judge, base: Path) -> Iterator[Answer]:
    """Together, and one by one where a member of the chunk can't be judged.

    Raises UsageError and ServiceAway: a missing model is no fault of a line. Any other error,
    one of our own making included, costs the line that met it and no other.
    """
    try:
        judgements = judge.judge_many([ad for _, ad, _ in asked], [day for _, _, day in asked], base)
    except (ModelUnusable, UsageError, ServiceAway):
        raise
    except Exception as error:
        if len(asked) > 1:
            for one in asked:
                yield from _judged([one], judge, base)
        elif isinstance(error, FinAdWatchError):
            yield _refused(asked[0][0], type(error).__name__, error.said(language()))
        elif os.environ.get("FINADWATCH_DEBUG"):
            raise
        else:
            yield _refused(asked[0][0], "internal", f"{type(error).__name__}: {error}")
        return
    for (line, ad, _), judgement in zip(asked, judgements, strict=True):
        yield Answer(line.number, ad.id, msgspec.json.encode(judgement), False, judgement.severity)


def _refused(line: Line, kind: str, message: str) -> Answer:
    body = msgspec.json.encode({"id": None, "error": LineError(kind, message, line.number)})
    return Answer(line.number, None, body, True, None)


def screen(
    lines: Iterable[Line],
    open_judge: Callable[[], Judge],
    *,
    on: date | None,
    today: date,
    base: Path,
    workers: int = 1,
) -> Iterator[Answer]:
    """Answer every line in order, in this process or in `workers` of them.

    `open_judge` must be picklable when `workers` is over 1: each process opens its own.
    """
    chunks = _chunks(lines)
    if workers <= 1:
        judge = open_judge()
        for chunk in chunks:
            yield from answers(chunk, judge, on, today, base)
        return
    context = multiprocessing.get_context("spawn")
    desk = (open_judge, on, today, base, language())
    waiting: deque[Future[list[Answer]]] = deque()
    with ProcessPoolExecutor(workers, context, _start, desk) as pool:
        try:
            for chunk in chunks:
                with interrupts_held():  # the processes start here, and inherit it
                    waiting.append(pool.submit(_work, chunk))
                if len(waiting) > workers * AHEAD:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BrokenProcessPool as error:
            raise WorkerLost from error
        finally:
            # Waits for the chunks at work: left to itself the pool's thread races the end of the program.
            pool.shutdown(cancel_futures=True)


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Ctrl-C reaches every process of the terminal; only the first one is to answer it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    numbered_lines = iter(lines)
    while chunk := list(islice(numbered_lines, CHUNK)):
        yield chunk


_answer: Callable[[list[Line]], list[Answer]] | None = None


def _start(open_judge: Callable[[], Judge], on: date | None, today: date, base: Path, lang: str) -> None:
    """Prepare a worker process. Its judge opens with the first chunk, so that an error of
    opening reaches the caller like any other."""
    global _answer
    choose(lang)
    opened = cache(open_judge)
    _answer = lambda chunk: answers(chunk, opened(), on, today, base)  # noqa: E731 — a closure per process


def _work(chunk: list[Line]) -> list[Answer]:
    if _answer is None:
        raise RuntimeError("a screening worker was used before it was started")
    return _answer(chunk)
