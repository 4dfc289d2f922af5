"""The second verdict: who is the advertiser, and may they advertise this product.

Order (regulation: match order): negative list, then code > ICP owner > full name > licence
number > former name > brand. A brand alone clears nobody; a missing or stale list never
makes anyone unlicensed.
"""

from datetime import date

from findings.model.codes import valid_uscc
from findings.model.judgement import Advertiser, AdvertiserClues, LicenceView, Resolution
from findings.model.vocabulary import LicenceStatus, Matched, Product
from licences.claims import Claim, Place, Reading, read_clues, shown_name
from licences.codes import clean_code, licence_number_kind
from licences.contradictions import contradictions
from licences.firm import Firm
from licences.hosts import clean_host
from licences.names import full_key, has_legal_form
from licences.negative import find_negative, negative_view
from licences.registers import Registers
from licences.scope import scope_table
from licences.verdict import judge, view

#: So many different firms in one text are compared or collected, none of them advertises.
COMPARED = 3
_RANK = {matched: rank for rank, matched in enumerate(Matched)}


def _valid_code(clues: AdvertiserClues) -> str | None:
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


def _proof(claim: Claim, clues: AdvertiserClues) -> str | None:
    """What shows that a claimed brand is the advertiser's own."""
    host = clean_host(clues.host) if clues.host else None
    if host and claim.firm.owns_host(host):
        return f"落地页域名 {host} 为该机构登记的域名"
    package = (clues.app_package or "").casefold()
    if package and package in claim.firm.packages:
        return f"应用包名 {clues.app_package} 为该机构登记的应用"
    return None


def _advertiser(claim: Claim, clues: AdvertiserClues, *, proven: bool) -> Advertiser:
    named = claim.place not in (Place.CODE, Place.DOMAIN, Place.LICENCE_NO)
    name = claim.shown if named else claim.firm.name
    listed = next(iter(sorted(claim.firm.usccs)), None) if proven else None
    return Advertiser(name=name, uscc=_valid_code(clues) or listed, matched=claim.matched)


def _contradicted(claim: Claim, clues: AdvertiserClues, against: list[str], on: date) -> Resolution:
    reason = f"{claim.place.value}「{claim.shown}」指向「{claim.firm.name}」，但" + "；".join(against)
    return Resolution(
        _advertiser(claim, clues, proven=False),
        view(LicenceStatus.CONTRADICTED, claim.firm.hits[0], on, reason),
    )


def _matched(claim: Claim, clues: AdvertiserClues, product: Product, on: date) -> Resolution:
    proven = _proof(claim, clues)
    licence = judge(claim.firm.hits, claim.matched, product, on, proven=proven)
    strong = claim.matched is not Matched.BRAND or proven is not None
    return Resolution(_advertiser(claim, clues, proven=strong), licence)


def _mentioned(reading: Reading, declared: str | None, clues: AdvertiserClues) -> Claim | None:
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
    if clues.icp_owner or (reading.subject and has_legal_form(reading.subject)):
        return None
    return reading.mentions[0]


def _absent(
    reading: Reading, clues: AdvertiserClues, product: Product, on: date, registers: Registers
) -> Resolution:
    """No list knows the advertiser: `not_found` if a fresh complete list should, else `unknown`."""
    name = reading.subject
    advertiser = Advertiser(name=name, uscc=_valid_code(clues), matched=None)
    covering = registers.covering(product)
    newest = max(
        (one.register for one in covering or registers.licence_lists),
        key=lambda register: register.as_of,
        default=None,
    )
    as_of = newest.as_of if newest else None
    stale = newest.stale(on) if newest else False

    def unknown(reason: str) -> Resolution:
        return Resolution(advertiser, LicenceView(LicenceStatus.UNKNOWN, as_of, stale, None, reason))

    title = scope_table().product_titles[product]
    if name is None and advertiser.uscc is None:
        return unknown("未发现广告主信息，无法核对名单")
    if not covering:
        if not scope_table().anyone_may(product):
            return unknown(f"「{title}」业务没有可以核对的许可名单")
        return unknown(f"没有导入「{title}」业务的完整名单，无法判断")
    if newest is None or stale:
        return unknown(f"「{title}」业务的名单（截至 {as_of}）已超过有效期限，未找到不代表无许可")
    if name is not None and full_key(name) in registers.unread:
        return unknown("名单中该机构所在的行未能导入，无法判断")
    if reading.vague and advertiser.uscc is None:
        return unknown(f"文中只提到「{name}」，既非展示的广告主也非注册名称，无法核对名单")
    shown = f"「{name}」" if name else f"代码 {advertiser.uscc}"
    reason = f"{shown}不在「{title}」业务的名单中（{newest.title_zh}，截至 {newest.as_of.isoformat()}）"
    return Resolution(advertiser, LicenceView(LicenceStatus.NOT_FOUND, newest.as_of, False, None, reason))


def resolve(clues: AdvertiserClues, product: Product, on: date, registers: Registers) -> Resolution:
    """Say who the advertiser is and what the lists prove about them for a product on a day.

    `on` is the day the ad was captured. Same clues, same day, same list versions: same answer.
    """
    index = registers.index
    if named := find_negative(clues, on, index):
        hit, how, shown = named
        matched = Matched.USCC if how == "统一社会信用代码" else None
        return Resolution(
            Advertiser(name=shown, uscc=_valid_code(clues), matched=matched), negative_view(hit, how, on)
        )

    reading = read_clues(clues, index)
    declared = shown_name(clues.declared)
    claimed = _strongest_claim(reading)
    if claimed is not None and (against := contradictions(clues, claimed.firm, index)):
        return _contradicted(claimed, clues, against, on)

    if reading.facts:
        fact = reading.facts[0]
        against = contradictions(clues, fact.firm, index) if fact.place is Place.CODE else []
        if (
            fact.place is Place.CODE
            and declared
            and has_legal_form(declared)
            and fact.firm.cannot_be(declared)
        ):
            against.append(f"展示的广告主为「{declared}」")
        if against:
            return _contradicted(fact, clues, against, on)
        return _matched(fact, clues, product, on)

    if claimed is not None:
        if claimed.place is Place.LICENCE_NO and reading.subject and claimed.firm.cannot_be(reading.subject):
            return _contradicted(claimed, clues, [f"广告主为「{reading.subject}」"], on)
        return _matched(claimed, clues, product, on)

    if (mention := _mentioned(reading, declared, clues)) is not None:
        reason = "文中提到该机构，但没有证据表明广告主就是该机构"
        return Resolution(
            Advertiser(name=declared or mention.shown, uscc=_valid_code(clues), matched=mention.matched),
            view(LicenceStatus.UNCONFIRMED, mention.firm.hits[0], on, reason),
        )
    return _absent(reading, clues, product, on, registers)


def check_name(name: str, product: Product, on: date, registers: Registers) -> Resolution:
    """What the lists say of a name, a code or a licence number alone: for `licences check`."""
    code = clean_code(name)
    if valid_uscc(code):
        clues = AdvertiserClues(uscc=(code,))
    elif licence_number_kind(name) is not None:
        clues = AdvertiserClues(licence_numbers=(name,))
    else:
        clues = AdvertiserClues(declared=name)
    return resolve(clues, product, on, registers)
