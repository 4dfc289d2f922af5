"""One row of a takedown list from one case: pure, the same case gives the same row."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from findings.model.crawl import Contacts
from findings.model.ids import landing_host
from findings.model.judgement import Basis, FormFinding, Notice
from findings.model.records import AdRecord, CaseView
from findings.model.vocabulary import DUTY_ZH, NOTICE_ZH, Level, LicenceStatus, Product
from findings.redaction import masked_record
from handover.hosting.model import HostFacts
from handover.persons import is_person, shown

#: Most addresses, hosts of hops and contacts of a row: a hostile page's lists have no end.
MOST_LISTED = 20
#: What the analyzers call the type of a finding that is of none that has a name: it would say nothing in a letter.
NO_TRADE = "其他"
#: Code points of a site's name: the title of its page is hostile.
MOST_TITLE = 200


class BatchRow(msgspec.Struct, frozen=True, kw_only=True):
    """One case on a takedown list. `evidence_hash` is the SHA-256 of the manifest of its
    package (`evidence/<case>/manifest.json` in the batch); `number` counts from 1 within the batch.
    `categories` are the clear ones; quotations and basis are theirs, and those of the
    `arguable` ones only where nothing is clear. `form` says which form duties seem missed, and how;
    `notices` which an authority's word on the advertiser asks for. `route` are the authorities of all
    its ads, the lead's first; `route_why` says for each which rule and whose seat lead there.

    `site` is the title of the landing page or the name of the app, `urls` the addresses of all its ads, the lead's
    first, `hops` the hosts on the way to the page, `trades` what the category 8 findings name, `contacts` how the
    pages say that their owner can be reached. `host` is that of the landing page (`site_of`). `also` are the numbers of further rows of the same site, in a list
    that has one row a site, `also_cases` their cases."""

    number: int
    case_id: str
    ad_ids: tuple[str, ...]
    title: str
    site: str
    app: str | None
    advertiser: str | None
    uscc: str | None
    product: Product
    licence_status: LicenceStatus
    licence_as_of: date | None
    licence_reason: str
    url: str | None
    urls: tuple[str, ...]
    host: str | None
    hops: tuple[str, ...]
    ip: str | None
    icp_number: str | None
    icp_owner: str | None
    place: HostFacts
    categories: tuple[int, ...]
    arguable: tuple[int, ...]
    trades: tuple[str, ...]
    form: tuple[str, ...]
    notices: tuple[str, ...]
    quoted: tuple[str, ...]
    basis: tuple[str, ...]
    route: tuple[str, ...]
    route_why: tuple[str, ...]
    contacts: tuple[str, ...]
    sources: tuple[str, ...]
    keywords: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    sightings: int
    evidence_hash: str
    evidence_missing: int
    also: tuple[int, ...] = ()
    also_cases: tuple[str, ...] = ()


def batch_row(
    number: int,
    case: CaseView,
    evidence_hash: str,
    evidence_missing: int,
    place: HostFacts = HostFacts(),  # noqa: B008  frozen: nobody can change the one that all share
) -> BatchRow:
    """The row of one case, from its worst ad; categories, quotations, basis and authorities from all its ads."""
    ad = case.lead
    judgement = ad.judgement
    every = sorted((f for member in case.ads for f in member.judgement.findings), key=lambda f: f.category)
    clear = [f for f in every if f.level is Level.CLEAR]
    told = clear or every
    categories = {f.category for f in clear}
    form = [missed for member in case.ads for missed in member.judgement.form]
    notices = [notice for member in case.ads for notice in member.judgement.notices]
    basis = [b for cited in (told, form, notices) for lead in cited for b in lead.basis]
    handlers = [one for member in case.ads for one in member.judgement.handlers]
    return BatchRow(
        number=number,
        case_id=case.id,
        ad_ids=tuple(member.id for member in case.ads),
        title=ad.title or ad.text[:60],
        site=_site(ad),
        app=(ad.app.package or ad.app.name) if ad.app else None,
        advertiser=judgement.advertiser.name or ad.advertiser_shown,
        uscc=judgement.advertiser.uscc,
        product=judgement.product,
        licence_status=judgement.licence.status,
        licence_as_of=judgement.licence.as_of,
        licence_reason=judgement.licence.reason,
        url=ad.landing_url,
        urls=_each(member.landing_url for member in case.ads),
        host=site_of(ad),
        hops=_each(landing_host(hop.url) for hop in (ad.landing.hops if ad.landing else ())),
        ip=ad.landing.ip if ad.landing else None,
        icp_number=ad.icp.number if ad.icp else None,
        icp_owner=ad.icp.owner if ad.icp else None,
        place=place,
        categories=tuple(sorted(categories)),
        arguable=tuple(sorted({f.category for f in every} - categories)),
        trades=tuple(dict.fromkeys(f.type for f in told if f.type and f.type != NO_TRADE)),
        form=tuple(dict.fromkeys(_formal(missed) for missed in form)),
        notices=tuple(dict.fromkeys(map(_asked, notices))),
        quoted=tuple(dict.fromkeys(f"[{f.category}] {s.text}" for f in told for s in f.spans)),
        basis=tuple(dict.fromkeys(map(cite, basis))),
        route=tuple(dict.fromkeys(name for member in case.ads for name in member.judgement.route)),
        route_why=tuple(dict.fromkeys(f"{one.authority}：{one.why}" for one in handlers)),
        contacts=_each(
            said for member in case.ads if member.landing for said in _reached_by(member.landing.contacts)
        ),
        sources=tuple(sorted({member.source for member in case.ads})),
        keywords=_each(member.keyword for member in case.ads),
        first_seen=case.first_seen,
        last_seen=case.last_seen,
        sightings=case.sightings,
        evidence_hash=evidence_hash,
        evidence_missing=evidence_missing,
    )


def without_personal_data(row: BatchRow, case: CaseView) -> BatchRow:
    """The row for an addressee who needs no data of natural persons: captured words masked, contacts left out.

    Addresses, filings and a firm's name stay: they say which site or firm is meant. Of an advertiser who seems to be a
    natural person the first character stays.
    """
    plain = replace(case, ads=tuple(replace(ad, landings=(), tokens=(), embedding=None) for ad in case.ads))
    hidden = batch_row(row.number, masked_record(plain), row.evidence_hash, row.evidence_missing, row.place)
    person = row.advertiser is not None and is_person(case.lead, row.advertiser)
    return replace(
        row,
        advertiser=shown(row.advertiser or "", person=True) if person else row.advertiser,
        title=hidden.title,
        site=hidden.site,
        form=hidden.form,
        notices=hidden.notices,
        quoted=hidden.quoted,
        contacts=(),
    )


def site_of(ad: AdRecord) -> str | None:
    """The host that an ad leads to. An app has none: its page stands on the host of a store, which is another's."""
    return None if ad.app else ad.landing_host


