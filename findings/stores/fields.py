"""What an ad is searched by beside its words: computed from the record, the same on every store."""

from functools import lru_cache
from ipaddress import ip_address

from findings.model.places import PLACES, Place, place_of_icp, place_of_name, place_of_uscc
from findings.model.records import AdRecord
from findings.model.vocabulary import Level
from findings.search.fields import ANY_CLEAR, MAX_VALUE, plain_app, plain_host, plain_icp

#: Domains kept above one host: names have 127 labels at most, real ones four or five.
MAX_DOMAINS = 10


def provinces(ad: AdRecord) -> tuple[str, ...]:
    """Whose authorities handle the ad: short names (上海), a city's own and its province's.

    Where the judgement names none, it is the seat of the advertiser: by its code, its filing, its name.
    """
    named = {handler.province for handler in ad.judgement.handlers if handler.province}
    if not named and (seat := _seat(ad)):
        named = {seat.short}
    parents = {PLACES[name].parent for name in named if name in PLACES}
    return tuple(sorted(named | {parent for parent in parents if parent}))


def _seat(ad: AdRecord) -> Place | None:
    advertiser = ad.judgement.advertiser
    return (
        (place_of_uscc(advertiser.uscc) if advertiser.uscc else None)
        or (place_of_icp(ad.icp.number) if ad.icp and ad.icp.number else None)
        or (place_of_name(advertiser.name) if advertiser.name else None)
    )


def rules(ad: AdRecord) -> tuple[str, ...]:
    """Ids of the rules that the findings rest on."""
    return tuple(sorted({rule for finding in ad.judgement.findings for rule in finding.rules}))


def clear(ad: AdRecord) -> tuple[str, ...]:
    """The categories of which the ad has a clear finding, and `any` where there is one."""
    found = sorted({str(one.category) for one in ad.judgement.findings if one.level is Level.CLEAR})
    return (*found, ANY_CLEAR) if found else ()


def highest_score(ad: AdRecord) -> float:
    """The highest score of a finding of any severity; 0 without findings."""
    return max((finding.score for finding in ad.judgement.findings), default=0.0)


def names(ad: AdRecord) -> tuple[str, ...]:
    """The names of who stands behind an ad, as written, each once."""
    entry = ad.judgement.licence.entry
    given = (
        ad.judgement.advertiser.name,
        ad.advertiser_shown,
        *((entry.name, entry.full_name) if entry else ()),
        ad.icp.owner if ad.icp else None,
        *((ad.app.name, ad.app.developer) if ad.app else ()),
    )
    return tuple(dict.fromkeys(name.strip()[:MAX_VALUE] for name in given if name and name.strip()))


def domains(ad: AdRecord) -> tuple[str, ...]:
    """The landing host and the one that the ad names as its target, with all domains above them."""
    return tuple(dict.fromkeys((*_domains(ad.landing_host), *_domains(ad.declared_host))))


def icp_number(ad: AdRecord) -> str | None:
    """The filing number in its plain form."""
    return (plain_icp(ad.icp.number[:MAX_VALUE]) or None) if ad.icp and ad.icp.number else None


def app_package(ad: AdRecord) -> str | None:
    """The package name in its plain form."""
    return (plain_app(ad.app.package[:MAX_VALUE]) or None) if ad.app and ad.app.package else None


@lru_cache(maxsize=4096)
def _domains(host: str | None) -> tuple[str, ...]:
    plain = plain_host((host or "")[:MAX_VALUE])
    if not plain:
        return ()
    try:
        ip_address(plain.strip("[]"))
    except ValueError:
        labels = plain.split(".")
        above = [".".join(labels[n:]) for n in range(1, len(labels))]
        return (plain, *above[-MAX_DOMAINS:])
    return (plain,)
