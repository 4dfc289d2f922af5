"""What the entries of one firm allow on one day in one place: the LicenceView of a match."""

import re
from collections.abc import Iterable
from datetime import date

from findings.model.errors import Said
from findings.model.judgement import LicenceEntryRef, LicenceView
from findings.model.vocabulary import LicenceStatus, Matched, Product
from licences.index import Hit
from licences.model import EntryStatus
from licences.question import Question
from licences.region import lies_in, territory_of
from licences.scope import UNBOUND, scope_table

_MATCHED_ZH = {
    Matched.USCC: "统一社会信用代码",
    Matched.ICP_OWNER: "备案主体或登记域名",
    Matched.FULL_NAME: "机构全称",
    Matched.LICENCE_NO: "许可证号",
    Matched.FORMER_NAME: "曾用名",
    Matched.BRAND: "品牌或简称",
    Matched.SIMILAR: "相近名称",
}
_ENDED_ZH = {
    EntryStatus.SUSPENDED: "业务资格已暂停",
    EntryStatus.REVOKED: "许可证已吊销",
    EntryStatus.CANCELLED: "许可证已注销",
}
_BEST_FIRST = (LicenceStatus.LICENSED, LicenceStatus.EXPIRED, LicenceStatus.OUT_OF_SCOPE)
_DENIED = re.compile(r"(?:不|未|非|无|没有|禁止|严禁|切勿|请勿|拒绝|不得|从不|谨防|警惕).{0,4}$")


def view(
    status: LicenceStatus, hit: Hit, question: Question, reason: str, remarks: Iterable[Said] = ()
) -> LicenceView:
    """A verdict that points to an entry, with the date and version of its list."""
    stale = hit.register.stale(question.on)
    note = f"名单截至 {hit.register.as_of.isoformat()}" + ("，已超过有效期限" if stale else "")
    entry = hit.entry
    return LicenceView(
        status=status,
        as_of=hit.register.as_of,
        stale=stale,
        entry=LicenceEntryRef(id=entry.id, name=entry.name, full_name=entry.full_name),
        reason=f"{reason}（{note}）",
        list_version=question.named(hit.register),
        remarks=tuple(remark.said(question.lang) for remark in remarks),
    )


def _ended(hit: Hit, on: date) -> str | None:
    entry = hit.entry
    if entry.status is not EntryStatus.VALID:
        return _ENDED_ZH[entry.status]
    if entry.valid_to is not None and on > entry.valid_to:
        return f"许可证已于 {entry.valid_to.isoformat()} 到期"
    if entry.valid_from is not None and on < entry.valid_from:
        return f"许可证自 {entry.valid_from.isoformat()} 起生效，尚未生效"
    return None


def _outside_scope(hit: Hit, question: Question) -> str | None:
    """Why the licence doesn't reach the product; None where it does."""
    table = scope_table()
    kind = hit.entry.licence_type
    name, title = table.titles.get(kind, kind), table.product_titles[question.product]
    if kind in table.private and question.product is not Product.NONE:
        return f"{name}不得向不特定公众宣传推介，含「{title}」业务"
    if not table.covers(kind, hit.entry.scope, question.product):
        if not table.anyone_may(question.product):
            return f"任何许可都不允许向公众宣传「{title}」业务"
        return f"{name}的许可范围不含「{title}」业务"
    for words in table.refused.get(kind, ()):
        at = question.key.find(words)
        if at >= 0 and not _DENIED.search(question.key[max(0, at - 8) : at]):
            return f"{name}不得提供广告所称「{words}」业务"
    return None


def _elsewhere(hit: Hit, question: Question) -> tuple[str | None, list[Said]]:
    """Why the licence doesn't reach the place where the ad was shown; else what of it is not known."""
    territory = territory_of(hit.entry, hit.register)
    if territory is None:
        return None, []
    kind = scope_table().titles[hit.entry.licence_type]
    if question.region is None or not territory:
        unknown = "许可地域" if not territory else "展示地域"
        remark = Said(
            f"the region was not checked: the licence ({kind}) holds in its own region only",
            zh=f"未核对地域：{kind}的许可限于其所在地域，{unknown}不明",
        )
        return None, [remark]
    if lies_in(question.region, territory):
        return None, []
    return f"{kind}的许可地域为{'、'.join(sorted(territory))}，广告展示于{question.region}", []


def _one(hit: Hit, question: Question) -> tuple[LicenceStatus, str, list[Said]]:
    table = scope_table()
    kind = table.titles.get(hit.entry.licence_type, hit.entry.licence_type)
    outside = _outside_scope(hit, question)
    ended = _ended(hit, question.on)
    if ended and (outside is None or not table.anyone_may(question.product)):
        return LicenceStatus.EXPIRED, ended, []
    if outside is not None:
        return LicenceStatus.OUT_OF_SCOPE, outside, []
    elsewhere, remarks = _elsewhere(hit, question)
    if elsewhere is not None:
        return LicenceStatus.OUT_OF_SCOPE, elsewhere, []
    if question.product in UNBOUND:
        return LicenceStatus.LICENSED, f"{kind}，在名单内；广告的产品类别不明，未核对业务范围", remarks
    title = table.product_titles[question.product]
    return LicenceStatus.LICENSED, f"{kind}，许可范围含「{title}」业务", remarks


def _licence(hit: Hit) -> tuple[str, tuple[str, ...]]:
    """Of what a list speaks: a licence, and for permits of provinces of whose."""
    return hit.entry.licence_type, hit.register.territory


def _newest_of_each_licence(hits: Iterable[Hit]) -> list[Hit]:
    """Of several lists that hold the same kind of licence, the newest speaks."""
    newest: dict[tuple[str, tuple[str, ...]], date] = {}
    kept = list(hits)
    for hit in kept:
        newest[_licence(hit)] = max(newest.get(_licence(hit), date.min), hit.register.as_of)
    return [hit for hit in kept if hit.register.as_of == newest[_licence(hit)]]


def judge(hits: tuple[Hit, ...], matched: Matched, question: Question, *, proven: str | None) -> LicenceView:
    """The verdict of a match that nothing contradicts.

    `proven` says what shows that a bare brand is that firm's own (a listed domain or app);
    without it a brand clears nobody. Lists of hints and merely similar names never do.
    """
    how = _MATCHED_ZH[matched]
    real = _newest_of_each_licence(hit for hit in hits if not hit.register.hints)
    if not real:
        reason = f"{how}指向内置起始名单中的机构，仅作提示，不能证明持牌"
        return view(LicenceStatus.UNCONFIRMED, hits[0], question, reason)
    if matched in (Matched.BRAND, Matched.SIMILAR) and proven is None:
        reason = f"{how}指向该机构，但没有证据表明广告主就是该机构"
        return view(LicenceStatus.UNCONFIRMED, real[0], question, reason)
    judged = [(*_one(hit, question), hit) for hit in real]
    status, reason, remarks, hit = min(judged, key=lambda one: _BEST_FIRST.index(one[0]))
    proof = f"，{proven}" if proven and matched is Matched.BRAND else ""
    return view(status, hit, question, f"按{how}匹配{proof}；{reason}", remarks)
