"""Screening a stream of ads: one line out for each line in, in the same order, whatever the line."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path

import msgspec

from finadwatch.judging import Judge
from findings.model.errors import FinAdWatchError
from findings.model.judgement import ScreenInput
from findings.model.vocabulary import Severity

#: Lines judged together: the models see one batch, and a worker process is handed one chunk.
#: Whatever the size, the answers are the same.
CHUNK = 32

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
        return line, ad, on or ad.captured_on or today
    except (msgspec.MsgspecError, ValueError) as error:  # ValueError: bytes that are no UTF-8, a bad date
        return _refused(line, "unreadable", f"line {line.number} is not a JSON object of an ad: {error}")


def _judged(asked: Sequence[tuple[Line, ScreenInput, date]], judge: Judge, base: Path) -> Iterator[Answer]:
    """Together, and one by one where a member of the chunk can't be judged."""
    try:
        judgements = judge.judge_many([ad for _, ad, _ in asked], [day for _, _, day in asked], base)
    except FinAdWatchError as error:
        if len(asked) == 1:
            yield _refused(asked[0][0], type(error).__name__, str(error))
        else:
            for one in asked:
                yield from _judged([one], judge, base)
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
    with context.Pool(workers, _start, (open_judge, on, today, base)) as pool:
        for done in pool.imap(_work, chunks):
            yield from done


def _chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    numbered_lines = iter(lines)
    while chunk := list(islice(numbered_lines, CHUNK)):
        yield chunk


_worker: Callable[[list[Line]], list[Answer]] | None = None


def _start(open_judge: Callable[[], Judge], on: date | None, today: date, base: Path) -> None:
    global _worker
    judge = open_judge()
    _worker = lambda chunk: answers(chunk, judge, on, today, base)  # noqa: E731 — a closure per process


def _work(chunk: list[Line]) -> list[Answer]:
    if _worker is None:
        raise RuntimeError("a screening worker was used before it was started")
    return _worker(chunk)
