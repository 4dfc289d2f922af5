"""What is to be asked of publishers because an authority has named the advertiser, whatever the ad says."""

import re
from datetime import date

from analyzers.fired import basis_of
from analyzers.rules import Ruleset
from findings.model.judgement import Listing, Notice
from findings.model.vocabulary import Channel, NoticeKind

_FIELD = re.compile(r"\{(name|authority|document|date|how)\}")


def notices_of(
    ruleset: Ruleset, listing: Listing | None, on: date, channel: Channel, lang: str, *, promotion: bool
) -> tuple[Notice, ...]:
    """The notice that an ad of a listed advertiser is a lead for; none without a listing.

    A text that promotes nothing and only quotes a listed code (a warning does) is no ad of theirs.
    """
    words = ruleset.notices.get(NoticeKind.STOP_PUBLICATION)
    if listing is None or words is None or not (promotion or listing.by_frame):
        return ()
    document = listing.document or ""
    told = {
        "name": listing.name,
        "authority": listing.authority,
        "document": (f" ({document})" if lang == "en" else f"（{document}）") if document else "",
        "date": listing.listed_on.isoformat(),
        "how": listing.how,
    }
    return (
        Notice(
            kind=NoticeKind.STOP_PUBLICATION,
            severity=words.severity,
            authority=listing.authority,
            document=listing.document,
            listed_on=listing.listed_on,
            basis=basis_of(words.basis, on, channel),
            explanation=_FIELD.sub(lambda field: told[field[1]], words.explanation.said(lang)),
            remedy=words.remedy.said(lang),
        ),
    )
