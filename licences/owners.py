"""Who owns a site or an app: by a filing of the site itself, by what a store states, or by what the page says.

A filing of this very host or package proves its owner. A number in a footer and a name beside it are claims of the
page: they can contradict who it pretends to be, and prove nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from findings.model.judgement import AdvertiserClues
from licences.hosts import is_shared, under
from licences.index import FilingHit, Index
from licences.model import OwnerNature

_MOST = 5  # filings of one host or number that are looked at


@dataclass(frozen=True, slots=True)
class SiteOwner:
    """One owner. `said` names it as evidence; `proves` whether it is the owner in fact; `stale` marks an old list."""

    name: str
    said: str
    proves: bool
    stale: bool = False


def _filed(hit: FilingHit, what: str, on: date, *, proves: bool) -> SiteOwner:
    entry = hit.entry
    person = "个人" if entry.nature is OwnerNature.PERSON else ""
    stale = hit.register.stale(on)
    dated = f"备案名单截至 {hit.register.as_of.isoformat()}" + ("，已超过有效期限" if stale else "")
    return SiteOwner(entry.owner, f"{what}备案主体为{person}「{entry.owner}」（{dated}）", proves, stale)


def _found(clues: AdvertiserClues, host: str | None, index: Index, on: date) -> Iterator[SiteOwner]:
    if host and not is_shared(host):
        for hit in index.filing_of_host(host)[:_MOST]:
            yield _filed(hit, f"域名 {host} 的", on, proves=True)
    if clues.app_package:
        for hit in index.filing_package.get(clues.app_package.strip().casefold())[:_MOST]:
            yield _filed(hit, f"应用 {clues.app_package} 的", on, proves=True)
    if owner := (clues.icp_owner or "").strip():
        yield SiteOwner(owner, f"网站备案主体为「{owner}」", proves=True)
    if clues.icp_number:
        for hit in index.filing_of_number(clues.icp_number)[:_MOST]:
            its_own = host is not None and any(under(host, domain) for domain in hit.entry.domains)
            yield _filed(hit, f"备案号 {clues.icp_number} 的", on, proves=its_own)
    if named := (clues.site_names or "").strip():
        yield SiteOwner(named, f"页脚所称主办单位为「{named}」", proves=False)


def site_owners(clues: AdvertiserClues, host: str | None, index: Index, on: date) -> tuple[SiteOwner, ...]:
    """Every owner that anything names, each name once, those that are proven first.

    Where the filings know the host itself, an owner stated elsewhere is a claim like the page's own.
    """
    found = list(_found(clues, host, index, on))
    stated = (clues.icp_owner or "").strip()
    filed = {hit.entry.owner for hit in index.filing_of_host(host)[:_MOST]} if host else set()
    if filed and stated not in filed:
        found = [replace(owner, proves=False) if owner.name == stated else owner for owner in found]
    once: dict[str, SiteOwner] = {}
    for owner in sorted(found, key=lambda owner: not owner.proves):
        once.setdefault(owner.name, owner)
    return tuple(once.values())


def borrowed_number(clues: AdvertiserClues, host: str | None, index: Index) -> str | None:
    """A sentence if the filing number in the footer is that of other sites than this one."""
    if not clues.icp_number or host is None or is_shared(host):
        return None
    hits = index.filing_of_number(clues.icp_number)[:_MOST]
    domains = tuple(domain for hit in hits for domain in hit.entry.domains)
    if not domains or any(under(host, domain) for domain in domains):
        return None
    return f"备案号 {clues.icp_number} 登记的域名为 {'、'.join(domains[:3])}，不含 {host}"
