"""Labelled rows and judgements on them, for tests of the scorecard. Every sentence is invented."""

from collections.abc import Iterable

from finadwatch.scorecards.count import Judged
from finadwatch.scorecards.rows import Row
from findings.model.judgement import ScreenInput
from findings.model.vocabulary import Channel, Level
from tests.support import records

TEXT = "星河理财，保本保息，年化12%，立即购买"


def row(
    cats: Iterable[int] = (),
    soft: Iterable[int] = (),
    *,
    name: str = "a1",
    promotion: bool | None = True,
    text: str = TEXT,
    kind: str = "case",
    group: str | None = None,
    line: int = 1,
    spans: dict[str, str] | None = None,
    why: str | None = None,
) -> Row:
    """A labelled row; with `promotion=None` a silent one."""
    return Row(
        file="labelled.jsonl",
        line=line,
        id=name,
        group=group,
        kind=kind,
        channel=Channel.WEB,
        ad=ScreenInput(id=name, text=text),
        promotion=promotion,
        cats=frozenset(cats),
        soft=frozenset(soft),
        spans=spans or {},
        why=why,
    )


def judged(
    one: Row, clear: Iterable[int] = (), arguable: Iterable[int] = (), promotion: bool = True
) -> Judged:
    """A row with findings of these categories."""
    found = [
        records.finding(category, level=level)
        for level, numbers in ((Level.CLEAR, clear), (Level.ARGUABLE, arguable))
        for category in numbers
    ]
    return Judged(one, records.judgement(*found, promotion=promotion))
