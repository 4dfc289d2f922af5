"""`ParsedPage` in the JSON of `finadwatch parse` (design §6)."""

from typing import Any

from crawlers.sources import Kind
from findings.model.crawl import ParsedAd, ParsedApp, ParsedPage

_AD = ("title", "text", "display", "landing_url", "advertiser", "position", "slot", "mark")
_APP = ("name", "package", "developer", "icp", "icp_entity", "description", "promoted", "position")


def to_contract(page: ParsedPage, kind: Kind) -> dict[str, Any]:
    """The contract's object: `source outcome ads organic selectors slots_empty ad_iframes`, `apps` for stores.

    `kind` is that of the source.
    """
    answer: dict[str, Any] = {
        "source": page.source,
        "outcome": page.outcome.value,
        "ads": [_ad(ad) for ad in page.ads],
        "organic": [
            {"title": one.title, "url": one.url, "text": one.text, "position": one.position}
            for one in page.organic
        ],
        "selectors": dict(page.selectors),
        "slots_empty": page.slots_empty,
        "ad_iframes": page.ad_iframes,
    }
    if kind is Kind.STORE:
        answer["apps"] = [_app(app) for app in page.apps]
    return answer


def _ad(ad: ParsedAd) -> dict[str, Any]:
    return {name: getattr(ad, name) for name in _AD} | {"slot": ad.slot.value}


def _app(app: ParsedApp) -> dict[str, Any]:
    return {name: getattr(app, name) for name in _APP}
