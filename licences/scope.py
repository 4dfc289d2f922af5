"""Licence type × product: what may be advertised at most (`data/scope.yaml`)."""

from dataclasses import dataclass
from functools import cache

from findings.model.errors import Said
from findings.model.vocabulary import Product
from licences.names import text_key
from licences.tabledata import faulty, load_own

#: Products that name no line of business: any licence is as good as another for them.
UNBOUND = frozenset({Product.OTHER, Product.NONE})


@dataclass(frozen=True, slots=True)
class ScopeTable:
    """The table, checked: every product and type in it exists.

    `territory` says of a type whether its permits hold in a province (`province`) or where an area is
    printed on them (`printed`); `private` types offer nothing to the public; `refused` are text keys.
    """

    titles: dict[str, str]
    allowed: dict[str, frozenset[Product]]
    type_words: dict[str, str]
    scope_words: dict[str, tuple[Product, ...]]
    product_titles: dict[Product, str]
    territory: dict[str, str]
    private: frozenset[str]
    refused: dict[str, tuple[str, ...]]
    reserved: frozenset[Product]

    def type_of(self, text: str) -> str | None:
        """The type that a cell means: its key, or one of the type's words; None if unknown."""
        raw = text.strip()
        return raw if raw in self.allowed else self.type_words.get(text_key(raw))

    def products_of(self, parts: tuple[str, ...]) -> tuple[Product, ...]:
        """The products that the words of a printed scope mean; empty if none is known."""
        found: list[Product] = []
        known = {product.value for product in Product}
        for part in parts:
            if part.strip() in known:
                found.append(Product(part.strip()))
                continue
            found += [p for word, products in self.scope_words.items() if word in part for p in products]
        return tuple(dict.fromkeys(found))

    def covers(self, licence_type: str, scope: tuple[Product, ...], product: Product) -> bool:
        """Whether a licence of that type, narrowed by its scope, lets the product be advertised."""
        if product in UNBOUND:
            return True
        if product not in self.allowed.get(licence_type, frozenset()):
            return False
        # a licence printed for loans lets a bank lend on homes too
        printed = Product.LOAN if product is Product.PROPERTY else product
        return not scope or product in scope or printed in scope

    def together(self, product: Product) -> tuple[str, ...]:
        """The types whose holders are all who may advertise a product; empty where others may, too."""
        if product not in self.reserved:
            return ()
        return tuple(sorted(kind for kind, allowed in self.allowed.items() if product in allowed))

    def anyone_may(self, product: Product) -> bool:
        """Whether some licence exists under which the product may be advertised to the public."""
        return product in UNBOUND or any(product in allowed for allowed in self.allowed.values())


def _products(names: list[str], place: str, faults: list[Said]) -> tuple[Product, ...]:
    known = {product.value for product in Product}
    faults += [
        Said(f"{place}: no product {name!r}", zh=f"{place}：没有产品 {name!r}")
        for name in names
        if name not in known
    ]
    return tuple(Product(name) for name in names if name in known)


@cache
def scope_table() -> ScopeTable:
    """The bundled table. Raises DataFault naming every fault."""
    raw = load_own("data/scope.yaml", "scope.schema.json")
    faults: list[Said] = []
    titles = raw["products"]
    faults += [
        Said(f"products: no title for {p.value!r}", zh=f"products：{p.value!r} 没有名称")
        for p in Product
        if p.value not in titles
    ]
    allowed = {
        key: frozenset(_products(row["may"], f"types/{key}/may", faults)) for key, row in raw["types"].items()
    }
    words: dict[str, str] = {}
    for key, row in raw["types"].items():
        for word in (row["zh"], *row["words"]):
            owner = words.setdefault(text_key(word), key)
            if owner != key:
                said = Said(
                    f"types/{key}/words: {word!r} is also a word of {owner!r}",
                    zh=f"types/{key}/words：{word!r} 也是 {owner!r} 的用词",
                )
                faults.append(said)
    scope_words = {
        word: _products(names, f"scope_words/{word}", faults) for word, names in raw["scope_words"].items()
    }
    reserved = _products(raw["reserved"], "reserved", faults)
    if faults:
        raise faulty("licences/data/scope.yaml", faults)
    return ScopeTable(
        titles={key: row["zh"] for key, row in raw["types"].items()},
        allowed=allowed,
        type_words=words,
        scope_words=scope_words,
        product_titles={product: titles[product.value] for product in Product},
        territory={key: row["territory"] for key, row in raw["types"].items() if "territory" in row},
        private=frozenset(key for key, row in raw["types"].items() if row.get("private")),
        refused={
            key: tuple(map(text_key, row["refused"])) for key, row in raw["types"].items() if "refused" in row
        },
        reserved=frozenset(reserved),
    )
