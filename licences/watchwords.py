"""The words that a firm without a financial business should not use, in a name or a scope of business.

Names are compared by their text keys (width, case, traditional characters); a scope is read item by
item, so that words of two items never meet, and what a clause excludes is no use of a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from findings.model.errors import Said
from findings.model.vocabulary import Product
from licences.names import text_key
from licences.scope import scope_table
from licences.tabledata import faulty, load_own

#: Code points of a name or scope that are read: the longest real scopes have some thousands.
MAX_READ = 20_000
_CLAUSES = re.compile(r"[；;。\n\r（）()\[\]【】]+")
_COMMAS = re.compile("[，,]")
_ITEMS = re.compile("[、/|]")
_ANY = re.compile("[，,、/|]")


class Where(StrEnum):
    """In which field of the register a word stands."""

    NAME = "name"
    SCOPE = "scope"


@dataclass(frozen=True, slots=True)
class Word:
    """One watch word: licences that justify it, products whose lists must be known, who is to be told."""

    word: str
    types: frozenset[str]
    products: tuple[Product, ...]
    tell: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Use:
    """A word in use. `quoted` is the item that holds it, as a text key; a `weak` sign is mostly harmless."""

    word: Word
    where: Where
    quoted: str
    weak: bool


@dataclass(frozen=True, slots=True)
class WatchTable:
    """The table, checked, as patterns over text keys."""

    words: dict[str, Word]
    pattern: re.Pattern[str]
    weak: re.Pattern[str]
    service: re.Pattern[str]
    clause: re.Pattern[str]
    item: re.Pattern[str]
    exception: re.Pattern[str]

    def in_name(self, name: str) -> list[Use]:
        """The words of a registered name, each once, in order."""
        key = text_key(name[:MAX_READ])
        weak = self._weak_spans(key)
        uses = {
            found[0]: Use(self.words[found[0]], Where.NAME, key, _inside(found.span(), weak))
            for found in self._hits(key)
        }
        return list(uses.values())

    def in_scope(self, scope: str) -> list[Use]:
        """The words of a scope of business, each once: in its strongest use, where the scope doesn't exclude it."""
        scope = scope[:MAX_READ]
        if not self.pattern.search(text_key(scope)):
            return []
        uses: dict[str, Use] = {}
        for clause in _CLAUSES.split(scope):
            if any(self.exception.search(text_key(item)) for item in _ANY.split(clause)):
                continue
            for use in self._in_clause(clause):
                known = uses.get(use.word.word)
                if known is None or (known.weak and not use.weak):
                    uses[use.word.word] = use
        return list(uses.values())

    def _in_clause(self, clause: str) -> Iterator[Use]:
        for part in _COMMAS.split(clause):
            excluded = False
            for item in _ITEMS.split(part):
                key = text_key(item)
                barred = self.clause.search(key)
                without = self.item.search(key)
                weak, service = self._weak_spans(key), self.service.search(key) is not None
                for found in self._hits(key):
                    at = found.start()
                    if excluded or (barred and barred.start() < at) or (without and without.start() < at):
                        continue
                    yield Use(self.words[found[0]], Where.SCOPE, key, service or _inside(found.span(), weak))
                if barred:
                    return  # the rest of the clause says what the firm may not do
                excluded = excluded or without is not None

    def _hits(self, key: str) -> Iterator[re.Match[str]]:
        """Words in a text key, longest first at each place; phrases that mean something else are passed over."""
        return (found for found in self.pattern.finditer(key) if found.lastgroup == "word")

    def _weak_spans(self, key: str) -> list[tuple[int, int]]:
        return [found.span() for found in self.weak.finditer(key)]


def _inside(span: tuple[int, int], spans: list[tuple[int, int]]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in spans)


def _either(phrases: list[str]) -> str:
    keys = sorted({text_key(phrase) for phrase in phrases}, key=lambda key: (-len(key), key))
    return "|".join(map(re.escape, keys)) or r"(?!)"


@cache
def watch_table() -> WatchTable:
    """The bundled table. Raises DataFault naming every fault."""
    raw = load_own("data/watch.yaml", "watch.schema.json")
    known_types, known_products = scope_table().titles, {product.value for product in Product}
    faults = [
        Said(f"words/{row['word']}: no type {name!r}", zh=f"words/{row['word']}：没有许可类型 {name!r}")
        for row in raw["words"]
        for name in row["types"]
        if name not in known_types
    ] + [
        Said(f"words/{row['word']}: no product {name!r}", zh=f"words/{row['word']}：没有产品 {name!r}")
        for row in raw["words"]
        for name in row["products"]
        if name not in known_products
    ]
    if faults:
        raise faulty("licences/data/watch.yaml", faults)
    words = {
        row["word"]: Word(
            row["word"],
            frozenset(row["types"]),
            tuple(Product(name) for name in row["products"]),
            tuple(row["tell"]),
        )
        for row in raw["words"]
    }
    han = _either([word for word in words if not word.isascii()])
    # a word of Latin letters is none inside a longer one (app2pay)
    latin = _either([word for word in words if word.isascii()])
    pattern = f"(?P<not>{_either(raw['not_words'])})|(?P<word>{han}|(?<![a-z0-9])(?:{latin})(?![a-z0-9]))"
    return WatchTable(
        words=words,
        pattern=re.compile(pattern),
        weak=re.compile(_either(raw["weak"])),
        service=re.compile(_either(raw["services"])),
        clause=re.compile(_either(raw["negations"]["clause"])),
        # 除 alone takes back only what it begins with: 拆除 does not
        item=re.compile(
            "|".join(f"^{mark}" if len(mark) == 1 else mark for mark in raw["negations"]["item"])
        ),
        exception=re.compile(f"(?:{_either(raw['exceptions'])})$"),
    )
