"""Reviewers' verdicts as they come in: lines of JSON, each checked; one that can't be read is set aside."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from finadwatch.errors import InputMissing
from finadwatch.learning.privacy import masked
from findings.model.errors import Said
from findings.model.faults import schema_fault
from findings.model.vocabulary import Channel
from findings.model.zone import CHINA
from models.learning_on import PROMOTION, Answer

CATEGORIES = range(1, 10)
#: Bytes of a line; a longer one is no text that an officer read.
LONGEST_LINE = 1_000_000
#: Code points of an unreadable line that are kept beside its reason.
EXCERPT = 200
#: The time of a verdict that names none: any dated one is later.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a reviewer said of one text, personal data masked: the answers known, by question."""

    id: str
    text: str
    channel: Channel = Channel.WEB
    answers: Mapping[int, Answer]
    group: str | None = None
    reviewer: str | None = None
    at: datetime = LONG_AGO
    note: str | None = None


class Unreadable(msgspec.Struct, frozen=True):
    """A line that is no verdict: its file, its number from 1, why, and how it begins (masked)."""

    file: str
    line: int
    reason: str
    reason_zh: str
    begins: str

    def said(self, lang: str) -> str:
        """Place and reason in one sentence."""
        return f"{self.file}:{self.line}: {self.reason_zh if lang == 'zh' else self.reason}"


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line that the schema let through; other fields are left alone."""

    id: str | int
    text: str
    verdict: str
    channel: Channel = Channel.WEB
    category: int | None = None
    cats: frozenset[int] | None = None
    soft: frozenset[int] = frozenset()
    promotion: bool | None = None
    group: str | int | None = None
    reviewer: str | None = None
    at: str | None = None
    note: str | None = None


class _Fault(Exception):
    def __init__(self, said: Said) -> None:
        super().__init__(said)
        self.said = said


def read_verdicts(file: Path) -> Iterator[Verdict | Unreadable]:
    """The verdicts of a JSONL file in order; blank lines are skipped, a BOM is taken off.

    Lines end with a line feed and nothing else. Raises InputMissing.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputMissing(file, error.strerror or str(error)) from error
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            yield _verdict(line)
        except _Fault as fault:
            begins = masked(line[: EXCERPT * 4].decode("utf-8", "replace"))[:EXCERPT]
            yield Unreadable(file.name, number, str(fault.said), fault.said.zh, begins)


def _verdict(line: bytes) -> Verdict:
    if len(line) > LONGEST_LINE:
        raise _Fault(Said(f"longer than {LONGEST_LINE} bytes", zh=f"超过 {LONGEST_LINE} 字节"))
    try:
        raw = msgspec.json.decode(line)
    # ValueError: bytes that are no UTF-8; RecursionError: nested too deep to be a verdict
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise _Fault(Said(f"not JSON: {error}", zh=f"不是合法的 JSON：{error}")) from error
    for fault in _validator().iter_errors(raw):
        place = ".".join(str(step) for step in fault.absolute_path) or "(root)"
        raise _Fault(schema_fault(place, fault))
    try:
        read = msgspec.convert(raw, _Line)
    except msgspec.ValidationError as error:  # JSON Schema takes 2.0 for an integer
        raise _Fault(Said(str(error), zh=str(error))) from error
    return Verdict(
        id=masked(str(read.id)),
        text=masked(read.text.strip()),
        channel=read.channel,
        answers=_answers(read),
        group=str(read.group) if read.group is not None else None,
        reviewer=read.reviewer,
        at=_time(read.at),
        note=masked(read.note) if read.note else None,
    )


def _answers(read: _Line) -> dict[int, Answer]:
    """What a verdict says, and nothing more: a category that it doesn't name stays unknown.

    What promotes nothing has no category, and an excluded case without one named has none.
    """
    named = frozenset({read.category}) if read.category else read.cats or frozenset()
    if both := sorted(named & read.soft):
        raise _Fault(Said(f"{both} stand in soft too", zh=f"{both} 同时列为可商榷"))
    answers: dict[int, Answer] = {}
    if read.verdict == "exclude":
        excluded = named or (frozenset() if read.soft else frozenset(CATEGORIES))
        answers.update(dict.fromkeys(excluded, Answer.NO))
    else:
        sure = Answer.YES if read.verdict == "confirm" else Answer.ARGUABLE
        answers.update(dict.fromkeys(named, sure))
    answers.update(dict.fromkeys(read.soft, Answer.ARGUABLE))
    found = [category for category, answer in answers.items() if answer is not Answer.NO]
    if read.promotion is False:
        if found:
            raise _Fault(
                Said(
                    f"what promotes nothing has no category, but {sorted(found)} are named",
                    zh=f"不属推广的文本不应有情形，却列了 {sorted(found)}",
                )
            )
        answers.update(dict.fromkeys(CATEGORIES, Answer.NO))
    if read.promotion is not None:
        answers[PROMOTION] = Answer.YES if read.promotion else Answer.NO
    elif Answer.YES in answers.values():
        answers[PROMOTION] = Answer.YES  # an unlawful content of an ad makes the text an ad
    if not answers:
        raise _Fault(
            Said(
                "it says nothing: name category, cats or promotion",
                zh="未说明所核内容：请给出 category、cats 或 promotion",
            )
        )
    return dict(sorted(answers.items()))


def _time(written: str | None) -> datetime:
    if written is None:
        return LONG_AGO
    try:
        read = datetime.fromisoformat(written)
        return (read if read.tzinfo else read.replace(tzinfo=CHINA)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _Fault(
            Said(f"at: {written[:40]!r} is no ISO 8601 time", zh=f"at：{written[:40]!r} 不是 ISO 8601 时间")
        ) from error


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    text = files("finadwatch").joinpath("learning/verdict.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))
