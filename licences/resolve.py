"""The second verdict: who is the advertiser, and may they advertise this product.

Order (regulation: match order): negative list, then code > ICP owner > full name > licence
number > former name > brand > similar name. A brand or a similar name alone clears nobody; a missing
or stale list never makes anyone unlicensed.
"""

from datetime import date

from msgspec.structs import replace

from findings.model.codes import valid_uscc
from findings.model.judgement import Advertiser, AdvertiserClues, Resolution
from findings.model.vocabulary import LicenceStatus, Matched, Product
from licences.absent import absent
from licences.badges import false_badges, number_warnings, odd_numbers
from licences.claims import Claim, Place, Reading, read_clues, shown_name
from licences.codes import clean_code, licence_number_kind
from licences.contradictions import Against, against, owned, owns_package
from licences.firm import Firm
from licences.names import has_legal_form
from licences.negative import find_negative, negative_view
from licences.personal_contacts import gives_own_phone, personal_contact
from licences.question import Question
from licences.registers import Registers
from licences.verdict import judge, view

#: So many different firms in one text are compared or collected, none of them advertises.
COMPARED = 3
#: Remarks of one verdict, and code points of one.
MAX_REMARKS, MAX_REMARK = 12, 300
#: Where an ad's own words alone may say who it is from.
_SAID = frozenset({Place.CODE, Place.LICENCE_NO, Place.SIGNED, Place.SITE, Place.DECLARED})
_RANK = {matched: rank for rank, matched in enumerate(Matched)}


def valid_code(clues: AdvertiserClues) -> str | None:
    """The first code of an ad whose check character is right."""
    return next((code for code in map(clean_code, clues.uscc) if valid_uscc(code)), None)


def _strongest_claim(reading: Reading) -> Claim | None:
    """The firm the ad claims to be: the one declared, by the strongest thing that points to it."""
    declared = next((claim for claim in reading.claims if claim.place is Place.DECLARED), None)
    if declared is None:
        return reading.claims[0] if reading.claims else None
    same = [claim for claim in (*reading.claims, *reading.mentions) if claim.firm.is_same(declared.firm)]
    strongest = min(same, key=lambda claim: _RANK[claim.matched])
    # an unambiguous registered name says which of a brand's owners is meant
    return Claim(strongest.firm, strongest.matched, declared.place, declared.shown)


def _proof(claim: Claim, question: Question) -> str | None:
    """What shows that a claimed brand is the advertiser's own."""
    if question.host and claim.firm.owns_host(question.host):
        return f"落地页域名 {question.host} 为该机构登记的域名"
    if owns_package(question, claim.firm):
        return f"应用包名 {question.clues.app_package} 为该机构登记的应用"
    return None


def _numbers(clues: AdvertiserClues) -> tuple[str, ...]:
    """The codes and licence numbers of an ad."""
    return (*clues.uscc, *clues.licence_numbers)


def _advertiser(claim: Claim, clues: AdvertiserClues, *, proven: bool) -> Advertiser:
    named = claim.place not in (Place.CODE, Place.DOMAIN, Place.LICENCE_NO)
    name = claim.shown if named else claim.firm.name
    listed = next(iter(sorted(claim.firm.usccs)), None) if proven else None
    return Advertiser(name=name, uscc=valid_code(clues) or listed, matched=claim.matched)


def _contradicted(claim: Claim, question: Question, found: Against) -> Resolution:
    reason = f"{claim.place.value}「{claim.shown}」指向「{claim.firm.name}」，但" + "；".join(found.reasons)
    hit = claim.firm.hits[0]
    return Resolution(
        _advertiser(claim, question.clues, proven=False),
        view(LicenceStatus.CONTRADICTED, hit, question, reason, found.remarks),
    )


def _only_said(claim: Claim, question: Question) -> str | None:
    """A person's contact, where nothing but the ad's own words says that it is the firm's: anyone can write them.

    A name shown as advertiser is such a word, too, unless a code, the site, the app or its developer, or a number
    of the firm's own bears it out: only institutions and whom they entrust may advertise, and their staff may not on
    their own, so it is asked who stands behind the account.
    """
    clues, claimed = question.clues, claim.firm
    if claim.place not in _SAID or owned(question, claimed)[1]:
        return None
    if shown_name(clues.declared) is not None:
        developer = shown_name(clues.app_developer)
        if claim.place is not Place.DECLARED or gives_own_phone(question, claimed):
            return None
        if (developer is not None and claimed.named(developer)) or any(
            map(claimed.has_code, _numbers(clues))
        ):
            return None
    return personal_contact(question)


def _matched(claim: Claim, question: Question, found: Against) -> Resolution:
    proven = _proof(claim, question)
    licence = judge(claim.firm.hits, claim.matched, question, proven=proven)
    if licence.status is LicenceStatus.LICENSED and (contact := _only_said(claim, question)) is not None:
        reason = (
            f"{claim.place.value}「{claim.shown}」指向该机构，但只留个人联系方式（{contact}），"
            "不是名单所载该机构的联系方式，不能证明广告主就是该机构"
        )
        licence = view(LicenceStatus.UNCONFIRMED, claim.firm.hits[0], question, reason)
    remarks = tuple(remark.said(question.lang) for remark in found.remarks)
    strong = claim.matched is not Matched.BRAND or proven is not None
    return Resolution(
        _advertiser(claim, question.clues, proven=strong),
        replace(licence, remarks=(*licence.remarks, *remarks)),
    )


