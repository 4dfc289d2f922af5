"""Time to takedown, and what an office is reminded of."""

from datetime import UTC, date, datetime, timedelta

from findings.model.handover import BatchRecord, BatchState, Done, HandedItem, Paper, Presence, item_id
from findings.review.calendar import load_calendar
from handover.recheck.reminders import Reminds, reminders
from handover.recheck.times import percentile, takedown_days, takedown_times

SENT = datetime(2026, 11, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def item(row: int, **more: object) -> HandedItem:
    values: dict[str, object] = {
        "id": item_id("b" * 32, row),
        "version": 1,
        "batch_id": "b" * 32,
        "row": row,
        "case_id": f"c1-{row}",
        "ad_ids": (),
        "title": "理财",
        "advertiser": None,
        "host": None,
        "urls": (),
        "sent_at": SENT,
    }
    return HandedItem(**(values | more))  # type: ignore[arg-type]


def gone(row: int, days: float) -> HandedItem:
    return item(row, presence=Presence.GONE, gone_at=SENT + days * DAY)


def test_times_count_from_sending_to_the_first_of_two_misses_and_name_what_is_open() -> None:
    rows = [gone(1, 2), gone(2, 4), gone(3, 12), item(4, presence=Presence.UP), item(5, sent_at=None)]
    rows += [item(6, presence=Presence.BACK, gone_at=SENT + DAY, back_at=SENT + 9 * DAY), item(7)]
    found = takedown_times(rows, NOW)
    assert (found.sent, found.gone, found.open, found.back, found.unseen) == (6, 3, 3, 1, 1)
    assert found.median_days == 4
    assert found.percentile_days == {25: 3, 75: 8, 90: 10.4}
    assert round(found.oldest_days or 0, 2) == 22.17
    assert [takedown_days(one) for one in rows[:1] + rows[5:6]] == [2, None]


def test_nothing_gone_has_no_median() -> None:
    found = takedown_times([], NOW)
    assert (found.median_days, found.percentile_days, found.oldest_days) == (None, {}, None)
    assert percentile([7.0], 90) == 7.0


def batch(**more: object) -> BatchRecord:
    values: dict[str, object] = {
        "id": "b" * 32,
        "version": 1,
        "paper": Paper.CLOSURE,
        "state": BatchState.SENT,
        "office": "局",
        "addressee": "某通信管理局",
        "year": 2026,
        "mark": "〔2026〕1号",
        "case_ids": (),
        "drafted": Done("a", SENT),
        "due": date(2026, 11, 18),
    }
    return BatchRecord(**(values | more))  # type: ignore[arg-type]


def test_what_is_owed_of_a_batch() -> None:
    rows = [
        item(1, presence=Presence.UP, next_visit=NOW - 2 * DAY),
        item(2, presence=Presence.GONE, gone_at=SENT + DAY, next_visit=NOW + DAY),
    ]
    calendar = load_calendar()

    def owed(record: BatchRecord, still_up_days: int = 15) -> list[tuple[Reminds, int | None, int]]:
        found = reminders(
            record, rows, now=NOW, today=date(2026, 11, 23), calendar=calendar, still_up_days=still_up_days
        )
        return [(one.what, one.row, one.days) for one in found]

    assert owed(batch()) == [(Reminds.ANSWER, None, 3), (Reminds.STILL_UP, 1, 22), (Reminds.VISIT, 1, 2)]
    assert owed(batch(due=date(2026, 11, 23)), 30) == [(Reminds.VISIT, 1, 2)]
    assert owed(batch(state=BatchState.VOID)) == []
