"""When a schedule comes: as cron reads its five fields, in the plan's zone, also on the nights that clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.errors import PlanError
from crawlers.plan import Missed, Schedule, Unfinished, parse_plan
from crawlers.times import MOST_COUNTED, count_times, cron_fault, latest_time, next_time, zone_fault


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def times(cron: str, zone: str, after: str, count: int) -> list[str]:
    schedule, now, found = Schedule(cron=(cron,), zone=zone), at(after), []
    for _ in range(count):
        now = next_time(schedule, now)
        found.append(f"{now:%m-%d %H:%M}")
    return found


@pytest.mark.parametrize(
    ("cron", "zone", "after", "expected"),
    [
        pytest.param("0 2 * * *", "Asia/Shanghai", "2026-11-22", ["11-22 18:00", "11-23 18:00"], id="china"),
        pytest.param("0 2 * * *", "Asia/Shanghai", "2026-11-22 18:00", ["11-23 18:00"], id="after-is-not-at"),
        pytest.param("0 9 * * 0", "UTC", "2026-11-22 10:00", ["11-29 09:00"], id="sunday-is-0"),
        pytest.param("0 9 * * 7", "UTC", "2026-11-22 10:00", ["11-29 09:00"], id="sunday-is-7"),
        pytest.param("0 9 * * 1-5", "UTC", "2026-11-20 10:00", ["11-23 09:00"], id="working-days"),
        pytest.param(
            "0 9 * * fri-7",
            "UTC",
            "2026-11-22 10:00",
            ["11-27 09:00", "11-28 09:00"],
            id="a-range-that-ends-on-sunday",
        ),
        pytest.param(
            "0 9 13 * 5", "UTC", "2026-11-22", ["11-27 09:00", "12-04 09:00"], id="either-day-field"
        ),
        pytest.param(
            "0 9 */2 * 5", "UTC", "2026-11-22", ["11-27 09:00", "12-11 09:00"], id="a-star-asks-both"
        ),
        pytest.param("*/25 8 * * *", "UTC", "2026-11-22", ["11-22 08:00", "11-22 08:25"], id="steps"),
        pytest.param("0 0 1,15 JAN,dec *", "UTC", "2026-11-22", ["12-01 00:00", "12-15 00:00"], id="names"),
        pytest.param("0 0 29 2 *", "UTC", "2026-11-22", ["02-29 00:00"], id="a-leap-day"),
        pytest.param(
            "30 2 * * *", "America/New_York", "2026-03-07 12:00", ["03-08 07:30", "03-09 06:30"], id="gap"
        ),
        pytest.param(
            "30 1 * * *", "America/New_York", "2026-10-31 12:00", ["11-01 05:30", "11-02 06:30"], id="twice"
        ),
        pytest.param(
            "*/30 * * * *",
            "America/New_York",
            "2026-11-01 04:45",
            ["11-01 05:00", "11-01 05:30", "11-01 06:00", "11-01 06:30"],
            id="intervals-go-on-through-the-hour-that-repeats",
        ),
    ],
)
def test_times_come_as_cron_has_them(cron: str, zone: str, after: str, expected: list[str]) -> None:
    assert times(cron, zone, after, len(expected)) == expected


@pytest.mark.parametrize(
    ("cron", "word"),
    [
        ("0 2 * *", "4 fields"),
        ("0 2 * * * *", "6 fields"),
        ("@daily", "1 fields"),
        ("60 2 * * *", "no minute"),
        ("0 24 * * *", "no hour"),
        ("0 0 0 * *", "no day of the month"),
        ("0 0 * 13 *", "no month"),
        ("0 0 * * 8", "no weekday"),
        ("0 0 * * fri-mon", "no weekday"),
        ("5/15 * * * *", "no minute"),
        ("*/0 * * * *", "no minute"),
        ("0,, 0 * * *", "no minute"),
        ("٣ 0 * * *", "no minute"),
        ("0 0 30 2 *", "never comes"),
        ("0 0 31 4,6,9,11 *", "never comes"),
    ],
)
def test_what_is_no_expression_is_said(cron: str, word: str) -> None:
    fault = cron_fault(cron)
    assert fault is not None
    assert word in fault
    assert fault.zh


@pytest.mark.parametrize("name", ["Asia/Nowhere", "Asia", "../etc/passwd", "x" * 5000, "", "a\0b", "CST+8"])
def test_what_is_no_zone_is_said(name: str) -> None:
    assert zone_fault(name) is not None


def field(least: int, most: int) -> st.SearchStrategy[tuple[str, frozenset[int]]]:
    """A field as text, and the numbers that it means."""
    number = st.integers(least, most)
    spans = st.tuples(number, number).map(sorted)
    return st.one_of(
        st.just(("*", frozenset(range(least, most + 1)))),
        st.sets(number, min_size=1, max_size=4).map(lambda some: (",".join(map(str, some)), frozenset(some))),
        spans.map(lambda span: (f"{span[0]}-{span[1]}", frozenset(range(span[0], span[1] + 1)))),
        st.integers(1, 20).map(lambda step: (f"*/{step}", frozenset(range(least, most + 1, step)))),
    )


@given(
    field(0, 59),
    field(0, 23),
    field(0, 6),
    st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)).map(lambda naive: naive.replace(tzinfo=UTC)),
)
def test_the_next_time_is_the_first_minute_that_fits(
    minute: tuple[str, frozenset[int]],
    hour: tuple[str, frozenset[int]],
    weekday: tuple[str, frozenset[int]],
    zone: str,
    after: datetime,
) -> None:
    schedule = Schedule(cron=(f"{minute[0]} {hour[0]} * * {weekday[0]}",), zone=zone)
    found = next_time(schedule, after)
    assert found > after
    place = ZoneInfo(zone)

    def fits(instant: datetime) -> bool:
        local = instant.astimezone(place)
        if local.fold and not hour[0].startswith("*"):
            return False
        days = (local.weekday() + 1) % 7
        return local.minute in minute[1] and local.hour in hour[1] and days in weekday[1]

    # A time inside the hour that a spring night leaves out is given as the clock would have shown it.
    if not skipped(found, place):
        assert fits(found)
    step = after.replace(second=0, microsecond=0) + timedelta(minutes=1)
    stop = min(found, after + timedelta(days=2))
    while step < stop:
        assert not fits(step), f"{step} was passed over"
        step += timedelta(minutes=1)


def skipped(instant: datetime, zone: ZoneInfo) -> bool:
    """Whether clocks went forward within the two hours before an instant."""
    before = instant - timedelta(hours=2)
    return instant.astimezone(zone).utcoffset() != before.astimezone(zone).utcoffset()


@given(
    st.sampled_from(["* * * * *", "*/7 * * * *", "0 2 * * *", "0 9 * * 1", "0 0 1 1 *", "15 3 1,15 * *"]),
    st.integers(0, 60 * 24 * 40),
)
def test_the_latest_time_is_the_last_of_all(cron: str, minutes: int) -> None:
    schedule, after = Schedule(cron=(cron,)), at("2026-11-22 00:30")
    until = after + timedelta(minutes=minutes)
    last = latest_time(schedule, after, until)
    count = count_times(schedule, after, until)
    assert (last is None) == (count == 0)
    if last is not None:
        assert after < last <= until < next_time(schedule, last)
    assert count <= MOST_COUNTED


def test_of_several_expressions_the_first_counts() -> None:
    schedule = Schedule(cron=("0 17 * * *", "30 8 * * *"), zone="UTC")
    assert next_time(schedule, at("2026-11-22 08:00")) == at("2026-11-22 08:30")
    assert latest_time(schedule, at("2026-11-01"), at("2026-11-22 18:00")) == at("2026-11-22 17:00")
    assert count_times(schedule, at("2026-11-22"), at("2026-11-24")) == 4


_SOURCES = "sources: [{source: baidu, keywords: [理财]}]"


def test_a_plan_carries_its_schedule() -> None:
    assert parse_plan(f"title: 甲\n{_SOURCES}", "p").schedule is None
    plan = parse_plan(f"title: 甲\n{_SOURCES}\nschedule: {{cron: 0 2 * * *}}", "p")
    assert plan.schedule == Schedule(cron=("0 2 * * *",))
    assert plan.schedule.zone == "Asia/Shanghai"
    plan = parse_plan(
        f"title: 甲\n{_SOURCES}\nschedule: {{cron: ['0 2 * * *', '0 9 * * 1'], zone: Asia/Urumqi,"
        " missed: skip, unfinished: leave}",
        "p",
    )
    assert plan.schedule == Schedule(
        cron=("0 2 * * *", "0 9 * * 1"), zone="Asia/Urumqi", missed=Missed.SKIP, unfinished=Unfinished.LEAVE
    )


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        pytest.param("{}", "cron", id="no-time"),
        pytest.param("{cron: 0 2 * *}", "$.schedule.cron: '0 2 * *' has 4 fields", id="four-fields"),
        pytest.param("{cron: [0 2 * * *, 0 0 30 2 *]}", "'0 0 30 2 *' names a day", id="second-never-comes"),
        pytest.param("{cron: 0 2 * * *, zone: 北京}", "no time zone '北京'", id="unknown-zone"),
        pytest.param("{cron: 0 2 * * *, missed: twice}", "$.schedule.missed", id="unknown-word"),
        pytest.param("{cron: 0 2 * * *, every: day}", "every", id="unknown-key"),
        pytest.param("{cron: 5}", "$.schedule.cron", id="a-number"),
        pytest.param("{cron: []}", "$.schedule.cron", id="no-expression"),
    ],
)
def test_a_bad_schedule_is_refused_with_its_place(schedule: str, said: str) -> None:
    with pytest.raises(PlanError) as refused:
        parse_plan(f"title: 甲\n{_SOURCES}\nschedule: {schedule}", "p")
    assert said in str(refused.value)
