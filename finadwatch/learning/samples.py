"""Verdicts that were kept, and the samples they make: one a text, the latest word on each question."""

import fcntl
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from finadwatch.errors import LearnedDamaged
from finadwatch.learning.groups import groups_of
from finadwatch.learning.verdicts import Unreadable, Verdict
from findings.model.vocabulary import Channel
from models.learning_on import Answer

SAMPLES = "samples.jsonl"
SET_ASIDE = "set_aside.jsonl"

_decoder = msgspec.json.Decoder(Verdict)


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A text with every answer known of it. `group` is shared by near-duplicates."""

    id: str
    text: str
    channel: Channel
    group: str
    answers: Mapping[int, Answer]


class Contradiction(msgspec.Struct, frozen=True):
    """A question that reviewers answered differently on one text: all answers, the one that counts last."""

    id: str
    question: int
    answers: tuple[Answer, ...]


def key_of(text: str) -> str:
    """What two copies of a text share: everything but white space."""
    return "".join(text.split())


def samples_of(verdicts: Sequence[Verdict]) -> tuple[list[Sample], list[Contradiction]]:
    """One sample a text, in the order of their first verdict, and what was answered in two ways.

    The latest verdict counts; of two without a time, or of the same, the one that came in later.
    """
    texts: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        texts.setdefault(key_of(verdict.text), []).append(verdict)
    groups = groups_of([listed[0].text for listed in texts.values()])
    samples, contradictions = [], []
    for group, listed in zip(groups, texts.values(), strict=True):
        ordered = sorted(listed, key=lambda one: one.at)
        said: dict[int, list[Answer]] = {}
        for verdict in ordered:
            for question, answer in verdict.answers.items():
                said.setdefault(question, []).append(answer)
        last = ordered[-1]
        named = next((one.group for one in reversed(ordered) if one.group), None)
        samples.append(
            Sample(
                id=last.id,
                text=last.text,
                channel=last.channel,
                group=named or group,
                answers={question: answers[-1] for question, answers in sorted(said.items())},
            )
        )
        contradictions += [
            Contradiction(last.id, question, tuple(answers))
            for question, answers in sorted(said.items())
            if len(set(answers)) > 1
        ]
    return samples, contradictions


class Learned:
    """The folder of an installation where verdicts are kept; never inside the package."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def file(self) -> Path:
        """The verdicts that were learned from."""
        return self.folder / SAMPLES

    def verdicts(self) -> list[Verdict]:
        """All kept verdicts in the order they came in. Raises LearnedDamaged."""
        if not self.file.is_file():
            return []
        found = []
        for number, line in enumerate(self.file.read_bytes().split(b"\n"), start=1):
            if line.strip():
                try:
                    found.append(_decoder.decode(line))
                except (msgspec.MsgspecError, ValueError, RecursionError) as error:
                    raise LearnedDamaged(self.file, number, str(error)) from error
        return found

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other calls out of the folder while one learns; they wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def keep(self, verdicts: Sequence[Verdict], unreadable: Sequence[Unreadable]) -> None:
        """Write verdicts and the lines set aside, each whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        _replace(self.file, b"".join(msgspec.json.encode(one) + b"\n" for one in verdicts))
        if unreadable:
            file = self.folder / SET_ASIDE
            known = file.read_bytes() if file.is_file() else b""
            lines = dict.fromkeys(msgspec.json.encode(one) for one in unreadable)
            had = set(known.split(b"\n"))
            _replace(file, known + b"".join(line + b"\n" for line in lines if line not in had))


def joined(kept: Sequence[Verdict], new: Sequence[Verdict]) -> list[Verdict]:
    """Kept and new verdicts in order, each once: who said the same of a text twice said it once."""
    found: dict[bytes, Verdict] = {}
    for verdict in (*kept, *new):
        content = msgspec.json.encode(
            (verdict.id, key_of(verdict.text), verdict.answers, verdict.reviewer, verdict.at)
        )
        found.setdefault(hashlib.sha256(content).digest(), verdict)
    return list(found.values())


def _replace(file: Path, content: bytes) -> None:
    aside = file.with_name(f".{file.name}.new")
    aside.write_bytes(content)
    aside.replace(file)
