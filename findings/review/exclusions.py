"""Exclusions: an ad that an officer excluded stays quiet when it is seen again, until something changes.

An exclusion is of what the officer looked at: each creative with its landing page, under one ruleset. It
wakes when its time is over, when the rules have changed, or when an ad of the case has a creative or a
landing page that the officer did not see.
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from findings.model.casework import Exclusion, Fingerprint
from findings.model.errors import Said

#: Fingerprints an exclusion keeps; one of more variants than that wakes with the next that it doesn't know.
MOST_FINGERPRINTS = 200


class Waking(StrEnum):
    """Why an excluded case comes back."""

    EXPIRED = "expired"
    RULES = "rules"
    CREATIVE = "creative"
    PAGE = "page"

    @property
    def said(self) -> Said:
        """One sentence for a person."""
        en, zh = _SENTENCES[self]
        return Said(en, zh=zh)


_SENTENCES: dict[Waking, tuple[str, str]] = {
    Waking.EXPIRED: ("the exclusion has expired", "排除已到期"),
    Waking.RULES: ("the rules have changed since it was excluded", "排除之后规则已变更"),
    Waking.CREATIVE: ("the ad has a creative that was not looked at", "广告内容与排除时不同"),
    Waking.PAGE: ("the landing page has changed since it was excluded", "落地页与排除时不同"),
}


def exclude(
    by: str,
    at: datetime,
    reason: str,
    seen: Iterable[Fingerprint],
    ruleset: str,
    until: datetime | None = None,
) -> Exclusion:
    """The exclusion of what an officer saw: the fingerprints of all ads of the case, each once."""
    kept = tuple(dict.fromkeys(seen))[:MOST_FINGERPRINTS]
    return Exclusion(by=by, at=at, reason=reason, fingerprints=kept, ruleset=ruleset, until=until)


def waking(exclusion: Exclusion, ads: Iterable[Fingerprint], ruleset: str, now: datetime) -> Waking | None:
    """Why a case that was seen again comes back, or None: it stays quiet.

    `ads` are the fingerprints of what was seen now, `ruleset` is the version they were judged under.
    """
    if exclusion.until is not None and now >= exclusion.until:
        return Waking.EXPIRED
    if ruleset != exclusion.ruleset:
        return Waking.RULES
    known = set(exclusion.fingerprints)
    new = [ad for ad in ads if ad not in known]
    if not new:
        return None
    creatives = {(ad.who, ad.host, ad.simhash, ad.picture) for ad in known}
    if all((ad.who, ad.host, ad.simhash, ad.picture) in creatives for ad in new):
        return Waking.PAGE
    return Waking.CREATIVE
