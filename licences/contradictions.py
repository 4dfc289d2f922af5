"""What speaks against an advertiser being the firm it claims to be.

Each contradiction is named in Chinese, with both sides, for an officer to check. No
contradiction is found where the registers know nothing to compare with.
"""

import re

from findings.model.codes import valid_uscc
from findings.model.judgement import AdvertiserClues
from licences.claims import shown_name
from licences.codes import clean_code
from licences.firm import Firm, firm
from licences.hosts import clean_host, is_shared
from licences.index import Index
from licences.names import has_legal_form

_MAX_SHOWN = 3  # names of domains or numbers in one sentence


def _some(items: tuple[str, ...]) -> str:
    shown = "、".join(items[:_MAX_SHOWN])
    return f"{shown} 等" if len(items) > _MAX_SHOWN else shown


def digits(phone: str) -> str:
    """A phone number as digits, without the country code."""
    bare = re.sub(r"\D", "", phone)
    return bare[2:] if len(bare) == 13 and bare.startswith("86") else bare


def _host(clues: AdvertiserClues, claimed: Firm, index: Index, *, owner_is_firm: bool) -> str | None:
    host = clean_host(clues.host) if clues.host else None
    if host is None or is_shared(host) or claimed.owns_host(host):
        return None
    listed = index.host(host)
    if listed and not firm(listed).is_same(claimed):
        return f"落地页域名 {host} 登记在「{firm(listed).name}」名下"
    if claimed.domains and not owner_is_firm:
        return f"落地页域名 {host} 不在该机构登记的域名（{_some(claimed.domains)}）之内"
    return None


def _code(clues: AdvertiserClues, claimed: Firm, index: Index) -> str | None:
    codes = [code for code in map(clean_code, clues.uscc) if valid_uscc(code)]
    if not codes or any(claimed.has_code(code) for code in codes):
        return None
    for code in codes:
        listed = index.uscc.get(code)
        if listed and not firm(listed).is_same(claimed):
            return f"统一社会信用代码 {code} 属于「{firm(listed).name}」"
    if claimed.usccs:
        return f"统一社会信用代码 {codes[0]} 不是该机构的代码（{_some(tuple(sorted(claimed.usccs)))}）"
    return None


def _licence_number(clues: AdvertiserClues, claimed: Firm, index: Index) -> str | None:
    for number in clues.licence_numbers:
        listed = index.licence_no.get(clean_code(number))
        if listed and not firm(listed).is_same(claimed):
            return f"许可证号 {number} 属于「{firm(listed).name}」"
    return None


def _developer(clues: AdvertiserClues, claimed: Firm, index: Index) -> str | None:
    developer = shown_name(clues.app_developer)
    if developer is None or not claimed.cannot_be(developer):
        return None
    # a short or English developer name proves nothing unless a register knows it
    if has_legal_form(developer) or index.name(developer) is not None:
        return f"应用开发者为「{developer}」"
    return None


def _package(clues: AdvertiserClues, claimed: Firm) -> str | None:
    package = (clues.app_package or "").strip()
    if package and claimed.packages and package.casefold() not in claimed.packages:
        return f"应用包名 {package} 不是该机构登记的应用"
    return None


def _phone(clues: AdvertiserClues, claimed: Firm) -> str | None:
    shown = tuple(number for number in map(digits, clues.phones) if len(number) >= 5)
    if not shown or not claimed.phones:
        return None
    if any(number.endswith(own) or own.endswith(number) for number in shown for own in claimed.phones):
        return None
    return f"联系电话 {_some(shown)} 不在该机构登记的电话（{_some(tuple(sorted(claimed.phones)))}）之内"


def contradictions(clues: AdvertiserClues, claimed: Firm, index: Index) -> list[str]:
    """Everything that says the advertiser is another than the firm it claims to be."""
    owner = (clues.icp_owner or "").strip()
    owner_is_firm = bool(owner) and claimed.named(owner)
    found = [
        f"网站备案主体为「{owner}」" if owner and claimed.cannot_be(owner) else None,
        _host(clues, claimed, index, owner_is_firm=owner_is_firm),
        _code(clues, claimed, index),
        _licence_number(clues, claimed, index),
        _developer(clues, claimed, index),
        _package(clues, claimed),
        None if owner_is_firm else _phone(clues, claimed),
    ]
    return [sentence for sentence in found if sentence]
