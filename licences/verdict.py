"""What the entries of one firm allow on one day: the LicenceView of a match."""

from collections.abc import Iterable
from datetime import date

from findings.model.judgement import LicenceEntryRef, LicenceView
from findings.model.vocabulary import LicenceStatus, Matched, Product
from licences.index import Hit
from licences.model import EntryStatus
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


def view(status: LicenceStatus, hit: Hit, on: date, reason: str) -> LicenceView:
    """A verdict that points to an entry, with the date of its list."""
    stale = hit.register.stale(on)
    note = f"名单截至 {hit.register.as_of.isoformat()}" + ("，已超过有效期限" if stale else "")
    entry = hit.entry
    return LicenceView(
        status=status,
        as_of=hit.register.as_of,
        stale=stale,
        entry=LicenceEntryRef(id=entry.id, name=entry.name, full_name=entry.full_name),
        reason=f"{reason}（{note}）",
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


def _one(hit: Hit, product: Product, on: date) -> tuple[LicenceStatus, str]:
    table = scope_table()
    kind = table.titles.get(hit.entry.licence_type, hit.entry.licence_type)
    title = table.product_titles[product]
    covered = table.covers(hit.entry.licence_type, hit.entry.scope, product)
    ended = _ended(hit, on)
    if ended and (covered or not table.anyone_may(product)):
        return LicenceStatus.EXPIRED, ended
    if not covered:
        if not table.anyone_may(product):
            return LicenceStatus.OUT_OF_SCOPE, f"任何许可都不允许向公众宣传「{title}」业务"
        if not table.allowed.get(hit.entry.licence_type):
            return LicenceStatus.OUT_OF_SCOPE, f"{kind}不得向不特定公众宣传，含「{title}」业务"
        return LicenceStatus.OUT_OF_SCOPE, f"{kind}的许可范围不含「{title}」业务"
    if product in UNBOUND:
        return LicenceStatus.LICENSED, f"{kind}，在名单内；广告的产品类别不明，未核对业务范围"
    return LicenceStatus.LICENSED, f"{kind}，许可范围含「{title}」业务"


def _newest_of_each_licence(hits: Iterable[Hit]) -> list[Hit]:
    """Of several lists that hold the same kind of licence, the newest speaks."""
    newest: dict[str, date] = {}
    kept = list(hits)
    for hit in kept:
        kind = hit.entry.licence_type
        newest[kind] = max(newest.get(kind, date.min), hit.register.as_of)
    return [hit for hit in kept if hit.register.as_of == newest[hit.entry.licence_type]]


def judge(
    hits: tuple[Hit, ...], matched: Matched, product: Product, on: date, *, proven: str | None
) -> LicenceView:
    """The verdict of a match that nothing contradicts.

    `proven` says what shows that a bare brand is that firm's own (a listed domain or app);
    without it a brand clears nobody. Lists of hints never do.
    """
    how = _MATCHED_ZH[matched]
    real = _newest_of_each_licence(hit for hit in hits if not hit.register.hints)
    if not real:
        return view(
            LicenceStatus.UNCONFIRMED, hits[0], on, f"{how}指向内置起始名单中的机构，仅作提示，不能证明持牌"
        )
    if matched is Matched.BRAND and proven is None:
        return view(
            LicenceStatus.UNCONFIRMED, real[0], on, f"{how}指向该机构，但没有证据表明广告主就是该机构"
        )
    judged = [(*_one(hit, product, on), hit) for hit in real]
    status, reason, hit = min(judged, key=lambda one: _BEST_FIRST.index(one[0]))
    proof = f"，{proven}" if proven and matched is Matched.BRAND else ""
    return view(status, hit, on, f"按{how}匹配{proof}；{reason}")
