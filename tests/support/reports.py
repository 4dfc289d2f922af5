"""A small world whose numbers a reader can count: 2026-11-13 (a Friday) to 2026-11-24."""

from datetime import UTC, date, datetime, timedelta

from findings.model.handover import (
    Answer,
    BatchRecord,
    BatchState,
    Done,
    HandedItem,
    Paper,
    Presence,
    Receipt,
    item_id,
)
from findings.model.judgement import Advertiser, FormFinding, Handler
from findings.model.records import AdRecord, CaptureBundle
from findings.model.vocabulary import CaseState, FormDuty, Level, Outcome, Severity
from findings.store import FindingStore
from handover.reports.figures import Figures, gather
from handover.reports.plan import Kind, ReportPlan
from tests.support import casebooks
from tests.support import records as make

SINCE, UNTIL = date(2026, 11, 13), date(2026, 11, 24)
MADE = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
#: Names that would break a page, a paper, a sheet or a search.
HOSTILE = (
    '<script>alert("x")</script>', '=HYPERLINK("http://x.example")', "😀发财💰贷款", "{{ 7*7 }}{% raw %}",
    "〖1〗〖weeks〗\ue000\x00\x1b[31m控制\u202e符", "海" * 10_000, '星"河\'s “理财”', "-保本 OR NOT", "A\nB&amp;",
)  # fmt: skip


def at(day: int, hour: int = 12) -> datetime:
    """An hour of a day of November, in China."""
    return datetime(2026, 11, day, tzinfo=UTC) + timedelta(hours=hour - 8)


def ad(
    name: str,
    *levels: tuple[int, Level],
    day: int = 16,
    hour: int = 12,
    firm: str | None = None,
    place: str = "",
    source: str = "baidu",
    duty: bool = False,
) -> AdRecord:
    found = (
        make.finding(category, level=level, severity=Severity.HIGH if level is Level.CLEAR else Severity.LOW)
        for category, level in levels
    )
    form = (FormFinding(FormDuty.LURE, Level.CLEAR, Severity.LOW, (), "假按钮", "改正"),) if duty else ()
    judged = make.judgement(
        *found,
        form=form,
        advertiser=Advertiser(firm, None, None),
        handlers=(Handler("某局", "market", place, "其住所"),) if place else (),
    )
    return make.ad(
        name,
        judgement=judged,
        first_seen=at(day, hour),
        source=source,
        case_id=f"c1-{name}",
        advertiser_shown=None,
    )


CLEAR, ARGUABLE = Level.CLEAR, Level.ARGUABLE
#: Found in the period: 7. Leads: A B C D. Arguable alone: E.
ADS = (
    ad("A", (2, CLEAR), day=13, hour=0, firm="星河理财有限公司", place="上海"),
    ad("B", (2, CLEAR), (3, ARGUABLE), day=16, firm="星河理财有限公司", place="深圳"),
    ad("C", (8, CLEAR), (2, CLEAR), day=22, firm="张伟", place="上海"),
    ad("D", (5, CLEAR), day=24, hour=23, firm=HOSTILE[2], source="sogou"),
    ad("E", (3, ARGUABLE), day=24, place="上海", source="sogou"),
    ad("F", day=16, place="上海", duty=True),
    ad("G", day=17, source="sogou"),
)
#: Before the period; H is still seen in it.
OLDER = (ad("H", (2, CLEAR), day=12, hour=23), ad("I", (2, CLEAR), day=2))


def captured(number: int, source: str, day: int, outcome: Outcome, *ads: AdRecord) -> CaptureBundle:
    return make.bundle(*ads, run="r1", source=source, page=number, at=at(day), outcome=outcome)


def fill(store: FindingStore) -> None:
    """baidu: 4 of 5 pages read on 4 of 12 days; sogou: 2 of 6, on 2; portal: one refused."""
    store.put_run(make.run())
    one, two, three, four, five, six, seven = ADS
    read = [
        captured(0, "baidu", 2, Outcome.OK, OLDER[1]),
        captured(1, "baidu", 13, Outcome.OK, one, OLDER[0]),
        captured(2, "baidu", 16, Outcome.OK, two, six),
        captured(3, "baidu", 22, Outcome.OK, three),
        captured(4, "baidu", 24, Outcome.EMPTY),
        captured(5, "sogou", 17, Outcome.OK, seven),
        captured(6, "sogou", 24, Outcome.OK, four, five),
    ]
    unread = [("baidu", 24, Outcome.TIMEOUT), ("portal", 20, Outcome.SKIPPED)]
    unread += [("sogou", day, Outcome.CAPTCHA) for day in (13, 14, 15, 16)]
    refused = [captured(10 + number, *one) for number, one in enumerate(unread)]
    store.write_many([*read, *refused])
    book = store.casebook()
    casebooks.set_state(book, "c1-A", CaseState.HANDED_OVER)
    casebooks.set_state(book, "c1-B", CaseState.CONFIRMED, district="浦东新区")
    casebooks.set_state(book, "c1-C", CaseState.EXCLUDED)
    hand_over(store)


def hand_over(store: FindingStore) -> None:
    """One batch within the period: gone after 2 and after 10 days, still up, back; and one before it."""
    kept = store.handovers()
    for number, (day, presences) in enumerate(
        [(14, (2, 10, Presence.UP, Presence.BACK)), (12, (1,))], start=1
    ):
        done = Done("张三", at(day))
        batch = BatchRecord(
            id=f"{number:032x}", version=0, paper=Paper.CLOSURE, state=BatchState.SENT, office="虚城局", addressee="虚城通管局",
            year=2026, number=number, mark=f"虚市监网〔2026〕{number}号", case_ids=("c1-A",), drafted=done, sent=done,
        )  # fmt: skip
        kept.put_batch(batch)
        answer = Receipt(
            answer=Answer.CLOSED, text="已关闭", file=make.FILE_HASH, line=2, at=at(20), by="张三"
        )
        kept.put_items(
            HandedItem(
                id=item_id(batch.id, row), version=0, batch_id=batch.id, row=row, case_id="c1-A", ad_ids=(), title="甲",
                advertiser=None, host=None, urls=(), sources=("baidu",), sent_at=at(day), receipts=(answer,) if row == 1 else (),
                presence=seen if isinstance(seen, Presence) else Presence.GONE,
                gone_at=None if isinstance(seen, Presence) else at(day) + timedelta(days=seen),
            )
            for row, seen in enumerate(presences, start=1)
        )  # fmt: skip


def plan(kind: Kind = Kind.BRIEF, **more: object) -> ReportPlan:
    values: dict[str, object] = {"since": SINCE, "until": UNTIL, "districts": ("浦东新区",)}
    return ReportPlan(kind=kind, **(values | more))  # type: ignore[arg-type]


def figures(store: FindingStore, kind: Kind = Kind.BRIEF, **more: object) -> Figures:
    return gather(store, plan(kind, **more), MADE)
