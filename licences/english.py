"""The Chinese names that an English name stands for: China Merchants Bank Co., Ltd. → 招商银行.

From a table of facts (`data/english.yaml`); names spelled by sound are not guessed: 云岫, 蕴秀 and
eight hundred more are all Yunxiu, and so is what a stranger calls himself.
"""

import re
import unicodedata
from functools import cache
from typing import Final

from licences.tabledata import load_own

#: Longer texts are no names.
_LONGEST: Final = 200
_WORD: Final = re.compile(r"[a-z0-9]+")
#: Words of the legal form and those that are left out at will.
_EMPTY: Final = frozenset(
    [
        "the",
        "of",
        "and",
        "co",
        "company",
        "ltd",
        "limited",
        "inc",
        "incorporated",
        "corp",
        "corporation",
        "plc",
        "prc",
        "s",
    ]
)


def english_key(name: str) -> str:
    """The comparable form of an English name; "" for one that is not written in Latin letters."""
    text = unicodedata.normalize("NFKC", name[:_LONGEST]).casefold().replace("’", "'")
    if not text.isascii():
        return ""
    return "".join(word for word in _WORD.findall(text) if word not in _EMPTY)


@cache
def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for chinese, names in load_own("data/english.yaml", "english.schema.json")["names"].items():
        for name in names:
            key = english_key(name)
            table[key] = (*table.get(key, ()), chinese)
    return table


def chinese_names(name: str) -> tuple[str, ...]:
    """The short Chinese names that an English name stands for; () for most."""
    key = english_key(name)
    return _table().get(key, ()) if key else ()
