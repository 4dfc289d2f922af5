"""Letters and records for tests: plain rows, hostile rows, a case as it was captured. Every name is invented."""

from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from findings.model.crawl import EvidenceRef, Hop
from findings.model.handover import Paper
from findings.model.records import CaseView
from findings.model.vocabulary import CaseState, Device, Outcome
from handover.documents.letters import Letter
from handover.documents.record import Extraction, People
from handover.documents.taken import FileLook, FileTaken, PageTaken
from handover.hosting.model import HostFacts
from handover.rows import BatchRow, batch_row
from tests.support import records

LONG_URL = "https://long.example/" + "a" * 9_979
#: What a hostile page may call itself: a template's tags, XML, emoji, a rare ideograph, a turn of the writing.
HOSTILE = "{{ 7*7 }}{% if %}<w:p>&{_{💰🚀理财𠮷\u202eabc\x00"
TRADITIONAL = "騰訊鬱龘㐂有限公司"


def case(title: str = "星河理财", url: str | None = "https://licai.example/join") -> CaseView:
    ad = records.ad(
        "保本保息，年化12.5%", records.finding(), records.finding(8, type="非法集资"), title=title, url=url
    )
    return CaseView(
        id=ad.case_id,
        state=CaseState.CONFIRMED,
        ads=(ad,),
        first_seen=records.NOON,
        last_seen=records.NOON,
        runs=1,
        sightings=3,
        evidence=(),
    )


def row(
    number: int = 1, *, title: str = "星河理财", url: str | None = "https://licai.example/join", **more: Any
) -> BatchRow:
    return replace(batch_row(number, case(title, url), "ab" * 32, 0), **more)


def rows(count: int) -> tuple[BatchRow, ...]:
    """Rows of which some are hostile, some long, some empty, some full."""
    kinds: list[dict[str, Any]] = [
        {},
        {"title": HOSTILE, "site": HOSTILE, "advertiser": TRADITIONAL},
        {
            "url": LONG_URL,
            "icp_owner": "上海虚构星河金融信息服务有限公司",
            "icp_number": "沪ICP备12345678号-1",
        },
        {"url": None, "host": None, "advertiser": None, "ip": None},
        {"ip": "2001:db8:85a3:8d3:1319:8a2e:370:7348", "place": HostFacts("上海", None, "虚构注册商")},
    ]
    made = [row(**kind) for kind in kinds]
    return tuple(replace(made[number % len(made)], number=number + 1) for number in range(count))


def letter(paper: Paper = Paper.CLOSURE, count: int = 5, **more: Any) -> Letter:
    values: dict[str, Any] = {
        "paper": paper,
        "mark": "虚市监函〔2026〕1号",
        "office": "虚构市市场监督管理局",
        "contact": "张三，000-00000000",
        "addressee": "虚构市通信管理局",
        "date": date(2026, 11, 23),
        "rows": rows(count),
        "due": date(2026, 12, 7),
        "drafted_by": "张三",
        "approved_by": "李四",
        "attachments": ("名单（XLSX、PDF）", "证据包", "回执表"),
        "key": "3f" * 32,
    }
    return Letter(**(values | more))


def file(role: str, number: int, **look: Any) -> FileTaken:
    return FileTaken(EvidenceRef(role, f"{number:064x}", 1_000 * number, "image/png"), FileLook(**look))


def pages() -> tuple[PageTaken, ...]:
    """A page of results and, behind an ad of it, one that did not open: with all that can be odd."""
    hops = tuple(
        Hop(
            f"https://t.example/{'b' * (200 * number)}", 302, "http", records.NOON + timedelta(seconds=number)
        )
        for number in range(3)
    )
    return (
        PageTaken(
            behind=False,
            url="https://so.example/s?wd=理财",
            final_url=None,
            outcome=Outcome.OK,
            at=records.NOON,
            device=Device.DESKTOP,
            source="baidu",
            keyword="理财",
            region="上海",
            proxy=None,
            ip="192.0.2.1",
            files=(
                file("html", 1),
                file("page_screenshot", 2),
                file("headers", 3, ahead_s=75.0),
                file(
                    "warc",
                    4,
                    software="finadwatch 1",
                    cut=("https://x.example/big.js（超过保存上限）",),
                    cut_total=7,
                ),
            ),
        ),
        PageTaken(
            behind=True,
            url=LONG_URL,
            final_url=None,
            outcome=Outcome.TIMEOUT,
            at=records.minutes(1),
            device=Device.MOBILE,
            source="baidu",
            keyword=None,
            region=None,
            proxy="mobile",
            hops=hops,
            clicked=True,
            detail="timeout",
            files=(file("landing_screenshot", 5, fault="缺失"),),
        ),
    )


def extraction(**more: Any) -> Extraction:
    values: dict[str, Any] = {
        "case": case(HOSTILE),
        "pages": pages(),
        "people": People(office="虚构市市场监督管理局", officers=("王五 31000001",)),
        "software": "finadwatch test",
        "at": records.minutes(60),
    }
    return Extraction(**(values | more))
