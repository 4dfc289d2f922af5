"""Domain values in one line, for tests. Every firm, address and sentence here is invented."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from findings.model import ids
from findings.model.crawl import Capture, EvidenceRef, Landing, SeenAd, Task
from findings.model.judgement import (
    Advertiser,
    Basis,
    Finding,
    Judgement,
    LicenceView,
    Notice,
    RiskWarning,
    Span,
)
from findings.model.records import AdRecord, CaptureBundle, Run, Sighting
from findings.model.vocabulary import (
    Channel,
    Device,
    Level,
    LicenceStatus,
    NoticeKind,
    Outcome,
    Product,
    Severity,
    Slot,
)

#: The instant at which most tests take place.
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
FILE_HASH = "ab" * 32


def minutes(count: float) -> datetime:
    """An instant so many minutes after noon (Shanghai) of the test day."""
    return NOON + timedelta(minutes=count)


def finding(
    category: int = 2, severity: Severity = Severity.HIGH, score: float = 0.9, **more: Any
) -> Finding:
    values: dict[str, Any] = {
        "category": category,
        "level": Level.CLEAR,
        "rules": ("guarantee.principal",),
        "score": score,
        "severity": severity,
        "spans": (Span("text", 0, 2, "保本"),),
        "type": None,
        "basis": (Basis("广告法", "25(1)", "58(1)(7)", "L"),),
        "explanation": "疑似承诺保本",
        "remedy": "删去保本的说法",
    }
    return Finding(**(values | more))


def notice() -> Notice:
    """A notice to stop publication."""
    return Notice(
        kind=NoticeKind.STOP_PUBLICATION,
        severity=Severity.HIGH,
        authority="虚城金融监管局",
        document="虚金监〔2026〕3号",
        listed_on=date(2026, 10, 8),
        basis=(Basis("沪府办〔2016〕46号", "附件8四(一)4", None, "S"),),
        explanation="广告主已被列入负面清单",
        remedy="通知发布者停止发布",
    )


def judgement(*findings: Finding, licence: LicenceStatus = LicenceStatus.UNKNOWN, **more: Any) -> Judgement:
    values: dict[str, Any] = {
        "id": None,
        "promotion": True,
        "product": Product.WEALTH,
        "risk_warning": RiskWarning(present=False),
        "findings": findings,
        "form": (),
        "advertiser": Advertiser(name=None, uscc=None, matched=None),
        "licence": LicenceView(licence, date(2026, 11, 1), False, None, "名单中未见"),
        "route": ("市场监督管理部门",),
        "ruleset": "2026.11.1",
        "model": "test",
    }
    return Judgement(**(values | more))


def ad(
    text: str = "保本保息，年化12.5%",
    *findings: Finding,
    source: str = "baidu",
    url: str | None = "https://licai.example/join",
    licence: LicenceStatus = LicenceStatus.UNKNOWN,
    first_seen: datetime = NOON,
    **more: Any,
) -> AdRecord:
    """One ad; its id and case follow from source, URL and text as in production."""
    title = more.get("title", "星河理财")
    creative = f"{title}\n{text}"
    values: dict[str, Any] = {
        "id": ids.ad_id(source, url, creative),
        "case_id": ids.case_id(url, None, creative),
        "source": source,
        "channel": Channel.SEARCH,
        "title": title,
        "text": text,
        "creative": creative,
        "display": ids.landing_host(url),
        "landing_url": url,
        "landing_host": ids.landing_host(url),
        "advertiser_shown": "星河理财有限公司",
        "app": None,
        "icp": None,
        "landing": Landing(url=url, outcome=Outcome.OK, text="立即加入") if url else None,
        "keyword": "理财",
        "first_seen": first_seen,
        "judged_at": first_seen,
        "judgement": judgement(*findings, licence=licence),
        "tokens": ("保本", "保息"),
    }
    return AdRecord(**(values | more))


def evidence(role: str = "html", sha256: str = FILE_HASH) -> EvidenceRef:
    return EvidenceRef(role=role, sha256=sha256, size=10, media_type="text/html")


def task(run: str = "r1", source: str = "baidu", keyword: str = "理财", page: int = 1) -> Task:
    url = f"https://{source}.example/s?wd={keyword}&pn={page}"
    return Task(
        id=ids.task_id(run, source, url, keyword, "desktop", page, None),
        run_id=run,
        source=source,
        url=url,
        channel=Channel.SEARCH,
        keyword=keyword,
        page=page,
    )


def capture(
    of: Task, outcome: Outcome = Outcome.OK, at: datetime = NOON, detail: str | None = None
) -> Capture:
    return Capture(task=of, outcome=outcome, at=at, url=of.url, detail=detail, evidence=(evidence(),))


def sighting(of: AdRecord, by: Task, at: datetime = NOON, sha256: str = FILE_HASH) -> Sighting:
    return Sighting(
        id=ids.sighting_id(of.id, by.id),
        ad_id=of.id,
        run_id=by.run_id,
        task_id=by.id,
        source=by.source,
        at=at,
        device=Device.DESKTOP,
        region=None,
        keyword=by.keyword,
        slot=Slot.TOP,
        position=1,
        mark="广告",
        page_url=by.url,
        evidence=(evidence(sha256=sha256),),
    )


def bundle(
    *ads: AdRecord,
    run: str = "r1",
    source: str | None = None,
    page: int = 1,
    at: datetime = NOON,
    outcome: Outcome = Outcome.OK,
    detail: str | None = None,
    sha256: str = FILE_HASH,
) -> CaptureBundle:
    """One finished task that saw these ads once each; its source is the first ad's."""
    by = task(run, source or (ads[0].source if ads else "baidu"), page=page)
    brought = msgspec.structs.replace(
        capture(by, outcome, at, detail), ads=tuple(SeenAd(title=a.title, text=a.text) for a in ads)
    )
    return CaptureBundle(capture=brought, ads=ads, sightings=tuple(sighting(a, by, at, sha256) for a in ads))


def run(id: str = "r1", started_at: datetime = NOON) -> Run:
    return Run(id=id, plan="每日监测", started_at=started_at)
