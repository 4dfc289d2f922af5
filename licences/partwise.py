"""In what two names' parts differ, part by part: legal form, branch, places, trade; what each leaves of the likeness."""

from enum import StrEnum
from typing import Final

import msgspec

from findings.model.errors import Said
from licences.parts import NameParts
from licences.wordlists import words

_WHOLE: Final = frozenset(["中国"])  # a place that names leave out at will
#: Another known place or trade: another firm.
DIFFERENT: Final = 0.3


class Difference(StrEnum):
    """In what two names differ most."""

    NONE = "none"
    WORDING = "wording"  # the same parts in other words or another order
    FORM = "form"
    BRANCH = "branch"
    PLACE = "place"
    TRADE = "trade"
    CHARACTER = "character"
    OTHER = "other"


class Factor(msgspec.Struct, frozen=True, gc=False):
    """One difference: what it leaves of the likeness, 0 to 1, and how it is told."""

    value: float
    what: Difference
    said: Said


def factor(value: float, what: Difference, en: str, zh: str) -> Factor:
    """A difference, told in both languages."""
    return Factor(value, what, Said(en, zh=zh))


def form_of(query: NameParts, entry: NameParts) -> Factor | None:
    """What differs in the legal form."""
    if query.form == entry.form:
        return None
    if not query.form or not entry.form:
        return factor(0.97, Difference.FORM, "without its legal form", "未写组织形式")
    return factor(
        0.93,
        Difference.FORM,
        f"legal form “{query.form}”, not “{entry.form}”",
        f"组织形式为「{query.form}」，名单为「{entry.form}」",
    )


def branch_of(query: NameParts, entry: NameParts) -> Factor | None:
    """What differs in the branch."""
    if query.branch == entry.branch:
        return None
    if not query.branch or not entry.branch:
        name = query.branch or entry.branch
        return factor(0.97, Difference.BRANCH, f"branch “{name}”", f"分支机构「{name}」")
    return factor(
        0.5,
        Difference.BRANCH,
        f"branch “{query.branch}”, not “{entry.branch}”",
        f"分支机构为「{query.branch}」，名单为「{entry.branch}」",
    )


def places_of(one: NameParts, other: NameParts) -> Factor | None:
    """What differs in the places of a query and an entry."""
    query, entry = one.regions, other.regions
    if query == entry:
        return None
    asked, listed = frozenset(query), frozenset(entry)
    if asked == listed:
        return factor(0.97, Difference.WORDING, "places in another order", "地名顺序不同")
    if asked < listed:
        missing = "".join(place for place in entry if place not in asked)
        value = 0.96 if asked or listed == _WHOLE else 0.9
        return factor(value, Difference.PLACE, f"without “{missing}”", f"未写地名「{missing}」")
    if listed < asked and (listed or asked == _WHOLE or other.key.isascii()):
        more = "".join(place for place in query if place not in listed)
        # English names are put together at will: a place more or less makes no other firm
        return factor(
            0.93 if listed or asked == _WHOLE else 0.85,
            Difference.PLACE,
            f"“{more}” added",
            f"多出地名「{more}」",
        )
    here, there = "".join(query), "".join(entry)
    same = query and entry and _may_be_one(query, entry, whole=bool(one.form))
    return factor(
        0.92 if same else DIFFERENT,
        Difference.PLACE,
        f"place “{here}”, not “{there}”",
        f"地名为「{here}」，名单为「{there or '无'}」",
    )


def _may_be_one(query: tuple[str, ...], entry: tuple[str, ...], *, whole: bool) -> bool:
    """Whether two names' places may be one place, named by its province or city or by what lies within it.

    Registered names (`whole`) bear the place that registered them: 山西云岫有限公司 is not 吕梁云岫有限公司. Who leaves
    out the legal form names the place as it comes: 山西云岫 for 吕梁云岫, 苏州云岫 for 昆山云岫.
    """
    known = words().places
    one, other = known.get(query[-1]), known.get(entry[-1])
    if one is None or other is None or not one.provinces & other.provinces:
        return False
    if query[-1] == entry[-1]:  # 山西离石 for 吕梁离石
        return True
    return not whole and (query[-1] in other.inside or entry[-1] in one.inside)


def _short_for(asked: str, listed: str) -> bool:
    """Whether a trade may be named so in a short name: 基金 for 基金管理, 科技 for 科技发展."""
    known = words()
    if listed in known.short_for.get(asked, ()) or (asked not in known.trades and abbreviates(asked, listed)):
        return True
    if asked in known.finance:  # 科技小额贷款 is a kind of 小额贷款
        return (
            listed.endswith(asked) and listed[: -len(asked)] in known.trades and listed not in known.finance
        )
    return listed not in known.finance and (listed.startswith(asked) or listed.endswith(asked))


def trade_of(query: NameParts, entry: NameParts) -> Factor | None:
    """What differs in the trade."""
    asked, listed = query.trade, entry.trade
    if asked == listed:
        if query.tail[len(query.core) :] == entry.tail[len(entry.core) :]:
            return None
        return factor(0.98, Difference.WORDING, "the trade in other words", "行业词写法不同")
    if not asked:
        # who writes the legal form writes the whole name: 云岫有限公司 is not 云岫科技有限公司
        value = 0.7 if query.form else 0.88
        return factor(value, Difference.TRADE, f"without “{listed}”", f"未写行业「{listed}」")
    if _short_for(asked, listed):
        return factor(
            0.86 if query.form else 0.88,
            Difference.TRADE,
            f"“{asked}” for “{listed}”",
            f"行业简写为「{asked}」，名单为「{listed}」",
        )
    return factor(
        DIFFERENT,
        Difference.TRADE,
        f"trade “{asked}”, not “{listed}”",
        f"行业为「{asked}」，名单为「{listed or '无'}」",
    )


def abbreviates(short: str, long: str) -> bool:
    """Whether a word is a longer one with characters left out, as abbreviations are made: 保销 for 保险销售."""
    rest = iter(long)
    return 1 < len(short) < len(long) and not short.isascii() and all(char in rest for char in short)


def product(factors: list[Factor | None]) -> tuple[float, Difference, list[Said]]:
    """What several differences leave, which of them weighs most, and how they are told."""
    value, what, weakest = 1.0, Difference.NONE, 1.0
    said = []
    for factor in factors:
        if factor is not None:
            value *= factor.value
            said.append(factor.said)
            if factor.value < weakest:
                weakest, what = factor.value, factor.what
    return value, what, said


def joined_said(said: list[Said]) -> Said:
    """Several differences told in one sentence."""
    return Said("; ".join(said), zh="；".join(one.zh for one in said))
