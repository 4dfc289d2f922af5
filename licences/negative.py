"""Advertisers, sites and apps that an authority has named: they come before everything else."""

from collections.abc import Iterator
from datetime import date

from findings.model.judgement import AdvertiserClues, LicenceEntryRef, LicenceView
from findings.model.vocabulary import LicenceStatus
from licences.claims import shown_name
from licences.codes import clean_code
from licences.hosts import clean_host, is_shared, parents
from licences.index import Index, NegativeHit
from licences.names import full_key


def _shown(clues: AdvertiserClues, hit: NegativeHit) -> str:
    declared = shown_name(clues.declared)
    return hit.entry.name if declared is None else declared


def _candidates(clues: AdvertiserClues, index: Index) -> Iterator[tuple[NegativeHit, str, str]]:
    for code in clues.uscc:
        for hit in index.negative_uscc.get(clean_code(code), ()):
            yield hit, "统一社会信用代码", hit.entry.name
    names = (clues.declared, clues.icp_owner, clues.app_developer, clues.app_name)
    for name in filter(None, map(shown_name, names)):
        for hit in index.negative_name.get(full_key(name), ()):
            yield hit, "名称", name
    host = clean_host(clues.host) if clues.host else None
    if host and not is_shared(host):
        for domain in parents(host):
            for hit in index.negative_domain.get(domain, ()):
                yield hit, f"域名 {host}", _shown(clues, hit)
    if clues.app_package:
        for hit in index.negative_package.get(clues.app_package.strip().casefold(), ()):
            yield hit, f"应用包名 {clues.app_package}", _shown(clues, hit)


def find_negative(clues: AdvertiserClues, on: date, index: Index) -> tuple[NegativeHit, str, str] | None:
    """The first entry in force on that day, by what it matched, and the advertiser's name.

    A firm that a text merely mentions is not asked for: a warning names the warned-of too.
    """
    for hit, how, shown in _candidates(clues, index):
        if hit.entry.listed_on <= on and (hit.entry.expires is None or on <= hit.entry.expires):
            return hit, how, shown
    return None


def negative_view(hit: NegativeHit, how: str, on: date) -> LicenceView:
    """The verdict: who named it, when, in which document."""
    entry = hit.entry
    document = f"《{entry.document}》" if entry.document else ""
    reason = f"列入{entry.authority}负面清单{document}，公布于 {entry.listed_on.isoformat()}（按{how}匹配）"
    return LicenceView(
        status=LicenceStatus.LISTED_NEGATIVE,
        as_of=hit.register.as_of,
        stale=hit.register.stale(on),
        entry=LicenceEntryRef(id=entry.id, name=entry.name, full_name=None),
        reason=reason,
    )
