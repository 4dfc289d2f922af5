"""One character to its plain form: NFKC, simplified, case-folded, or nothing for what isn't seen."""

import unicodedata
from functools import cache
from typing import Any

#: Stands in a translated text before every character that became none or several.
MARK = "\ue000"

_LINE_BREAKS = "\n\x0b\x0c\x85\u2028\u2029"
#: Cf: zero width, direction, soft hyphen; Mn, Me: strokes laid over letters, variation
#: selectors, key caps; Cs: halves of a surrogate pair, which UTF-8 can't carry.
_UNSEEN = frozenset({"Cf", "Mn", "Me", "Cs", "Cc"})

#: Characters that one sign may stand for. Longer are only a few calligraphic and Japanese ones: a text
#: of nothing else would grow eighteenfold, so they count as unseen.
_LONGEST = 4


@cache
def _opencc() -> Any:
    import opencc  # loads its dictionaries on first use

    return opencc.OpenCC("t2s")


def _step(char: str) -> str:
    if char in _LINE_BREAKS:
        return "\n"
    if char in "\t\r":
        return " "
    if char == MARK or unicodedata.category(char) in _UNSEEN:
        return ""
    folded = unicodedata.normalize("NFKC", char).casefold()
    if len(folded) > _LONGEST:
        return ""
    if len(folded) == 1 and folded >= "\u2e80":
        folded = str(_opencc().convert(folded))
    return folded


def plain(char: str, variants: dict[str, str]) -> str:
    """The plain form of one character, which is its own plain form; may be '' or several characters.

    Conversion from traditional writing is one to one, so it knows no phrases; a rule's words
    pass through the same conversion, so both sides agree.
    """
    seen = char
    for _ in range(8):
        stepped = "".join(_step(one) for one in seen)
        stepped = "".join(variants.get(one, one) for one in stepped)
        if stepped == seen:
            break
        seen = stepped
    return seen


class CharacterTable(dict[int, str]):
    """A table for str.translate that learns each code point when it first meets it."""

    def __init__(self, variants: dict[str, str]) -> None:
        super().__init__()
        self._variants = variants

    def __missing__(self, code: int) -> str:
        form = plain(chr(code), self._variants)
        entry = form if len(form) == 1 else MARK + form
        self[code] = entry
        return entry
