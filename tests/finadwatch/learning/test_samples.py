"""Verdicts become one sample a text; what is kept is kept once and whole."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finadwatch.errors import LearnedDamaged
from finadwatch.learning.rows import kept_aside, row_of
from finadwatch.learning.samples import Learned, Sample, joined, samples_of
from finadwatch.learning.verdicts import Unreadable, Verdict
from findings.model.vocabulary import Channel
from models.learning_on import Answer

YES, ARGUABLE, NO = Answer.YES, Answer.ARGUABLE, Answer.NO
TEXT = "月月红，到期多还一份"


def verdict(answers: dict[int, Answer], *, text: str = TEXT, day: int = 1, name: str = "c1") -> Verdict:
    return Verdict(id=name, text=text, answers=answers, at=datetime(2026, 11, day, tzinfo=UTC))


def test_of_two_verdicts_the_latest_counts_and_both_are_named() -> None:
    samples, contradictions = samples_of(
        [verdict({2: NO}, day=9, text=TEXT + " "), verdict({0: YES, 2: YES}, day=2), verdict({5: ARGUABLE})]
    )
    assert [sample.answers for sample in samples] == [{0: YES, 2: NO, 5: ARGUABLE}]
    assert [(one.question, one.answers) for one in contradictions] == [(2, (YES, NO))]


def test_of_two_at_one_time_the_one_that_came_later_counts() -> None:
    samples, _ = samples_of([verdict({2: NO}), verdict({2: YES})])
    assert samples[0].answers == {2: YES}


def test_what_is_kept_is_read_back_and_said_once(tmp_path: Path) -> None:
    learned = Learned(tmp_path / "learned")
    listed = [verdict({2: NO}), verdict({0: YES, 8: YES}, text="另一条", name="c2")]
    aside = [Unreadable("v.jsonl", 3, "not JSON", "不是", "x")]
    for _ in range(2):
        learned.keep(joined(learned.verdicts(), listed), aside)
    assert learned.verdicts() == listed
    assert len((learned.folder / "set_aside.jsonl").read_text().splitlines()) == 1
    assert sorted(path.name for path in learned.folder.iterdir()) == ["samples.jsonl", "set_aside.jsonl"]


def test_a_damaged_file_is_told_with_its_line(tmp_path: Path) -> None:
    learned = Learned(tmp_path)
    learned.keep([verdict({2: NO})], [])
    learned.file.write_bytes(learned.file.read_bytes() + b'{"id"')
    with pytest.raises(LearnedDamaged) as caught:
        learned.verdicts()
    assert caught.value.line == 2


def sample(name: str, group: str, answers: dict[int, Answer] | None = None) -> Sample:
    return Sample(id=name, text=TEXT, channel=Channel.IM, group=group, answers=answers or {2: YES})


@given(st.lists(st.tuples(st.text(min_size=1), st.text(min_size=1)), max_size=30), st.floats(0, 0.9))
def test_a_group_stands_on_one_side(named: list[tuple[str, str]], share: float) -> None:
    samples = [sample(*one) for one in named]
    teach, check = kept_aside(samples, share)
    assert {one.group for one in teach}.isdisjoint(one.group for one in check)
    assert len(teach) + len(check) == len(samples)
    assert kept_aside(list(reversed(samples)), share)[1] == check[::-1]


def test_about_a_share_of_many_groups_is_kept_aside() -> None:
    _, check = kept_aside([sample(str(at), f"g{at}") for at in range(2000)], 0.2)
    assert 330 < len(check) < 470
    assert kept_aside([sample("a", "g")], 0)[1] == []


def test_what_nobody_said_is_no_question() -> None:
    row = row_of(sample("a", "g", {2: NO, 5: ARGUABLE}), 1)
    assert (row.cats, row.soft, row.unasked) == (frozenset(), {5}, {0, 1, 3, 4, 6, 7, 8, 9})
    assert not row.silent
    assert row_of(sample("a", "g", dict.fromkeys(range(10), NO)), 1).promotion is False
