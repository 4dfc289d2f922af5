"""A line out for each line in, in order, whatever the line. The judge here is a plain function:
what it says is tested where it lives."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from finadwatch.judging import Judge
from finadwatch.screening import Answer, Line, Tally, answers, numbered, screen
from findings.model.errors import FinAdWatchError
from findings.model.judgement import Judgement, ScreenInput
from findings.model.vocabulary import Severity
from tests.support import records

TODAY = date(2026, 11, 22)


@dataclass
class Echo:
    """Judges everything alike and remembers the day it was asked about."""

    days: list[date] = field(default_factory=list)

    def judge_many(
        self, ads: Sequence[ScreenInput], days: Sequence[date], base: Path | None = None
    ) -> list[Judgement]:
        self.days.extend(days)
        return [records.judgement(records.finding(), id=ad.id) for ad in ads]


def screened(*lines: bytes, judge: Any = None, on: date | None = None) -> list[Answer]:
    chosen = cast(Judge, judge or Echo())
    return list(screen(numbered(lines), lambda: chosen, on=on, today=TODAY, base=Path()))


def test_a_line_that_cannot_be_read_gives_an_error_in_its_place() -> None:
    given = screened(
        b'{"id":"a","text":"x"}\n', b"not json\n", b'{"id":"b","text":"\xff"}\n', b'{"id":"c","title":"x"}\n'
    )
    said = [json.loads(one.json) for one in given]
    assert [one.get("id") for one in said] == ["a", None, None, "c"]
    assert [one["error"]["line"] for one in said if "error" in one] == [2, 3]
    assert set(said[1]["error"]) == {"type", "message", "line"}


def test_a_line_with_nothing_to_judge_says_so_instead_of_passing_as_harmless() -> None:
    said = json.loads(screened(b'{"id":"a","txet":"misspelt"}')[0].json)
    assert said["id"] is None
    assert said["error"]["type"] == "nothing_to_judge"


def test_blank_lines_are_skipped_but_counted_and_a_bom_is_taken_off() -> None:
    given = screened(b'\xef\xbb\xbf{"id":"a","text":"x"}\n', b"\n", b"  \r\n", b"oops\n")
    assert [one.line for one in given] == [1, 4]


def test_a_repeated_id_is_judged_and_counted() -> None:
    tally = Tally()
    again = [tally.count(one) for one in screened(b'{"id":"a","text":"x"}', b'{"id":"a","text":"y"}')]
    assert (again, tally.repeated, tally.lines) == ([False, True], ["a"], 2)


def test_the_day_is_the_one_asked_for_else_the_ads_own_else_today() -> None:
    lines = (
        b'{"text":"x","captured_at":"2020-05-06"}',
        b'{"text":"x","captured_at":"2021-01-02T03:04:05Z"}',
        b'{"text":"x"}',
    )
    own, fixed = Echo(), Echo()
    screened(*lines, judge=own)
    screened(*lines, judge=fixed, on=date(2019, 1, 1))
    assert own.days == [date(2020, 5, 6), date(2021, 1, 2), TODAY]
    assert set(fixed.days) == {date(2019, 1, 1)}


class Picky(Echo):
    """Can't judge a chunk that holds the text `bad`."""

    def judge_many(
        self, ads: Sequence[ScreenInput], days: Sequence[date], base: Path | None = None
    ) -> list[Judgement]:
        if any(ad.text == "bad" for ad in ads):
            raise FinAdWatchError("the image can't be read", zh="无法读取图片")
        return super().judge_many(ads, days, base)


def test_one_ad_that_cannot_be_judged_does_not_stop_its_neighbours() -> None:
    lines = [b'{"id":"%d","text":"%s"}' % (n, b"bad" if n == 1 else b"good") for n in range(4)]
    said = [json.loads(one.json) for one in screened(*lines, judge=Picky())]
    assert [one["id"] for one in said] == ["0", None, "2", "3"]
    assert said[1]["error"] == {"type": "FinAdWatchError", "message": "无法读取图片", "line": 2}


def test_the_worst_severity_is_kept() -> None:
    tally = Tally()
    for one in screened(b'{"text":"x"}'):
        tally.count(one)
    assert tally.worst is Severity.HIGH


@given(st.binary(max_size=200).filter(lambda data: data.strip() != b"" and b"\n" not in data))
def test_no_line_stops_the_stream(data: bytes) -> None:
    one = answers([Line(7, data)], cast(Judge, Echo()), None, TODAY, Path())[0]
    said = json.loads(one.json)
    assert ("error" in said) == one.failed
    if one.failed:
        assert said["error"]["line"] == 7
