"""Characters taken for one another, by the eye or by the ear: `data/lookalikes.yaml`, `data/sounds.yaml`."""

from functools import cache

from licences.errors import DataFault
from licences.tabledata import load_own

#: Sounds that many speakers and typists don't tell apart.
_NEAR_SOUNDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"))


@cache
def _shapes() -> dict[int, str]:
    groups = [
        group.split(" ") for group in load_own("data/lookalikes.yaml", "lookalikes.schema.json")["groups"]
    ]
    table: dict[int, str] = {}
    for group in groups:
        for char in group:
            if ord(char) in table:
                raise DataFault(
                    f"lookalikes.yaml: {char} stands in two groups: keep one",
                    zh=f"lookalikes.yaml：「{char}」出现在两组中，请只保留一处",
                )
            table[ord(char)] = group[0]
    return table


def folded(text: str) -> str:
    """Text with each look-alike character as the first one of its group."""
    return text.translate(_shapes())


def look_alike(one: str, other: str) -> bool:
    """Whether two texts are the same to a hurried eye."""
    return folded(one) == folded(other)


@cache
def _syllables() -> dict[str, str]:
    rows = load_own("data/sounds.yaml", "sounds.schema.json")["syllables"]
    return {char: syllable for syllable, characters in rows.items() for char in characters}


def sound_of(char: str) -> str:
    """How a character is read, without tone; "" for one that no list has."""
    return _syllables().get(char, "")


@cache
def _sounds() -> dict[str, str]:
    table = {}
    for char, syllable in _syllables().items():
        plain = syllable
        for one, other in _NEAR_SOUNDS:
            plain = plain.replace(one, other)
        table[char] = plain
    return table


def sound_alike(one: str, other: str) -> bool:
    """Whether two characters are read alike, tones aside."""
    sound = _sounds().get(one)
    return sound is not None and sound == _sounds().get(other)
