"""What speaks against an advertiser being the firm it claims to be.

Each contradiction is named in Chinese, with both sides, for an officer to check. No
contradiction is found where the registers know nothing to compare with; what is doubtful only
is a remark.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from findings.model.codes import valid_uscc
from findings.model.errors import Said
from licences.businesses import Standing, standing
from licences.claims import shown_name
from licences.codes import clean_code
from licences.firm import Firm, firm
from licences.hosts import is_shared
from licences.names import has_legal_form
from licences.owners import borrowed_number
from licences.phones import PhoneKind, phone_key, phone_kind
from licences.question import Question

_MAX_SHOWN = 3  # names of domains or numbers in one sentence
MAX_PHONES = 40  # numbers of one ad that are compared
_SHORTEST_TAIL = 5  # digits of a listed number that may end a longer one (400-95990)


@dataclass(frozen=True, slots=True)
class Against:
    """`reasons` contradict the claim; `remarks` are for an officer to look at.

    `ended` are those of the reasons that hold whoever advertises: the firm is no more.
    """

    reasons: tuple[str, ...] = ()
    remarks: tuple[Said, ...] = ()
    ended: tuple[str, ...] = ()


def _some(items: tuple[str, ...]) -> str:
    shown = "、".join(items[:_MAX_SHOWN])
    return f"{shown} 等" if len(items) > _MAX_SHOWN else shown


def _owners(question: Question, claimed: Firm) -> Iterator[str | Said]:
    for owner in question.owners:
        if not claimed.cannot_be(owner.name):
            continue
        if owner.stale:
            yield Said(f"an old list of filings says: {owner.said}", zh=f"{owner.said}，名单较旧，请核实")
        else:
            yield owner.said


def _host(question: Question, claimed: Firm, *, owner_is_firm: bool) -> str | None:
    host = question.host
    if host is None or is_shared(host) or claimed.owns_host(host):
        return None
    listed = question.index.host(host)
    if listed and not firm(listed).is_same(claimed):
        return f"落地页域名 {host} 登记在「{firm(listed).name}」名下"
    if owner_is_firm:
        return None
    if claimed.domains:
        return f"落地页域名 {host} 不在该机构登记的域名（{_some(claimed.domains)}）之内"
    return borrowed_number(question.clues, host, question.index)


def _code(question: Question, claimed: Firm) -> str | Said | None:
    codes = [code for code in map(clean_code, question.clues.uscc) if valid_uscc(code)]
    if not codes or any(claimed.has_code(code) for code in codes):
        return None
    for code in codes:
        listed = question.index.uscc.get(code)
        if listed and not firm(listed).is_same(claimed):
            return f"统一社会信用代码 {code} 属于「{firm(listed).name}」"
    if claimed.usccs:
        return f"统一社会信用代码 {codes[0]} 不是该机构的代码（{_some(tuple(sorted(claimed.usccs)))}）"
    known = False
    for code in codes:
        for hit in question.index.firm_uscc.get(code)[:1]:
            known = True
            if claimed.cannot_be(hit.entry.name) and not any(map(claimed.named, hit.entry.former_names)):
                dated = f"市场主体登记截至 {hit.register.as_of.isoformat()}"
                return f"统一社会信用代码 {code} 登记为「{hit.entry.name}」（{dated}）"
    if known:
        return None
    return Said(
        f"code {codes[0]} is on no list; whether it is the firm's can't be told",
        zh=f"统一社会信用代码 {codes[0]} 不在任何名录中，无法核对是否属于该机构",
    )


def _licence_number(question: Question, claimed: Firm) -> str | None:
    for number in question.clues.licence_numbers:
        listed = question.index.licence_no.get(clean_code(number))
        if listed and not firm(listed).is_same(claimed):
            return f"许可证号 {number} 属于「{firm(listed).name}」"
    return None


def _developer(question: Question, claimed: Firm) -> str | None:
    developer = shown_name(question.clues.app_developer)
    if developer is None or not claimed.cannot_be(developer):
        return None
    # a short or English developer name proves nothing unless a register knows it
    if has_legal_form(developer) or question.index.name(developer) is not None:
        return f"应用开发者为「{developer}」"
    return None


def owns_package(question: Question, claimed: Firm) -> bool:
    """Whether the app is one that the register lists as the firm's."""
    return (question.clues.app_package or "").strip().casefold() in claimed.packages


