"""A name that equals none and is like one: the entry it may mean, and the difference. It clears nobody."""

from findings.model.errors import Said
from findings.model.judgement import Advertiser, Resolution
from findings.model.vocabulary import LicenceStatus, Matched
from licences.businesses import is_another
from licences.contradictions import against
from licences.firm import firm
from licences.index import Hit
from licences.model import LicenceEntry
from licences.question import Question
from licences.relations import Relation
from licences.similar import Similar
from licences.verdict import view

#: A company below or above a listed one, or beside it in a group, is another company.
_OTHERS = {
    Relation.SUBSIDIARY: Said("a company below it", zh="名称似其下属公司"),
    Relation.GROUP: Said("a company of the same group", zh="名称似同一集团的公司"),
}
MOST = 3  # near names that remarks tell of


def _told(near: Similar) -> Said:
    said = _OTHERS.get(near.relation) or near.likeness.said
    return Said(
        f"near on a list: “{near.name}” ({said}; {near.entry.id})",
        zh=f"名单中的相近名称：「{near.name}」（{said.zh}；{near.entry.id}）",
    )


def _hit(near: Similar) -> Hit:
    assert isinstance(near.entry, LicenceEntry)  # only licensees are near
    return Hit(near.register, near.entry)


def other_names(near: tuple[Similar, ...]) -> list[Said]:
    """The near names as remarks."""
    return [_told(one) for one in near[:MOST]]


def unconfirmed(
    name: str, code: str | None, near: tuple[Similar, ...], question: Question, remarks: list[Said]
) -> Resolution | None:
    """The verdict where the nearest name may be the same firm's, badly written; None where it is another's."""
    likely = [(one, _hit(one)) for one in near if one.probable and one.relation not in _OTHERS]
    meant = [(one, hit) for one, hit in likely if not is_another(name, code, firm([hit]), question)]
    if not meant:
        return None
    best, hit = meant[0]
    doubts = [
        Said(f"speaks against it: {reason}", zh=f"与该机构不符：{reason}")
        for reason in against(question, firm([hit])).reasons
    ]
    rest = other_names(tuple(one for one in near if one is not best))
    reason = f"「{name}」与名单中的「{best.name}」相近但不相同：{best.likeness.said.zh}；名称相近不能证明就是该机构"
    return Resolution(
        Advertiser(name=name, uscc=code, matched=Matched.SIMILAR),
        view(LicenceStatus.UNCONFIRMED, hit, question, reason, (*doubts, *rest, *remarks)),
    )
