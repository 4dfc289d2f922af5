"""What counts as getting worse, on rows that can be counted by hand."""

import pytest

from finadwatch.learning.compare import Comparison, change, compare, refusals
from finadwatch.learning.rows import RULES, row_of, rule_rows
from finadwatch.learning.samples import SAMPLES, Sample
from finadwatch.scorecards.count import CATEGORIES, PROMOTION, Judged
from findings.model.vocabulary import Channel
from models.learning_on import Answer
from tests.support.labelled import judged, row

ADS = [row([2], line=at) for at in range(100)]
QUIET = [row(promotion=False, line=at) for at in range(100, 300)]


def judgements(found: int, alarms: int = 0, promoted: int = 100) -> list[Judged]:
    """All rows: so many ads found and seen as ads, so many quiet texts that fire."""
    return [
        *(judged(one, [2] if at < found else [], promotion=at < promoted) for at, one in enumerate(ADS)),
        *(judged(one, [3] if at < alarms else [], promotion=False) for at, one in enumerate(QUIET)),
    ]


def compared(before: list[Judged], after: list[Judged]) -> Comparison:
    return compare(before, after, learned=SAMPLES, rules=RULES)


def test_the_same_judgements_change_nothing() -> None:
    found = compared(judgements(80, 2), judgements(80, 2))
    assert (found.micro.change.value, found.micro.change.low, found.micro.change.high) == (0, 0, 0)
    assert found.micro.before == pytest.approx(2 * 80 / (2 * 80 + 22))
    assert found.silent == (2, 2, 200)
    assert refusals(found) == []


def test_what_gets_better_is_taken_with_its_interval() -> None:
    found = compared(judgements(80), judgements(90))
    assert found.micro.change.low is not None
    assert 0 < found.micro.change.low < found.micro.change.value < found.micro.change.high  # type: ignore[operator]
    assert refusals(found) == []


WORSE = [
    ("micro", judgements(79), "micro-F1 over categories"),
    ("promotion", judgements(80, promoted=90), "being a promotion"),
    ("alarms", judgements(84, alarms=2), "promote nothing"),
]


@pytest.mark.parametrize(("after", "said"), [case[1:] for case in WORSE], ids=[case[0] for case in WORSE])
def test_what_gets_worse_is_refused_with_the_reason(after: list[Judged], said: str) -> None:
    reasons = refusals(compared(judgements(80), after))
    assert len(reasons) == 1
    assert said in str(reasons[0])
    assert reasons[0].zh


def test_what_denies_the_rules_is_refused() -> None:
    rows = list(rule_rows())
    asked = [next(iter(set(range(1, 10)) - one.unasked)) for one in rows]
    assert len(rows) > 100
    assert {*asked} == set(range(2, 10))
    before, after = (
        [judged(one, one.cats if at >= lost else []) for at, one in enumerate(rows)] for lost in (0, 12)
    )
    found = compared([*before, *judgements(80)], [*after, *judgements(80)])
    assert (found.rules.before, found.micro.change.value) == (1, 0)
    assert ["rules' own samples" in str(reason) for reason in refusals(found)] == [True]


def test_one_alarm_more_is_within_tolerance() -> None:
    assert refusals(compared(judgements(80), judgements(90, alarms=1))) == []


def test_verdicts_kept_aside_are_seen_apart_and_a_question_left_open_counts_neither_way() -> None:
    samples = [
        Sample(id=str(at), text="一", channel=Channel.WEB, group=str(at), answers={2: Answer.YES})
        for at in range(20)
    ]
    rows = [row_of(sample, at) for at, sample in enumerate(samples, 1)]
    before = [judged(one, [2, 8], promotion=False) for one in rows]
    after = [judged(one, [8], promotion=True) for one in rows]
    found = compared([*before, *judgements(79)], [*after, *judgements(100)])
    assert (found.learned.before, found.learned.after) == (1, 0)
    assert found.promotion.before == found.promotion.after
    assert found.categories[8].before is None
    assert found.silent == (0, 0, 200)
    assert [str(reason)[:28] for reason in refusals(found)] == ["the micro-F1 on verdicts kep"]


def test_nothing_to_find_is_no_change() -> None:
    quiet = [judged(one, promotion=False) for one in QUIET]
    assert change(quiet, quiet, CATEGORIES).change.value is None
    assert change([], [], (PROMOTION,)).moved == "–"
