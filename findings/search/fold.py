"""Which spellings count as the same letters when an officer searches.

Every code point is folded on its own, so folding a part of a text gives a part of the folded
text, and a word found in the index is found again, at exact offsets, in the original:
compatibility forms (full width, circled, ligatures) become plain, case goes, traditional
characters become simplified, invisible format characters vanish, a run of white space is one
space. The index holds one token for each folded code point (`letters`), so that a phrase of
tokens is an exact run of characters, in Latin and digits as in Chinese.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache

#: Scripts whose characters have traditional and simplified forms: CJK and its extension A.
_HAN = range(0x3400, 0xA000)


@cache
def _simplified() -> dict[str, str]:
    """Traditional character → simplified, by OpenCC's table of single characters."""
    from opencc import OpenCC

    han = [chr(code) for code in _HAN]
    # A line break between characters keeps OpenCC's phrases out: this table is by character.
    plain = OpenCC("t2s").convert("\n".join(han)).split("\n")
    table = {old: new for old, new in zip(han, plain, strict=True) if old != new and len(new) == 1}
    # A few simplified forms have a simpler one themselves; folding twice must change nothing.
    return {old: table.get(new, new) for old, new in table.items()}


def _fold_letter(letter: str) -> str:
    if letter.isspace():
        return " "
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", letter).casefold())
    simplified = _simplified()
    kept = [simplified.get(c, c) for c in plain if unicodedata.category(c) not in ("Cf", "Cs")]
    return "".join(" " if c.isspace() else c for c in kept)


class _Table(dict[int, str]):
    """A translation table that works out a code point the first time it meets it."""

    def __missing__(self, code: int) -> str:
        value = self[code] = _fold_letter(chr(code))
        return value


def token(letter: str) -> str:
    """The index token of one folded code point: itself, or `u` and its hex code.

    ASCII signs and white space would be separators to the tokenizers of both stores.
    """
    if letter.isascii() and not letter.isalnum():
        return f"u{ord(letter):x}"
    return letter


class _Tokens(dict[str, str]):
    """What `token` says of each letter, worked out once."""

    def __missing__(self, letter: str) -> str:
        value = self[letter] = token(letter)
        return value


_FOLDED = _Table()
_TOKENS = _Tokens()
#: Letters of words that are remembered.
_WORD = 20
_SPACES = re.compile(r" {2,}")
#: What `token` changes.
_SIGN = re.compile(r"[\x00-/:-@\[-`{-\x7f]")


def fold(text: str) -> str:
    """The folded form of a text."""
    return _SPACES.sub(" ", text.translate(_FOLDED))


def fold_words(words: Sequence[str]) -> str:
    """The folded form of words with a space between any two; most were met before."""
    fold_one = _folded_word if max(map(len, words), default=0) <= _WORD else _unspaced
    return _SPACES.sub(" ", " ".join(map(fold_one, words)))


def _unspaced(word: str) -> str:
    return word.translate(_FOLDED)


_folded_word = lru_cache(maxsize=65_536)(_unspaced)


def letters(text: str) -> str:
    """The folded text as index tokens, one a code point, separated by spaces."""
    return tokens(fold(text))


def tokens(folded: str) -> str:
    """A text that is folded already as index tokens."""
    return " ".join(map(_TOKENS.__getitem__, folded) if _SIGN.search(folded) else folded)


def fold_with_map(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its code points the offset in `text` it comes from."""
    out: list[str] = []
    origin: list[int] = []
    after_space = False
    for offset, letter in enumerate(text):
        for folded in _FOLDED[ord(letter)]:
            if folded == " " and after_space:
                continue
            after_space = folded == " "
            out.append(folded)
            origin.append(offset)
    return "".join(out), origin
