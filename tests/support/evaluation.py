"""What a search must find, worked out in plain Python over all ads: stores are compared with it."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

import msgspec
from hypothesis import strategies as st

from findings.model.judgement import Advertiser
from findings.model.records import AdRecord, CaptureBundle, Sighting
from findings.model.vocabulary import Device, Level, LicenceStatus, Product, Severity
from findings.query import Facet, SortOrder
from findings.search.cursor import micros
from findings.search.expression import AtLeast, Below, Either, Every, Expression, Is, Not, Phrase
from findings.search.fold import fold
from findings.stores import fields
from findings.stores.ranking import severity_rank, worst
from tests.support import records as make


class Kept(msgspec.Struct, frozen=True):
    """An ad with all its sightings."""

    ad: AdRecord
    sightings: tuple[Sighting, ...]

    @property
    def last_seen(self) -> int:
        return max(micros(self.ad.first_seen), *(micros(one.at) for one in self.sightings))


def holds(expression: Expression, kept: Kept) -> bool:
    """Whether an ad matches."""
    ad = kept.ad
    match expression:
        case Phrase("words", term):
            return any(term in fold(text) for text in (ad.title, ad.text, ad.picture_text or ""))
        case Phrase("title", term):
            return term in fold(ad.title)
        case Phrase("text", term):
            return any(term in fold(text) for text in (ad.text, ad.picture_text or ""))
        case Phrase(_, term):
            return any(term in fold(name) for name in fields.names(ad))
        case Is(field, value):
            return value in values(field, kept)
        case AtLeast(field, number):
            return _number(field, kept) >= number
        case Below(field, number):
            return _number(field, kept) < number
        case Not(part):
            return not holds(part, kept)
        case Every(parts):
            return all(holds(part, kept) for part in parts)
        case Either(parts):
            return any(holds(part, kept) for part in parts)


def values(field: str, kept: Kept) -> set[str | int]:
    """All values of a field of an ad."""
    ad, judgement = kept.ad, kept.ad.judgement
    host = ad.landing_host or ""
    found: dict[str, Iterable[str | int | None]] = {
        "category": (finding.category for finding in judgement.findings),
        "clear": fields.clear(ad),
        "severity": [severity_rank(judgement)],
        "duty": (missed.duty for missed in judgement.form),
        "rule": (rule for finding in judgement.findings for rule in finding.rules),
        "licence_status": [judgement.licence.status],
        "product": [judgement.product],
        "channel": [ad.channel],
        "source": [ad.source],
        "domain": (host[n:] for n in range(len(host)) if n == 0 or host[n - 1] == "."),
        "device": (one.device for one in kept.sightings),
        "region": (one.region for one in kept.sightings),
        "keyword": [ad.keyword, *(one.keyword for one in kept.sightings)],
        "run": (one.run_id for one in kept.sightings),
        "province": fields.provinces(ad),
        "state": ["open"],
    }
    return {
        value if isinstance(value, int) else str(value) for value in found[field] if value not in (None, "")
    }


def _number(field: str, kept: Kept) -> float:
    if field == "score":
        return max((finding.score for finding in kept.ad.judgement.findings), default=0.0)
    return kept.last_seen if field == "last_seen" else micros(kept.ad.first_seen)


def found(expression: Expression, corpus: Sequence[Kept], sort: SortOrder) -> list[str]:
    """Ids of the ads that match, in order."""
    key = {
        SortOrder.NEWEST: lambda kept: -micros(kept.ad.first_seen),
        SortOrder.LAST_SEEN: lambda kept: -kept.last_seen,
        SortOrder.WORST: lambda kept: -worst(kept.ad.judgement),
    }[sort]
    matching = [kept for kept in corpus if holds(expression, kept)]
    return [kept.ad.id for kept in sorted(matching, key=lambda kept: (key(kept), kept.ad.id))]


def counted(facet: Facet, expression: Expression, corpus: Sequence[Kept]) -> dict[str, int]:
    """The facet of the ads that match."""
    counts = Counter(
        value for kept in corpus if holds(expression, kept) for value in values(facet.value, kept)
    )
    if facet is Facet.SEVERITY:
        return {list(Severity)[int(rank)].value: count for rank, count in counts.items() if int(rank) >= 0}
    return {str(value): count for value, count in counts.items()}


@st.composite
def corpora(draw: st.DrawFn, run: str) -> tuple[list[Kept], list[CaptureBundle]]:
    """Some ads of few letters, seen in a run of this name and perhaps in another, and how they are written."""
    kept: list[Kept] = []
    bundles: list[CaptureBundle] = []
    words = st.text("保本息年化1% 證１％", max_size=8)
    for number in range(draw(st.integers(1, 6))):
        host = draw(st.sampled_from(["a.example", "b.a.example", "c.example", None]))
        scores = draw(st.lists(st.sampled_from([0.25, 0.5, 0.9]), max_size=2))
        findings = [
            make.finding(
                draw(st.integers(1, 9)),
                draw(st.sampled_from(list(Severity))),
                score,
                level=draw(st.sampled_from(list(Level))),
            )
            for score in scores
        ]
        ad = make.ad(
            draw(words),
            *{finding.category: finding for finding in findings}.values(),
            title=draw(words),
            source=draw(st.sampled_from(["baidu", "portal"])),
            url=f"https://{host}/{run}/{number}" if host else f"https:///{run}/{number}",
            first_seen=make.minutes(draw(st.integers(-3000, 3000))),
            advertiser_shown=draw(words),
        )
        judgement = msgspec.structs.replace(
            ad.judgement,
            product=draw(st.sampled_from([Product.WEALTH, Product.LOAN])),
            advertiser=Advertiser(draw(st.one_of(st.none(), words)), None, None),
            licence=msgspec.structs.replace(
                ad.judgement.licence,
                status=draw(st.sampled_from([LicenceStatus.UNKNOWN, LicenceStatus.LICENSED])),
            ),
        )
        ad = msgspec.structs.replace(
            ad,
            judgement=judgement,
            case_id=f"c1-{run}-{number}",
            id=f"a1-{run}-{number}",
            picture_text=draw(st.one_of(st.none(), words)),
        )
        seen: list[Sighting] = []
        for page in range(draw(st.integers(1, 2))):
            one = make.bundle(
                ad,
                run=run,
                page=10 * number + page,
                at=ad.first_seen + timedelta(minutes=draw(st.integers(-900, 3000))),
            )
            sighting = msgspec.structs.replace(
                one.sightings[0],
                device=draw(st.sampled_from(list(Device))),
                region=draw(st.sampled_from([None, "上海", "北京"])),
                keyword=draw(st.sampled_from(["理财", "贷款"])),
            )
            seen.append(sighting)
            bundles.append(msgspec.structs.replace(one, sightings=(sighting,)))
        kept.append(Kept(ad, tuple(seen)))
    return kept, bundles
