"""Bring a text to the one form that rules read, and remember where each character came from.

Full width, traditional writing, case, invisible characters, text run from right to left, symbols
and blanks inserted between Chinese characters, characters boxed, strung or written downwards,
evasive spellings from `ruleset/lexicons/variants.yaml`, and disguised figures. Work is linear in the
length of the text; every offset is in code points.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from analyzers.characters import MARK, CharacterTable
from analyzers.numerals import before_sign, figures, formal, percent
from analyzers.offsets import Edit, Stage, apply_edits

_HAN = r"\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
#: Signs that only decorate; gone wherever they stand. Arrows to dingbats, CJK marks,
#: private use (icon fonts), emoji.
_DECOR = (
    r"\u2010-\u2015\u2020-\u2025\u2027\u203b-\u2043\u2047-\u205e\u2190-\u24ff\u2500-\u25ca\u25cc-\u2bff"
    r"\u3003\u3004\u3012\u3013\u301c-\u3020\u3030\u30fb\ue001-\uf8ff\U0001f000-\U0001fbff"
)
#: Signs that carry meaning beside letters and numerals, and are noise between Chinese characters.
_SIGNS = r"*·.\-_~^\\+=#@&$'`¤§¨©®¯°±´¶¸×÷"
_NOISE_RUN = re.compile(f"[ {_DECOR}{_SIGNS}]+")
_DROPPED = re.compile(f"[ {_DECOR}]")
_ORNAMENT = re.compile(r"[*_~^·`]")
_IS_HAN = re.compile(f"[{_HAN}]")
#: What ends a clause before a word written downwards, or begins the line after one: no line break was meant.
_PUNCTUATION = ",、。!?;:"
_UPRIGHT = re.compile(
    f"(?:(?<=\\n)|\\A)[{_HAN}](?:\\n{{1,2}}[{_HAN}]){{2,}}(?=\\n|\\Z)(?:\\n(?=[{_PUNCTUATION}]))?"
)
_BEADS = re.compile(f"(?<![{_HAN}])[{_HAN}](?:[、,/|:;。][{_HAN}]){{3,}}(?![{_HAN}])")
#: Round brackets set a single character apart in honest text too.
_ROUND = "(〔<《"
_NUMBERING = "一二三四五六七八九十注"
_OPEN, _CLOSE = f"\\[【「『〖{_ROUND}", "\\]】」』〗)〕>》"
_BOXED = re.compile(f"(?<![{_OPEN}])([{_OPEN}]++)([{_HAN}])([{_CLOSE}]++)")
#: Japanese letters between Chinese characters that stand for what they look like.
_KANA = {"エ": "工", "ニ": "二", "ハ": "八", "ロ": "口", "カ": "力", "タ": "夕", "ト": "卜", "ー": "一"}
_KANA_WITHIN = re.compile(f"(?<=[{_HAN}])[{''.join(_KANA)}](?=[{_HAN}])|(?<![\u3040-\u30ff])ー(?=[{_HAN}])")
#: Text that displays from right to left, up to the mark that ends it or the line.
_MIRRORED = re.compile("\u202e([^\u202a-\u202e\u2066-\u2069\n]{2,})")
#: A longer run of symbols is a rule drawn across the page: what stands around it is apart.
_INSERTED_AT_MOST = 6
#: What one pass uncovers another reads. Only a hostile text is not done by then.
_ROUNDS = 12


class Variants(msgspec.Struct, frozen=True):
    """Evasive spellings: `characters` one to one, `phrases` of 2 to 20 characters."""

    characters: Mapping[str, str]
    phrases: Mapping[str, str]


class Normalised:
    """A normalised text that can point back into its original."""

    __slots__ = ("_original_length", "_stages", "text")

    def __init__(self, text: str, stages: tuple[Stage, ...], original_length: int) -> None:
        self.text = text
        self._stages = stages
        self._original_length = original_length

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original text that `text[start:end]` came from, in code points.

        What was removed within the span is inside; what was removed around it is not.
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"span {start}:{end} is outside a text of {len(self.text)} characters")
        if start == end:
            at = self._original_length if start == len(self.text) else self.original_span(start, start + 1)[0]
            return at, at
        last = end - 1
        for stage in reversed(self._stages):
            start, last = stage.begin(start), stage.end(last) - 1
        return start, last + 1


class Normaliser:
    """Normalises texts with one set of evasive spellings."""

    def __init__(self, variants: Variants) -> None:
        self._table = CharacterTable(dict(variants.characters))
        known = {self._fold(seen): self._fold(meant) for seen, meant in variants.phrases.items()}
        self._phrases = {seen: meant for seen, meant in known.items() if seen != meant}
        self._phrase = _any_of(self._phrases)

    def __call__(self, text: str) -> Normalised:
        """Normalise one text."""
        stages: list[Stage] = []
        length = len(text)
        if "\u202e" in text:
            text, stage = apply_edits(text, _mirrored(text))
            stages += [stage] if stage else []
        current = text.translate(self._table)
        if MARK in current:
            current, stage = apply_edits(text, self._expansions(text))
            stages += [stage] if stage else []
        for _ in range(_ROUNDS):
            before = len(stages)
            for find in self._passes(current):
                current, stage = apply_edits(current, find(current))
                stages += [stage] if stage else []
            if len(stages) == before:
                break
        return Normalised(current, tuple(stages), length)

    def _fold(self, text: str) -> str:
        return text.translate(self._table).replace(MARK, "")

    def _expansions(self, text: str) -> Iterator[Edit]:
        table = self._table
        for at, char in enumerate(text):
            entry = table[ord(char)]
            if entry != char:
                yield at, at + 1, entry.lstrip(MARK)

    def _passes(self, text: str) -> Iterable[Callable[[str], Iterator[Edit]]]:
        if self._phrase is not None:  # before noise goes, since an emblem may be part of a spelling
            yield self._variants
        yield _noise
        if "\n" in text:
            yield _upright
        yield _beads
        yield _boxed
        yield _kana
        yield figures
        yield formal
        if "百分之" in text:
            yield percent
        if "%" in text:
            yield before_sign

    def _variants(self, text: str) -> Iterator[Edit]:
        assert self._phrase is not None
        for match in self._phrase.finditer(text):
            seen, meant = match[0], self._phrases[match[0]]
            if len(seen) == len(meant):
                for offset, (old, new) in enumerate(zip(seen, meant, strict=True)):
                    if old != new:
                        at = match.start() + offset
                        yield at, at + 1, new
            else:
                yield match.start(), match.end(), meant


def _any_of(words: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern of all words, longest first; words that begin alike share a branch.

    A word that begins with a letter or ends with two isn't found within a longer Latin word, and
    one of letters alone not within an address.
    """
    branches: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda w: (-len(w), w)):
        latin = re.fullmatch("[a-z ]+", word) is not None
        before = "(?<![a-z0-9./@_-])" if latin else "(?<![a-z])" if "a" <= word[0] <= "z" else ""
        syllable = re.search("[a-z]{2}$", word) is not None  # a name often follows one letter: 微xabc
        address = "(?![a-z@_/]|\\.[a-z])" if len(word) < 3 else "(?![a-z0-9@_/-]|\\.[a-z])"
        after = address if latin else "(?![a-z])" if syllable else ""
        branches.setdefault(before + re.escape(word[0]), []).append(re.escape(word[1:]) + after)
    if not branches:
        return None
    first = "".join(sorted({re.escape(word[0]) for word in words}))
    found = "|".join(f"{head}(?:{'|'.join(rest)})" for head, rest in branches.items())
    return re.compile(f"(?=[{first}])(?:{found})")  # most characters begin no spelling


