"""Who an ad says or shows it is from.

Facts (a code, the ICP owner, a domain of the register) come before names, names before
brands. The name shown as advertiser is the advertiser; a firm that the text merely mentions
(custodian, partner, comparison) is not.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from findings.model.codes import valid_uscc
from findings.model.vocabulary import Matched
from licences.businesses import is_another
from licences.codes import clean_code
from licences.firm import Firm, firm
from licences.index import Index, NameMatch
from licences.mentions import firm_within, only_mentioned
from licences.names import has_legal_form, text_key
from licences.question import Question


class Place(Enum):
    """Where a claim was read."""

    CODE = "统一社会信用代码"
    ICP = "备案主体"
    DOMAIN = "落地页域名"
    LICENCE_NO = "许可证号"
    DECLARED = "展示的广告主"
    DEVELOPER = "应用开发者"
    SITE = "页脚所称主办单位"
    APP = "应用名称"
    SIGNED = "文中署名"
    MENTIONED = "文中提到的机构"


@dataclass(frozen=True, slots=True)
class Claim:
    """A firm of the registers, by what the ad points to it, and the words it used."""

    firm: Firm
    matched: Matched
    place: Place
    shown: str


_RANK = {matched: rank for rank, matched in enumerate(Matched)}

_FOOTER_BEFORE = re.compile(r"(?:版权所有|copyright|主办单位|运营主体|运营方|公司名称)[\d年c]*$")
_FOOTER_AFTER = re.compile(r"^(?:版权所有|保留所有权利|allrightsreserved)")
_FOOTER_WINDOW = 24  # code points of a footer read beside a name
_SIGNED_START = 2  # a name that begins this near the start of the text signs it
MAX_BRANDS = 50  # different brands read from one text; a page that lists more compares firms
_HOSTLIKE = re.compile(r"(?:https?://|www\.|^[\w\-]+(?:\.[\w\-]+)+(?:/.*)?$)", re.IGNORECASE)
#: What a slot shows in place of an advertiser.
_NO_NAME = frozenset({"广告", "推广", "赞助", "商业推广", "品牌广告", "官网", "官方", "官方网站"})


def shown_name(declared: str | None) -> str | None:
    """The declared advertiser if it is a name; None for a host, a mark or nothing."""
    if declared is None:
        return None
    name = declared.strip()
    if len(text_key(name)) < 2 or text_key(name) in _NO_NAME or _HOSTLIKE.search(name):
        return None
    return name


def signs(key: str, name_key: str) -> bool:
    """Whether a name opens or closes the text or stands in a footer, as senders and site owners sign."""
    at = key.find(name_key)
    if at < 0:
        return False
    if at <= _SIGNED_START or key.endswith(name_key):
        return True
    last = key.rfind(name_key)
    end = last + len(name_key)
    return bool(
        _FOOTER_BEFORE.search(key[max(0, last - _FOOTER_WINDOW) : last])
        or _FOOTER_AFTER.match(key[end : end + _FOOTER_WINDOW])
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything an ad points to. `subject` is the advertiser's name as far as it shows one.

    `facts` and `claims` are ordered strongest first; `mentions` claim nothing by themselves.
    `vague`: the subject is some organisation of the text, neither shown as advertiser nor a
    registered name; no list can say that it is missing. `tells_of`: the firm that a declared name only
    tells of (前云岫证券首席分析师), whose name it is not.
    """

    facts: tuple[Claim, ...]
    claims: tuple[Claim, ...]
    mentions: tuple[Claim, ...]
    subject: str | None
    vague: bool = False
    tells_of: str | None = None


def _claim(found: NameMatch | None, place: Place, shown: str) -> Iterator[Claim]:
    if found is not None:
        yield Claim(firm(found.hits), found.matched, place, shown)


def _listed(name: str, question: Question) -> NameMatch | None:
    """The entries that a name stands for; None where a firm of its own is registered under what they have for a brand."""
    found = question.index.name(name)
    if found is not None and found.matched is Matched.BRAND and has_legal_form(name):
        return None if is_another(name, None, firm(found.hits), question) else found
    return found


