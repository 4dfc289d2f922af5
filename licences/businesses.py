"""What the business register says of a firm: that it has ended, that it is irregular, what its scope is not."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from findings.model.errors import Said
from licences.firm import Firm
from licences.index import FirmHit
from licences.model import FirmEntry, FirmStatus
from licences.names import full_key
from licences.question import Question

_ENDED = {FirmStatus.REVOKED: "吊销", FirmStatus.CANCELLED: "注销"}
_DOUBTFUL = {
    FirmStatus.SUSPENDED: ("停业", "out of business for now"),
    FirmStatus.LIQUIDATING: ("清算", "in liquidation"),
}
_FINANCIAL = re.compile(
    r"[^，,；;。、]{0,12}(?:贷款|金融|理财|资产管理|投资管理|投资咨询|支付|保险|证券|基金|担保|典当|融资租赁|保理)[^，,；;。、]{0,8}"
)
_MOST = 20  # entries of one name that are read


@dataclass(frozen=True, slots=True)
class Standing:
    """`ended` are contradictions: who ended can't advertise. `remarks` are for an officer."""

    ended: tuple[str, ...] = ()
    remarks: tuple[Said, ...] = ()


def _dated(hit: FirmHit) -> str:
    return f"市场主体登记截至 {hit.register.as_of.isoformat()}"


def _of_firm(claimed: Firm, question: Question) -> list[FirmHit]:
    """The firm's own entries: by its code, else by its registered name where no other code speaks."""
    found = [hit for code in sorted(claimed.usccs) for hit in question.index.firm_uscc.get(code)[:_MOST]]
    if found:
        return found
    names = [hit.entry.full_name for hit in claimed.hits[:_MOST] if hit.entry.full_name]
    return [hit for name in names for hit in question.index.firm_name.get(full_key(name))[:_MOST]]


def _remarks(hits: Iterable[FirmHit]) -> list[Said]:
    remarks = []
    for hit in hits:
        entry, as_of = hit.entry, hit.register.as_of.isoformat()
        if entry.abnormal:
            remarks.append(
                Said(
                    f"“{entry.name}” is on the list of irregular operation: {entry.abnormal} (as of {as_of})",
                    zh=f"「{entry.name}」已列入经营异常名录：{entry.abnormal}（{_dated(hit)}）",
                )
            )
        if entry.status in _DOUBTFUL:
            zh, en = _DOUBTFUL[entry.status]
            remarks.append(
                Said(
                    f"the business register says that “{entry.name}” is {en} (as of {as_of})",
                    zh=f"「{entry.name}」登记状态为{zh}（{_dated(hit)}）",
                )
            )
    return remarks


def standing(claimed: Firm, question: Question) -> Standing:
    """What the business register says against a licensee. It ended only where no entry of it lives on."""
    hits = _of_firm(claimed, question)
    ended = [hit for hit in hits if hit.entry.status in _ENDED]
    if ended and len(ended) == len(hits):
        hit = ended[0]
        return Standing((f"「{hit.entry.name}」登记状态为{_ENDED[hit.entry.status]}（{_dated(hit)}）",))
    return Standing((), tuple(_remarks(hits)))


def _is_listed(known: FirmEntry, listed: Firm) -> bool:
    if known.uscc and listed.usccs:
        return listed.has_code(known.uscc)
    return any(map(listed.registered_as, (known.name, *known.former_names)))


def is_another(name: str, code: str | None, listed: Firm, question: Question) -> bool:
    """Whether the business register knows a code, or else a registered name, as another firm's than the listed one's."""
    index = question.index
    hits = (index.firm_uscc.get(code) if code else ()) or index.firm_name.get(full_key(name))
    return bool(hits) and not any(_is_listed(hit.entry, listed) for hit in hits[:_MOST])


def unlicensed_remarks(name: str | None, code: str | None, question: Question) -> list[Said]:
    """What the business register adds about an advertiser whom no list of licences knows."""
    by_code = question.index.firm_uscc.get(code)[:_MOST] if code else ()
    by_name = question.index.firm_of(name)[:_MOST] if name else ()
    hits = by_code or by_name
    remarks = _remarks(hits)
    for hit in hits[:1]:
        entry, as_of = hit.entry, hit.register.as_of.isoformat()
        own = {full_key(entry.name), *map(full_key, entry.former_names)}
        if by_code and name and full_key(name) not in own:
            remarks.append(
                Said(
                    f"code {code} is registered to “{entry.name}”, not to “{name}” (as of {as_of})",
                    zh=f"统一社会信用代码 {code} 登记为「{entry.name}」，与广告主「{name}」不符（{_dated(hit)}）",
                )
            )
        if entry.status in _ENDED:
            remarks.append(
                Said(
                    f"the business register says that “{entry.name}” has ended (as of {as_of})",
                    zh=f"「{entry.name}」登记状态为{_ENDED[entry.status]}（{_dated(hit)}）",
                )
            )
        if entry.business_scope and (words := _FINANCIAL.search(entry.business_scope[:4_000])):
            remarks.append(
                Said(
                    f"its registered scope names “{words.group()}”; a scope of business is no licence",
                    zh=f"登记的经营范围含「{words.group()}」；经营范围不是金融业务许可",
                )
            )
    return remarks