def _another_declared(fact: Claim, declared: str | None, question: Question) -> Resolution | None:
    """A site of the firm's own under an advertiser of another registered name: a go-between, or a borrowed page."""
    if declared is None or not has_legal_form(declared) or not fact.firm.cannot_be(declared):
        return None
    reason = f"{fact.place.value}「{fact.shown}」属于「{fact.firm.name}」，但展示的广告主为「{declared}」，不能证明两者为同一机构"
    return Resolution(
        Advertiser(name=declared, uscc=valid_code(question.clues), matched=fact.matched),
        view(LicenceStatus.UNCONFIRMED, fact.firm.hits[0], question, reason),
    )


def _by_fact(fact: Claim, declared: str | None, question: Question) -> Resolution:
    found = against(question, fact.firm)
    if fact.place is Place.CODE:
        if declared and has_legal_form(declared) and fact.firm.cannot_be(declared):
            found = Against((*found.reasons, f"展示的广告主为「{declared}」"), found.remarks)
    elif found.ended:
        found = Against(found.ended, found.remarks)
    elif (other := _another_declared(fact, declared, question)) is not None:
        return other
    else:  # whose site it is, is known: what stands on it can't say otherwise
        found = Against((), found.remarks)
    return _contradicted(fact, question, found) if found.reasons else _matched(fact, question, found)


def _mentioned(reading: Reading, declared: str | None, question: Question) -> Claim | None:
    """A firm of the text that may be the advertiser though nothing signs with its name.

    Only where the ad shows no registered name of its own: a brand nobody knows may belong
    to the licensed firm that the text names in full. A text that names several firms
    compares or collects them.
    """
    if not reading.mentions:
        return None
    firms: list[Firm] = []
    for claim in reading.mentions:
        if not any(claim.firm.is_same(one) for one in firms):
            firms.append(claim.firm)
    if len(firms) >= COMPARED:
        return None
    if declared is not None:
        full = (claim for claim in reading.mentions if claim.matched is Matched.FULL_NAME)
        return None if has_legal_form(declared) else next(full, None)
    owned = any(owner.proves for owner in question.owners)
    if owned or (reading.subject and has_legal_form(reading.subject)):
        return None
    return reading.mentions[0]


def _resolved(question: Question) -> Resolution:
    """Who it is and what the lists say, before what the ad's own words add."""
    clues = question.clues
    if (named := find_negative(question)) is not None:
        return Resolution(
            Advertiser(name=named.shown, uscc=valid_code(clues), matched=named.matched),
            negative_view(named, question),
            named.listing,
        )
    reading = read_clues(question)
    declared = shown_name(clues.declared)
    claimed = _strongest_claim(reading)
    found = against(question, claimed.firm) if claimed is not None else Against()
    if claimed is not None and found.reasons:
        return _contradicted(claimed, question, found)
    if reading.facts:
        return _by_fact(reading.facts[0], declared, question)
    if claimed is not None:
        if claimed.place is Place.LICENCE_NO and reading.subject and claimed.firm.cannot_be(reading.subject):
            other = Against((f"广告主为「{reading.subject}」",), found.remarks)
            return _contradicted(claimed, question, other)
        return _matched(claimed, question, found)
    if (mention := _mentioned(reading, declared, question)) is not None:
        reason = "文中提到该机构，但没有证据表明广告主就是该机构"
        return Resolution(
            Advertiser(name=declared or mention.shown, uscc=valid_code(clues), matched=mention.matched),
            view(LicenceStatus.UNCONFIRMED, mention.firm.hits[0], question, reason),
        )
    return absent(reading, valid_code(clues), question)


def _own_words(question: Question, status: LicenceStatus) -> list[str]:
    """What the ad shows as if it were a licence: of a licensed firm nobody needs to be told."""
    said = [*odd_numbers(question.text), *number_warnings(question.clues.licence_numbers)]
    if status is not LicenceStatus.LICENSED and question.product is not Product.NONE:
        said += false_badges(question.key)
    return [one.said(question.lang) for one in said]


def resolve(
    clues: AdvertiserClues, product: Product, on: date, registers: Registers, lang: str = "zh"
) -> Resolution:
    """Say who the advertiser is and what the lists prove about them for a product on a day.

    `on` is the day the ad was captured, `lang` (zh, en) the language of remarks. Same clues,
    same day, same list versions: same answer.
    """
    question = Question(clues, product, on, registers, lang)
    found = _resolved(question)
    remarks = dict.fromkeys((*found.licence.remarks, *_own_words(question, found.licence.status)))
    kept = tuple(remark[:MAX_REMARK] for remark in remarks)[:MAX_REMARKS]
    return replace(found, licence=replace(found.licence, lists=question.lists, remarks=kept))


def check_name(
    name: str,
    product: Product,
    on: date,
    registers: Registers,
    lang: str = "zh",
    *,
    region: str | None = None,
) -> Resolution:
    """What the lists say of a name, a code or a licence number alone: for `licences check`."""
    code = clean_code(name)
    if valid_uscc(code):
        clues = AdvertiserClues(uscc=(code,), region=region)
    elif licence_number_kind(name) is not None:
        clues = AdvertiserClues(licence_numbers=(name,), region=region)
    else:
        clues = AdvertiserClues(declared=name, region=region)
    return resolve(clues, product, on, registers, lang)
