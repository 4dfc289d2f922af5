"""What counts as changed between two judgements of one ad.

The wording of explanations and reasons, the language they are in, versions and dates of lists, the last digits of a
score: all these may differ and the ad is judged as before. It is not written again then.
"""

from collections.abc import Hashable

import msgspec

from findings.model.judgement import Finding, Judgement
from findings.model.vocabulary import LicenceStatus

#: Scores are told in four digits, and how the models' batches fall moves the last of them.
SAME_SCORE = 0.0005


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """In what a new judgement differs: categories that came, that went, and that say something else now;
    `licence` is the status before and after where it is another."""

    gained: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()
    altered: tuple[int, ...] = ()
    licence: tuple[LicenceStatus, LicenceStatus] | None = None


def change_of(old: Judgement, new: Judgement) -> Change | None:
    """In what the new judgement differs from the old one; None: in nothing that counts."""
    before, after = _by_category(old), _by_category(new)
    altered = [number for number in before.keys() & after.keys() if not _same(before[number], after[number])]
    statuses = (old.licence.status, new.licence.status)
    change = Change(
        gained=tuple(sorted(after.keys() - before.keys())),
        lost=tuple(sorted(before.keys() - after.keys())),
        altered=tuple(sorted(altered)),
        licence=statuses if statuses[0] is not statuses[1] else None,
    )
    return change if change != Change() or _rest(old) != _rest(new) else None


def _by_category(judgement: Judgement) -> dict[int, Finding]:
    return {finding.category: finding for finding in judgement.findings}


def _same(old: Finding, new: Finding) -> bool:
    return (
        abs(old.score - new.score) <= SAME_SCORE
        and (old.level, old.severity, old.type, old.spans, old.basis)
        == (new.level, new.severity, new.type, new.spans, new.basis)
        and sorted(old.rules) == sorted(new.rules)
    )


def _rest(judgement: Judgement) -> Hashable:
    """All that counts beside findings and the licence's status."""
    licence = judgement.licence
    return (
        judgement.promotion,
        judgement.product,
        judgement.risk_warning,
        judgement.advertiser,
        (licence.stale, licence.entry.id if licence.entry else None),
        judgement.route,
        tuple((one.authority, one.kind, one.province) for one in judgement.handlers),
        tuple((one.kind, one.severity, one.authority, one.document, one.basis) for one in judgement.notices),
        tuple((one.duty, one.level, one.severity) for one in judgement.form),
    )