def _mirrored(text: str) -> Iterator[Edit]:
    """Text written backwards under a mark that displays it from right to left."""
    for match in _MIRRORED.finditer(text):
        yield match.start(1), match.end(1), match[1][::-1]


def _noise(text: str) -> Iterator[Edit]:
    """Symbols and blanks between Chinese characters; decoration anywhere."""
    for match in _NOISE_RUN.finditer(text):
        start, end = match.span()
        run = match[0]
        before = text[start - 1] if start else "\n"
        after = text[end] if end < len(text) else "\n"
        han_before = _IS_HAN.match(before) is not None
        han_after = _IS_HAN.match(after) is not None
        if han_before and han_after:
            yield start, end, "" if len(run) <= _INSERTED_AT_MOST else "\n"
            continue
        kept = _DROPPED.sub("", run)
        if han_before or han_after:
            kept = _ORNAMENT.sub("", kept)
        if not kept and before.isalnum() and after.isalnum() and not han_before and not han_after:
            kept = " "
        if kept != run:
            yield start, end, kept


def _upright(text: str) -> Iterator[Edit]:
    """Three or more lines of one Chinese character each are one word written downwards."""
    for match in _UPRIGHT.finditer(text):
        start, end = match.span()
        if start > 1 and text[start - 2] in _PUNCTUATION:
            start -= 1
        for at in range(start, end):
            if text[at] == "\n":
                yield at, at + 1, ""


def _beads(text: str) -> Iterator[Edit]:
    """Four or more single characters strung by punctuation are one word."""
    for match in _BEADS.finditer(text):
        for at in range(match.start() + 1, match.end(), 2):
            yield at, at + 1, ""


def _boxed(text: str) -> Iterator[Edit]:
    """Characters in brackets of their own: a row of them, or one in brackets that aren't round.

    A numeral or 注 alone, and a row of numerals, number something.
    """
    row: list[re.Match[str]] = []
    for match in _BOXED.finditer(text):
        if row and row[-1].end() < match.start():
            yield from _unboxed(row)
            row = []
        row.append(match)
    yield from _unboxed(row)


def _unboxed(row: Sequence[re.Match[str]]) -> Iterator[Edit]:
    if all(match[2] in _NUMBERING for match in row):
        return
    if len(row) == 1 and not row[0][1].strip(_ROUND):
        return
    for match in row:
        yield *match.span(1), ""
        yield *match.span(3), ""


def _kana(text: str) -> Iterator[Edit]:
    """Japanese letters that look like Chinese characters, between such."""
    for match in _KANA_WITHIN.finditer(text):
        yield *match.span(), _KANA[match[0]]


@cache
def default_normaliser() -> Normaliser:
    """The normaliser with the evasive spellings shipped in the ruleset."""
    source = files("ruleset").joinpath("lexicons/variants.yaml")
    if not source.is_file():
        return Normaliser(Variants({}, {}))
    data = yaml.safe_load(source.read_text("utf-8"))
    return Normaliser(Variants(data["characters"], data["phrases"]))


def normalise(text: str) -> Normalised:
    """Normalise a text with the shipped evasive spellings."""
    return default_normaliser()(text)