def _tells_of(name: str, index: Index, key: str = "") -> str | None:
    """The firm that a name tells of without being its name; `key` is the text that it stands in."""
    return firm_within(text_key(name), lambda piece: index.key(piece) is not None, key)


def _own_names(question: Question) -> list[str]:
    """The names of a text but for those of firms that it only mentions."""
    index, key = question.index, question.key
    long = [name for name in question.clues.names if len(text_key(name)) > 1]
    own = (name for name in long if not only_mentioned(key, text_key(name)))
    return [name for name in own if _tells_of(name, index, key) is None]


def _facts(question: Question) -> Iterator[Claim]:
    clues, index = question.clues, question.index
    for code in clues.uscc:
        cleaned = clean_code(code)
        if valid_uscc(cleaned) and (hits := index.uscc.get(cleaned)):
            yield Claim(firm(hits), Matched.USCC, Place.CODE, cleaned)
    for owner in question.owners:
        found = index.name(owner.name) if owner.proves else None
        if found is not None and found.matched is not Matched.BRAND:
            yield Claim(firm(found.hits), Matched.ICP_OWNER, Place.ICP, owner.name)
    if question.host and (listed := index.host(question.host)):
        # the register says whose site it is: the fact that an ICP filing states
        yield Claim(firm(listed), Matched.ICP_OWNER, Place.DOMAIN, question.host)


def _text_brands(key: str, index: Index) -> Iterator[tuple[str, NameMatch]]:
    seen: set[str] = set()
    for _, word in index.in_text(key):
        if word not in seen and (found := index.key(word)) is not None:
            seen.add(word)
            yield word, found
        if len(seen) >= MAX_BRANDS:
            return


def read_clues(question: Question) -> Reading:
    """Sort what an ad says into facts, claims and mere mentions."""
    clues, index, key = question.clues, question.index, question.key
    declared = shown_name(clues.declared)
    developer = shown_name(clues.app_developer)
    facts = tuple(_facts(question))
    claims: list[Claim] = []
    mentions: list[Claim] = []
    if declared:
        claims += _claim(_listed(declared, question), Place.DECLARED, declared)
    if developer and developer != declared:
        claims += _claim(_listed(developer, question), Place.DEVELOPER, developer)
    site = shown_name(clues.site_names)
    if site and site not in (declared, developer):
        # a footer speaks for an ad that declares nobody; beside another name it is one more firm on the page
        (mentions if declared else claims).extend(_claim(_listed(site, question), Place.SITE, site))
    if clues.app_name:
        claims += _claim(index.name(clues.app_name), Place.APP, clues.app_name)
    for number in clues.licence_numbers:
        if hits := index.licence_no.get(clean_code(number)):
            claims.append(Claim(firm(hits), Matched.LICENCE_NO, Place.LICENCE_NO, number))

    owner = next((owner.name for owner in question.owners if owner.proves), None)
    subject = declared or owner or developer or site  # a name that the ad's frame shows
    named = _own_names(question)
    for name in named:
        found = _listed(name, question)
        if found is not None:
            # who declares another name signs with that one
            signed = subject is None or (declared is None and signs(key, text_key(name)))
            (claims if signed else mentions).extend(
                _claim(found, Place.SIGNED if signed else Place.MENTIONED, name)
            )
        if subject is None and (found is not None or has_legal_form(name)):
            subject = name
    for word, found in _text_brands(key, index):
        if not only_mentioned(key, word):
            signed = declared is None and signs(key, word)
            (claims if signed else mentions).extend(
                _claim(found, Place.SIGNED if signed else Place.MENTIONED, word)
            )
    vague = subject is None and bool(named)
    if vague:
        subject = named[0]
    return Reading(
        facts=tuple(sorted(facts, key=lambda claim: _RANK[claim.matched])),
        claims=tuple(sorted(claims, key=lambda claim: _RANK[claim.matched])),
        mentions=tuple(sorted(mentions, key=lambda claim: _RANK[claim.matched])),
        subject=subject,
        vague=vague,
        tells_of=_tells_of(declared, index) if declared else None,
    )
