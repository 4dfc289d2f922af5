"""One row of a takedown list from one case: pure, the same case gives the same row."""

from datetime import date, datetime

import msgspec

from findings.model.judgement import Basis, FormFinding, Notice
from findings.model.records import CaseView
from findings.model.vocabulary import CATEGORY_ZH, DUTY_ZH, LICENCE_ZH, NOTICE_ZH, Level, LicenceStatus


class BatchRow(msgspec.Struct, frozen=True, kw_only=True):
    """One case on a takedown list. `evidence_hash` is the SHA-256 of its evidence list
    (`evidence/<case>.json` in the batch); `number` counts from 1 within the batch.
    `categories` are the clear ones; quotations and basis are theirs, and those of the
    `arguable` ones only where nothing is clear. `form` says which form duties seem missed, and how;
    `notices` which an authority's word on the advertiser asks for. `route` are the authorities of all
    its ads, the lead's first; `route_why` says for each which rule and whose seat lead there."""

    number: int
    case_id: str
    title: str
    advertiser: str | None
    licence_status: LicenceStatus
    licence_as_of: date | None
    licence_reason: str
    url: str | None
    host: str | None
    ip: str | None
    icp_number: str | None
    icp_owner: str | None
    categories: tuple[int, ...]
    arguable: tuple[int, ...]
    form: tuple[str, ...]
    notices: tuple[str, ...]
    quoted: tuple[str, ...]
    basis: tuple[str, ...]
    route: tuple[str, ...]
    route_why: tuple[str, ...]
    sources: tuple[str, ...]
    first_seen: datetime
    last_seen: datetime
    sightings: int
    evidence_hash: str
    evidence_missing: int


def batch_row(number: int, case: CaseView, evidence_hash: str, evidence_missing: int) -> BatchRow:
    """The row of one case, from its worst ad; categories, quotations, basis and authorities from all its ads."""
    ad = case.lead
    judgement = ad.judgement
    every = sorted((f for member in case.ads for f in member.judgement.findings), key=lambda f: f.category)
    clear = [f for f in every if f.level is Level.CLEAR]
    told = clear or every
    categories = {f.category for f in clear}
    form = [missed for member in case.ads for missed in member.judgement.form]
    notices = [notice for member in case.ads for notice in member.judgement.notices]
    basis = [b for cited in (told, form, notices) for lead in cited for b in lead.basis]
    handlers = [one for member in case.ads for one in member.judgement.handlers]
    return BatchRow(
        number=number,
        case_id=case.id,
        title=ad.title or ad.text[:60],
        advertiser=judgement.advertiser.name or ad.advertiser_shown,
        licence_status=judgement.licence.status,
        licence_as_of=judgement.licence.as_of,
        licence_reason=judgement.licence.reason,
        url=ad.landing_url,
        host=ad.landing_host,
        ip=ad.landing.ip if ad.landing else None,
        icp_number=ad.icp.number if ad.icp else None,
        icp_owner=ad.icp.owner if ad.icp else None,
        categories=tuple(sorted(categories)),
        arguable=tuple(sorted({f.category for f in every} - categories)),
        form=tuple(dict.fromkeys(_formal(missed) for missed in form)),
        notices=tuple(dict.fromkeys(map(_asked, notices))),
        quoted=tuple(dict.fromkeys(f"[{f.category}] {s.text}" for f in told for s in f.spans)),
        basis=tuple(dict.fromkeys(map(cite, basis))),
        route=tuple(dict.fromkeys(name for member in case.ads for name in member.judgement.route)),
        route_why=tuple(dict.fromkeys(f"{one.authority}：{one.why}" for one in handlers)),
        sources=tuple(sorted({member.source for member in case.ads})),
        first_seen=case.first_seen,
        last_seen=case.last_seen,
        sightings=case.sightings,
        evidence_hash=evidence_hash,
        evidence_missing=evidence_missing,
    )


def cite(basis: Basis) -> str:
    """An article as officers write it; a document without numbered articles by its heading."""
    law = basis.law if "〔" in basis.law else f"《{basis.law}》"
    place = f"第{basis.article}条" if basis.article[:1].isdigit() else f"“{basis.article}”"
    penalty = f"（罚则 {basis.penalty}）" if basis.penalty else ""
    return f"{law}{place}{penalty}"


def _formal(missed: FormFinding) -> str:
    doubt = "" if missed.level is Level.CLEAR else "（可商榷）"
    return f"{DUTY_ZH[missed.duty]}{doubt}：{missed.explanation}"


def _asked(notice: Notice) -> str:
    return f"{NOTICE_ZH[notice.kind]}：{notice.explanation}"


def _named(categories: tuple[int, ...]) -> str:
    return "；".join(f"{number} {CATEGORY_ZH[number]}" for number in categories)


def cells(row: BatchRow) -> dict[str, str]:
    """The row as headed cells of text; times in UTC, ISO 8601 to the second."""
    return {
        "序号": str(row.number),
        "案件线索编号": row.case_id,
        "广告标题": row.title,
        "广告主": row.advertiser or "未知",
        "准入状态": LICENCE_ZH[row.licence_status],
        "名录日期": row.licence_as_of.isoformat() if row.licence_as_of else "无名录",
        "准入说明": row.licence_reason,
        "网址": row.url or "",
        "域名": row.host or "",
        "IP 地址": row.ip or "未知",
        "ICP 备案号": row.icp_number or "未知",
        "ICP 主体": row.icp_owner or "未知",
        "涉嫌类别": _named(row.categories),
        "可商榷类别": _named(row.arguable),
        "形式线索": "\n".join(row.form),
        "通知线索": "\n".join(row.notices),
        "引用原文": "\n".join(row.quoted),
        "依据": "\n".join(row.basis),
        "建议移送": "；".join(row.route),
        "移送理由": "\n".join(row.route_why),
        "发现来源": "；".join(row.sources),
        "首次发现 (UTC)": f"{row.first_seen:%Y-%m-%dT%H:%M:%SZ}",
        "最近发现 (UTC)": f"{row.last_seen:%Y-%m-%dT%H:%M:%SZ}",
        "出现次数": str(row.sightings),
        "证据清单 SHA-256": row.evidence_hash,
        "缺失证据文件数": str(row.evidence_missing),
    }
