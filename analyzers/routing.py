"""Which authorities own a lead, after `ruleset/routing.yaml`."""

from collections.abc import Iterable

from analyzers.rules import Routing, When
from findings.model.judgement import Finding
from findings.model.vocabulary import Channel, LicenceStatus, Product


def route(
    routing: Routing,
    findings: Iterable[Finding],
    product: Product,
    status: LicenceStatus,
    channel: Channel,
    lang: str,
) -> tuple[str, ...]:
    """Names of the authorities, in the order of the routes; none without findings."""
    found = list(findings)
    keys = dict.fromkeys(
        key
        for entry in routing.routes
        if any(_matches(entry.when, finding, product, status, channel) for finding in found)
        for key in entry.to
    )
    return tuple(routing.authorities[key].said(lang) for key in keys)


def general_route(routing: Routing, lang: str) -> tuple[str, ...]:
    """Names of the authorities that own any lead on an ad, whatever it is."""
    keys = dict.fromkeys(key for entry in routing.routes if entry.when == When() for key in entry.to)
    return tuple(routing.authorities[key].said(lang) for key in keys)


def _matches(when: When, finding: Finding, product: Product, status: LicenceStatus, channel: Channel) -> bool:
    return (
        (not when.categories or finding.category in when.categories)
        and (not when.products or product in when.products)
        and (not when.types or finding.type in when.types)
        and (not when.licence_status or status in when.licence_status)
        and (not when.channels or channel in when.channels)
    )
