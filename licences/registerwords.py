"""The words of officers' tables (`data/register_words.yaml`), checked and looked up."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from findings.model.errors import Said
from licences.model import EntryStatus, FirmStatus, OwnerNature
from licences.names import text_key
from licences.tabledata import faulty, load_own

_BRACKET = re.compile(r"[（(\[【]")


@dataclass(frozen=True, slots=True)
class RegisterWords:
    """Word → what it means, by text key."""

    licence_status: dict[str, EntryStatus]
    firm_status: dict[str, FirmStatus]
    owner_nature: dict[str, OwnerNature]
    nothing: frozenset[str]
    footer: re.Pattern[str]
    footer_starts: frozenset[str]


@lru_cache(1 << 12)
def word_key(text: str) -> str:
    """A cell as it is looked up: what stands before a bracket, in its comparable form."""
    return text_key(_BRACKET.split(text, maxsplit=1)[0]) or text_key(text)


def _table(raw: dict[str, list[str]], place: str, faults: list[Said]) -> dict[str, str]:
    owners: dict[str, str] = {}
    for value, words in raw.items():
        for word in words:
            if owners.setdefault(text_key(word), value) != value:
                other = owners[text_key(word)]
                faults.append(
                    Said(
                        f"{place}/{value}: {word!r} is also a word of {other!r}",
                        zh=f"{place}/{value}：{word!r} 也是 {other!r} 的用词",
                    )
                )
    return owners


def _footer(raw: dict[str, Any]) -> re.Pattern[str]:
    """A sum alone, before a number or a colon; a remark before a colon."""
    sums, remarks = ("|".join(map(re.escape, raw[key])) for key in ("sums", "remarks"))
    return re.compile(
        rf"\s*(?:(?:{sums})\s*(?:$|[:：]|\d|共)|(?:{remarks})\s*\d*\s*[:：]|共\s*\d+\s*[家条户])"
    )


@cache
def register_words() -> RegisterWords:
    """The bundled words. Raises DataFault naming every fault."""
    raw = load_own("data/register_words.yaml", "register_words.schema.json")
    faults: list[Said] = []
    tables = {
        place: _table(raw[place], place, faults)
        for place in ("licence_status", "firm_status", "owner_nature")
    }
    if faults:
        raise faulty("licences/data/register_words.yaml", faults)
    return RegisterWords(
        licence_status={word: EntryStatus(value) for word, value in tables["licence_status"].items()},
        firm_status={word: FirmStatus(value) for word, value in tables["firm_status"].items()},
        owner_nature={word: OwnerNature(value) for word, value in tables["owner_nature"].items()},
        nothing=frozenset(text_key(word) or word.strip() for word in raw["nothing"]),
        footer=_footer(raw),
        footer_starts=frozenset(word[0] for word in (*raw["sums"], *raw["remarks"], "共")),
    )
