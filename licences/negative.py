"""Advertisers, sites and apps that an authority has named: they come before everything else."""

from collections.abc import Iterator
from dataclasses import dataclass

from findings.model.judgement import LicenceEntryRef, LicenceView, Listing
from findings.model.vocabulary import LicenceStatus, Matched
from licences.claims import shown_name
from licences.codes import clean_code
from licences.hosts import is_shared, parents
from licences.index import NegativeHit
from licences.names import full_key
from licences.question import Question

_MOST = 5  # firms of the business register that one name is looked up as


@dataclass(frozen=True, slots=True)
class Named:
    """A negative entry that matches, by what, and the advertiser's name."""

    hit: NegativeHit
    how: str
    shown: str
    matched: Matched | None = None
    by_frame: bool = True
    """Whether the ad's frame points there, and not only a code in its text."""

    @property
    def listing(self) -> Listing:
        """What the entry says, for a notice."""
        entry = self.hit.entry
        return Listing(
            entry_id=entry.id,
            name=self.shown,
            authority=entry.authority,
            listed_on=entry.listed_on,
            document=entry.document,
            expires=entry.expires,
            how=self.how,
            by_frame=self.by_frame,
        )


def _names(question: Question) -> list[str]:
    clues = question.clues
    framed = (clues.declared, *(owner.name for owner in question.owners), clues.app_developer, clues.app_name)
    return list(dict.fromkeys(filter(None, map(shown_name, framed))))


def _candidates(question: Question) -> Iterator[Named]:
    clues, index = question.clues, question.index
    declared = shown_name(clues.declared)
    for code in clues.uscc:
        for hit in index.negative_uscc.get(clean_code(code)):
            yield Named(hit, "统一社会信用代码", hit.entry.name, Matched.USCC, by_frame=False)
    for name in _names(question):
        for hit in index.negative_name.get(full_key(name)):
            yield Named(hit, "名称", name)
    if question.host and not is_shared(question.host):
        for domain in parents(question.host):
            for hit in index.negative_domain.get(domain):
                yield Named(hit, f"域名 {question.host}", declared or hit.entry.name)
    if clues.app_package:
        for hit in index.negative_package.get(clues.app_package.strip().casefold()):
            yield Named(hit, f"应用包名 {clues.app_package}", declared or hit.entry.name)
    yield from _renamed(question)


def _renamed(question: Question) -> Iterator[Named]:
    """A listed firm under another name: the business register knows its code and its former names."""
    index = question.index
    for name in _names(question):
        for firm in index.firm_of(name)[:_MOST]:
            entry = firm.entry
            for hit in index.negative_uscc.get(entry.uscc) if entry.uscc else ():
                yield Named(hit, f"市场主体登记中的代码 {entry.uscc}", name)
            for former in (entry.name, *entry.former_names):
                for hit in index.negative_name.get(full_key(former)):
                    yield Named(hit, f"市场主体登记中的名称「{former}」", name)


def find_negative(question: Question) -> Named | None:
    """The first entry in force on that day, by what it matched, and the advertiser's name.

    A firm that a text merely mentions is not asked for: a warning names the warned-of too.
    """
    for named in _candidates(question):
        entry = named.hit.entry
        if entry.listed_on <= question.on and (entry.expires is None or question.on <= entry.expires):
            return named
    return None


def negative_view(named: Named, question: Question) -> LicenceView:
    """The verdict: who named it, when, in which document."""
    entry, register = named.hit.entry, named.hit.register
    document = f"《{entry.document}》" if entry.document else ""
    dated = f"公布于 {entry.listed_on.isoformat()}"
    if entry.expires is not None:
        dated += f"，有效至 {entry.expires.isoformat()}"
    return LicenceView(
        status=LicenceStatus.LISTED_NEGATIVE,
        as_of=register.as_of,
        stale=register.stale(question.on),
        entry=LicenceEntryRef(id=entry.id, name=entry.name, full_name=None),
        reason=f"列入{entry.authority}负面清单{document}，{dated}（按{named.how}匹配）",
        list_version=question.named(register),
    )