def _package(question: Question, claimed: Firm, *, owner_is_firm: bool) -> str | None:
    package = (question.clues.app_package or "").strip()
    if package and claimed.packages and not owner_is_firm and not owns_package(question, claimed):
        return f"应用包名 {package} 不是该机构登记的应用"
    return None


def phones_of_others(question: Question, claimed: Firm | None) -> Iterator[str]:
    """Service numbers of the ad that the registers list for another firm."""
    for number in dict.fromkeys(question.clues.phones[:MAX_PHONES]):
        key = phone_key(number)
        if phone_kind(key) is not PhoneKind.SERVICE:
            continue
        listed = question.index.phone.get(key)
        if listed and (claimed is None or not firm(listed).is_same(claimed)):
            yield f"电话 {number} 登记在「{firm(listed).name}」名下"


def shows_own_phone(keys: list[str], claimed: Firm) -> bool:
    """Whether one of an ad's numbers, by their keys, is listed for the firm."""
    own = {phone_key(phone) for phone in claimed.phones}
    tails = tuple(phone for phone in own if len(phone) >= _SHORTEST_TAIL)
    long = [key for key in keys if len(key) >= _SHORTEST_TAIL]
    return any(key in own or key.endswith(tails) for key in keys) or any(
        phone.endswith(key) for phone in own for key in long
    )


def _phones(question: Question, claimed: Firm, *, proven: bool) -> Iterator[str | Said]:
    """Numbers that are another firm's, and numbers that the firm's own list doesn't have.

    Whose site or app it is decides first: on a bank's own page stand partners' numbers, too. A landline may
    be any branch's; a mobile number or a service number that a listed firm doesn't have is how impostors are reached.
    """
    keys = {number: phone_key(number) for number in dict.fromkeys(question.clues.phones[:MAX_PHONES])}
    if shows_own_phone(list(keys.values()), claimed):
        mobiles = tuple(number for number, key in keys.items() if phone_kind(key) is PhoneKind.MOBILE)
        if mobiles and not proven:  # impostors print the firm's own number, too
            yield Said(
                f"beside the firm's own number a mobile one is given: {_some(mobiles)}",
                zh=f"除该机构登记的电话外另留手机号码 {_some(mobiles)}，请核实",
            )
        return
    for said in phones_of_others(question, claimed):
        yield Said(f"a number of another firm: {said}", zh=f"{said}，请核实") if proven else said
    if not claimed.phones or proven:
        return
    listed = _some(tuple(sorted(claimed.phones)))
    kinds = {number: phone_kind(key) for number, key in keys.items()}
    reach = tuple(n for n, kind in kinds.items() if kind in (PhoneKind.MOBILE, PhoneKind.SERVICE))
    if reach:
        yield f"联系电话 {_some(reach)} 不在该机构登记的电话（{listed}）之内"
    elif lines := tuple(number for number, kind in kinds.items() if kind is PhoneKind.LANDLINE):
        yield Said(
            f"the landline {_some(lines)} is none of the numbers listed for the firm ({listed})",
            zh=f"固定电话 {_some(lines)} 不在该机构登记的电话（{listed}）之内，请核实",
        )


def owned(question: Question, claimed: Firm) -> tuple[bool, bool]:
    """Whether the firm is the proven owner of the site or app, and whether anything shows that they are its own."""
    owner_is_firm = any(owner.proves and claimed.named(owner.name) for owner in question.owners)
    listed = owns_package(question, claimed) or (
        question.host is not None and claimed.owns_host(question.host)
    )
    return owner_is_firm, owner_is_firm or listed


def against(question: Question, claimed: Firm) -> Against:
    """Everything that says the advertiser is another than the firm it claims to be."""
    owner_is_firm, proven = owned(question, claimed)
    state: Standing = standing(claimed, question)
    found: list[str | Said | None] = [
        *_owners(question, claimed),
        _host(question, claimed, owner_is_firm=owner_is_firm),
        _code(question, claimed),
        _licence_number(question, claimed),
        _developer(question, claimed),
        _package(question, claimed, owner_is_firm=owner_is_firm),
        *_phones(question, claimed, proven=proven),
        *state.ended,
    ]
    reasons = tuple(said for said in found if said and not isinstance(said, Said))
    remarks = tuple(said for said in found if isinstance(said, Said))
    return Against(tuple(dict.fromkeys(reasons)), (*remarks, *state.remarks), state.ended)
