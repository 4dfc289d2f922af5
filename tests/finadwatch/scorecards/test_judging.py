"""Labelled rows go through `screen`: in order, a row that can't be judged left out and named. The judge
here is a plain class: what it says is tested where it lives."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import cast

import pytest

from finadwatch.judging import Judge
from finadwatch.scorecards.judging import judge_all
from findings.model.errors import FinAdWatchError
from findings.model.judgement import Judgement, ScreenInput
from tests.support import records
from tests.support.labelled import row

TODAY = date(2026, 11, 22)


class Picky:
    """Judges everything alike but can't judge the text `bad`."""

    def judge_many(
        self, ads: Sequence[ScreenInput], days: Sequence[date], base: Path | None = None
    ) -> list[Judgement]:
        if any(ad.text == "bad" for ad in ads):
            raise FinAdWatchError("it can't be read", zh="无法读取")
        return [records.judgement(records.finding(), id=ad.id) for ad in ads]


def test_rows_keep_their_order_and_one_that_cannot_be_judged_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = [row(name=str(at), line=at + 1, text="bad" if at == 40 else "好") for at in range(70)]
    judged = judge_all(rows, lambda: cast(Judge, Picky()), on=None, today=TODAY)
    assert [one.row for one in judged] == [one for one in rows if one.text != "bad"]
    assert all(one.judgement.id == one.row.id for one in judged)
    assert capsys.readouterr().err == "✗ labelled.jsonl:41: 无法读取\n"


def test_no_rows_ask_no_judge() -> None:
    assert judge_all([], lambda: cast(Judge, Picky()), on=None, today=TODAY) == []
