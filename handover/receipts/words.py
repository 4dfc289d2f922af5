"""The words by which a receipt is read (`words.yaml`), with an office's own beside them."""

import json
import re
import unicodedata
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from findings.model.errors import Said
from findings.model.faults import schema_fault
from findings.model.handover import Answer
from handover.receipts.errors import ReceiptWordsWrong

_Key = TypeVar("_Key", bound=str)

#: Bytes of an office's own file at most; ours has five thousand.
MOST_BYTES = 200_000
#: Marks that tell no word from another. A bar, a dot or a slash stays: hosts and dates need them.
_MARKS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff'\"“”‘’*_:：()（）\[\]【】<>《》「」]+")


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """Headings by column, and answers by word; every list as it is searched."""

    columns: dict[str, tuple[str, ...]] = {}
    whole: dict[Answer, tuple[str, ...]] = {}
    answers: dict[Answer, tuple[str, ...]] = {}
    turned: dict[Answer, tuple[str, ...]] = {}
    between: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def plain(text: str) -> str:
    """A text as words are compared: NFKC, lower case, without spaces, brackets and quotes."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text).lower())


def load_words(own: Path | None = None) -> Words:
    """The words that ship, with those of an office's own file. Raises ReceiptWordsWrong."""
    ours = _ours()
    if own is None:
        return ours
    theirs = _plain(_read(own))
    return Words(
        columns=_joined(ours.columns, theirs.columns),
        whole=_joined(ours.whole, theirs.whole),
        answers=_joined(ours.answers, theirs.answers),
        turned=_joined(ours.turned, theirs.turned),
        between=(*theirs.between, *ours.between),
        doubts=(*theirs.doubts, *ours.doubts),
    )


@cache
def _ours() -> Words:
    whole = yaml.safe_load(files("handover.receipts").joinpath("words.yaml").read_text("utf-8"))
    return _plain(msgspec.convert(whole, Words))


def _read(path: Path) -> Words:
    from jsonschema import Draft202012Validator

    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ReceiptWordsWrong(
                path, [Said(f"it is over {MOST_BYTES} bytes", zh=f"超过 {MOST_BYTES} 字节")]
            )
        whole: Any = yaml.safe_load(data.decode("utf-8-sig"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise ReceiptWordsWrong(path, [Said(f"it can't be read ({why})", zh=f"无法读取（{why}）")]) from error
    schema = json.loads(files("handover.receipts").joinpath("words.schema.json").read_text("utf-8"))
    faults = [
        schema_fault(error.json_path, error) for error in Draft202012Validator(schema).iter_errors(whole)
    ]
    if faults:
        raise ReceiptWordsWrong(path, faults[:20])
    return msgspec.convert(whole, Words)


def _plain(words: Words) -> Words:
    return Words(
        columns={name: tuple(map(plain, listed)) for name, listed in words.columns.items()},
        whole={answer: tuple(map(plain, listed)) for answer, listed in words.whole.items()},
        answers={answer: tuple(map(plain, listed)) for answer, listed in words.answers.items()},
        turned={answer: tuple(map(plain, listed)) for answer, listed in words.turned.items()},
        between=tuple(map(plain, words.between)),
        doubts=tuple(map(plain, words.doubts)),
    )


def _joined(
    ours: dict[_Key, tuple[str, ...]], theirs: dict[_Key, tuple[str, ...]]
) -> dict[_Key, tuple[str, ...]]:
    return {key: (*theirs.get(key, ()), *ours.get(key, ())) for key in {**ours, **theirs}}
