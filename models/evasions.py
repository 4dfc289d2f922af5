"""Writing texts the way ads dodge a filter: so that a reader still understands and a word list no longer does.

`evade` is a pure function of text and seed. Each kind is one small function; the words that they
know are in `evasions.yaml`. Used to teach the heads and to measure the normaliser, never to judge.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import msgspec
import yaml

#: Shares of what could be changed that a kind does change: ads disguise the words that matter, not all.
WORDS_SHARE = 0.7
LETTERS_SHARE = 0.5
CLAUSES_SHARE = 0.4

_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_HAN_RUN = re.compile(f"[{_HAN}]{{2,}}")
_CLAUSE = re.compile(f"[{_HAN}]{{4,8}}")
_SHORT_RUN = re.compile(f"(?<![{_HAN}])[{_HAN}]{{4,6}}(?![{_HAN}])")
_FIGURE = re.compile(r"(?<![\d.])(\d{1,2})(\.\d{1,2})?(%?)(?![\d.%])")
_INSERTED = ("*", "·", " ", "_", "~", "^", "★", "♥", "💰", "🔥", "丶", "/", "|", "、", ".", "-")
_INVISIBLE = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202d", "\u0336", "\ufe0f")
_BRACKETS = ("【】", "[]", "「」", "『』", "〖〗", "（）", "〔〕")
_PLAIN_DIGITS = "零一二三四五六七八九"
_FORMAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"


class Spellings(msgspec.Struct, frozen=True):
    """The table of `evasions.yaml`."""

    sounds: Mapping[str, Sequence[str]]
    splits: Mapping[str, str]
    codes: Mapping[str, Sequence[str]]
    pinyin: Mapping[str, str]
    lookalikes: Mapping[str, Sequence[str]]


@cache
def spellings() -> Spellings:
    """The shipped table; a test holds it to `evasions.schema.json`."""
    return msgspec.convert(
        yaml.safe_load(files("models").joinpath("evasions.yaml").read_text("utf-8")), Spellings
    )


@cache
def _words_of(kind: str) -> re.Pattern[str]:
    """A pattern of the words that one part of the table knows, longest first."""
    words = sorted(getattr(spellings(), kind), key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, words)))


def _respell(kind: str, text: str, share: float, rng: Random, spell: Callable[[str], str]) -> str:
    return _words_of(kind).sub(lambda match: spell(match[0]) if rng.random() < share else match[0], text)


def sounds(text: str, rng: Random) -> str:
    """谐音: 微信 → 薇信."""
    table = spellings().sounds
    return _respell("sounds", text, WORDS_SHARE, rng, lambda word: rng.choice(table[word]))


def splits(text: str, rng: Random) -> str:
    """拆字: 好 → 女子."""
    table = spellings().splits
    return _respell("splits", text, LETTERS_SHARE, rng, lambda char: table[char])


def codes(text: str, rng: Random) -> str:
    """Emblems and passwords: 涨停 → 涨🛑."""
    table = spellings().codes
    return _respell("codes", text, WORDS_SHARE, rng, lambda word: rng.choice(table[word]))


def inserted(text: str, rng: Random) -> str:
    """Signs, emblems and blanks between Chinese characters: 保*本."""
    sign = rng.choice(_INSERTED)
    return _HAN_RUN.sub(lambda run: sign.join(run[0]) if rng.random() < LETTERS_SHARE else run[0], text)


def traditional(text: str, rng: Random) -> str:
    """The whole text in traditional writing; phrases by OpenCC's dictionary, by chance Taiwan's."""
    return str(_opencc(rng.choice(("s2t", "s2tw"))).convert(text))


@cache
def _opencc(direction: str) -> Any:
    import opencc

    return opencc.OpenCC(direction)


def fullwidth(text: str, rng: Random) -> str:
    """Letters and figures full width: 12% → １２％."""
    return "".join(
        chr(ord(char) + 0xFEE0) if "!" <= char <= "~" and rng.random() < 0.9 else char for char in text
    )


def pinyin(text: str, rng: Random) -> str:
    """Words of the trade in Latin letters, whole, by initials, or one character of them."""

    def spell(word: str) -> str:
        parts = spellings().pinyin[word].split(" ")
        way = rng.randrange(3)
        if way == 0:
            return rng.choice(("", "", " ")).join(parts)
        if way == 1:
            initials = "".join(part[0] for part in parts)
            return initials.upper() if rng.random() < 0.5 else initials
        at = rng.randrange(len(parts))
        return word[:at] + parts[at] + word[at + 1 :]

    return _respell("pinyin", text, WORDS_SHARE, rng, spell)


def numerals(text: str, rng: Random) -> str:
    """Figures up to 99 and percentages in other numerals: 12% → 百分之十二, 壹拾贰%, １２％, ⑫%."""

    def spell(match: re.Match[str]) -> str:
        whole, fraction, sign = int(match[1]), match[2] or "", match[3]
        way = rng.randrange(3)
        if match[1].startswith("0") or way == 0:
            return "".join(chr(ord(char) + 0xFEE0) for char in match[0])
        if way == 1 and 1 <= whole <= 20 and not fraction:
            return chr(0x2460 + whole - 1) + sign
        formal = rng.random() < 0.4
        digits = _FORMAL_DIGITS if formal else _PLAIN_DIGITS
        spelt = _spelt(whole, digits, "拾" if formal else "十")
        if fraction:
            spelt += "点" + "".join(digits[int(digit)] for digit in fraction[1:])
        return f"百分之{spelt}" if sign else spelt

    return _FIGURE.sub(spell, text)


def _spelt(number: int, digits: str, ten: str) -> str:
    """A number from 0 to 99 in Chinese numerals."""
    tens, ones = divmod(number, 10)
    if not tens:
        return digits[ones]
    lead = digits[tens] if tens > 1 or ten == "拾" else ""
    return lead + ten + (digits[ones] if ones else "")


def lookalikes(text: str, rng: Random) -> str:
    """Letters, figures and simple characters by signs of other alphabets: 0 → О."""
    table = spellings().lookalikes
    return _respell("lookalikes", text, LETTERS_SHARE, rng, lambda char: rng.choice(table[char]))


def invisible(text: str, rng: Random) -> str:
    """Signs without width, of direction, and strokes laid over letters."""
    sign = rng.choice(_INVISIBLE)
    return "".join(char + sign if char != "\n" and rng.random() < LETTERS_SHARE else char for char in text)


def lines(text: str, rng: Random) -> str:
    """Clauses written downwards, one character a line; now and then mirrored by direction marks."""

    def write(match: re.Match[str]) -> str:
        if rng.random() > CLAUSES_SHARE:
            return match[0]
        if rng.random() < 0.3:  # displays as before: reversed, then overridden from right to left
            return f"\u202e{match[0][::-1]}\u202c"
        return "\n" + "\n".join(match[0]) + "\n"

    return _SHORT_RUN.sub(write, text)


def brackets(text: str, rng: Random) -> str:
    """Each character of a clause in brackets of its own: 【稳】【赚】."""
    pair = rng.choice(_BRACKETS)

    def write(match: re.Match[str]) -> str:
        return "".join(f"{pair[0]}{char}{pair[1]}" for char in match[0])

    return _CLAUSE.sub(lambda match: write(match) if rng.random() < CLAUSES_SHARE else match[0], text)


KINDS: Mapping[str, Callable[[str, Random], str]] = {
    one.__name__: one
    for one in (
        sounds,
        splits,
        codes,
        pinyin,
        numerals,
        lookalikes,
        traditional,
        fullwidth,
        lines,
        brackets,
        inserted,
        invisible,
    )
}
"""Every kind by name, in the order in which several are laid over each other."""

#: At most so many kinds by chance, where none are named.
MOST = 3


def evade(text: str, seed: int, kinds: Collection[str] | None = None) -> str:
    """Respell a text so that its meaning survives for a reader; the same for the same seed.

    Without `kinds` (names in `KINDS`) one to three of them, by chance. Raises ValueError on an unknown one.
    """
    rng = Random(seed)  # noqa: S311 — a repeatable draw, no secret
    chosen = rng.sample(list(KINDS), rng.randint(1, MOST)) if kinds is None else kinds
    for name in sorted(chosen, key=list(KINDS).index):
        text = KINDS[name](text, rng)
    return text
