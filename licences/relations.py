"""How two names are related: the same, a branch, a head office, a subsidiary, a group.

A branch rides on its head office's licence. A subsidiary is a firm of its own and never does:
招银理财 is not 招商银行, and 云岫银行理财有限责任公司 is not 云岫银行.
"""

from enum import StrEnum
from functools import cache
from typing import Final

from licences.forms import forms
from licences.names import full_of, text_key
from licences.parts import NameParts
from licences.tabledata import load_own

_GROUP: Final = "集团"
_WHOLE: Final = frozenset(["中国"])  # 工商银行 and 中国工商银行 are one


class Relation(StrEnum):
    """What the query is to the entry."""

    SAME = "same"
    BRANCH = "branch"
    HEAD_OFFICE = "head_office"
    SUBSIDIARY = "subsidiary"
    GROUP = "group"
    OTHER = "other"


@cache
def _families() -> dict[str, str]:
    """The cores that subsidiaries bear, and the core of their parent (招银 → 招商)."""
    rows = load_own("data/groups.yaml", "groups.schema.json")["groups"]
    return {text_key(own): text_key(row["parent"]) for row in rows for own in row["bears"]}


def relation(query: NameParts, entry: NameParts) -> Relation:
    """What the query's firm is to the entry's, by their names alone."""
    if full_of(query.key) == full_of(entry.key):
        return Relation.SAME
    if _same_firm(query, entry):
        if query.branch == entry.branch:
            return Relation.SAME
        if query.branch and not entry.branch:
            return Relation.BRANCH
        return Relation.OTHER if query.branch else Relation.HEAD_OFFICE
    if _below(query, entry):
        return Relation.SUBSIDIARY
    return Relation.GROUP if _below(entry, query) else Relation.OTHER


def _same_firm(one: NameParts, other: NameParts) -> bool:
    if one.core != other.core or one.trade != other.trade:
        return False
    if one.form and other.form and one.form != other.form:
        return False
    asked, listed = frozenset(one.regions), frozenset(other.regions)
    return asked <= listed or (listed < asked and bool(listed)) or asked - listed == _WHOLE


def _below(one: NameParts, other: NameParts) -> bool:
    """Whether one firm is a company below the other, as its name tells."""
    if one.key.endswith(forms().subsidiaries) and one.key.startswith(other.core):
        return True
    if "公司" in one.trunk:  # a whole other company behind the name
        return False
    if one.trunk != other.trunk and one.trunk.startswith(other.trunk) and other.trade:
        return True  # 云岫银行 | 理财
    if _families().get(one.core) == other.core and one.core != other.core:
        return True
    return _GROUP in other.form and _GROUP not in one.form and one.core == other.core