def by_site(rows: Sequence[BatchRow]) -> list[BatchRow]:
    """One row a site, that of its first case, with the leads of all its cases.

    A case of an app, or without a host, is a row by itself.
    """
    sites: dict[str, list[BatchRow]] = {}
    for row in rows:
        sites.setdefault(row.host or f"row {row.number}", []).append(row)
    return [_joined(some) for some in sites.values()]


def site_first(cases: Iterable[tuple[str, str | None]]) -> list[str]:
    """The order of a list that has one row a site: the first case of each site, then the further ones.

    `cases` are ids with the site of each (None: not known), best first. So sites are numbered without a gap.
    """
    first: list[str] = []
    further: list[str] = []
    seen: set[str] = set()
    for case_id, site in cases:
        (further if site is not None and site in seen else first).append(case_id)
        if site is not None:
            seen.add(site)
    return first + further


def _joined(rows: Sequence[BatchRow]) -> BatchRow:
    lead = rows[0]
    if len(rows) == 1:
        return lead
    categories = {number for row in rows for number in row.categories}
    return replace(
        lead,
        urls=_each(url for row in rows for url in row.urls),
        categories=tuple(sorted(categories)),
        arguable=tuple(sorted({number for row in rows for number in row.arguable} - categories)),
        trades=_each(one for row in rows for one in row.trades),
        form=_each(one for row in rows for one in row.form),
        notices=_each(one for row in rows for one in row.notices),
        quoted=_each(one for row in rows for one in row.quoted),
        basis=_each(one for row in rows for one in row.basis),
        sources=tuple(sorted({source for row in rows for source in row.sources})),
        first_seen=min(row.first_seen for row in rows),
        last_seen=max(row.last_seen for row in rows),
        sightings=sum(row.sightings for row in rows),
        evidence_missing=sum(row.evidence_missing for row in rows),
        also=tuple(row.number for row in rows[1:]),
        also_cases=tuple(row.case_id for row in rows[1:]),
    )


def _each(values: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))[:MOST_LISTED]


def _site(ad: AdRecord) -> str:
    """What a site calls itself: the title of its page, the app's name."""
    page = ad.landing.title if ad.landing else None
    return " ".join((page or (ad.app.name if ad.app else None) or "")[:MOST_TITLE].split())


def _reached_by(contacts: Contacts | None) -> Iterable[str]:
    if contacts is None:
        return
    for kind, found in (
        ("电话", contacts.phones),
        ("微信", contacts.wechat),
        ("QQ", contacts.qq),
        ("邮箱", contacts.emails),
        ("地址", contacts.addresses),
    ):
        yield from (f"{kind} {one[:MOST_TITLE]}" for one in found)


def cite(basis: Basis) -> str:
    """An article as officers write it; a document without numbered articles by its heading."""
    law = basis.law if "〔" in basis.law else f"《{basis.law}》"
    place = f"第{basis.article}条" if basis.article[:1].isdigit() else f"“{basis.article}”"
    penalty = f"（罚则 {basis.penalty}）" if basis.penalty else ""
    return f"{law}{place}{penalty}"


def _formal(missed: FormFinding) -> str:
    doubt = "" if missed.level is Level.CLEAR else "（可商榷）"
    return f"{DUTY_ZH[missed.duty]}{doubt}：{missed.explanation}"


def _asked(notice: Notice) -> str:
    return f"{NOTICE_ZH[notice.kind]}：{notice.explanation}"
