"""A scorecard as data: the figures and what they were measured with."""

from datetime import date

import msgspec

from finadwatch.scorecards.count import Judged
from finadwatch.scorecards.figures import Figures, figures
from finadwatch.scorecards.split import Split


class Card(msgspec.Struct, frozen=True):
    """What `finadwatch scorecard --json` prints. `unjudged` rows are in no figure."""

    files: tuple[str, ...]
    split: Split
    as_of: date
    ruleset: str
    model: str
    rows: int
    unjudged: int
    figures: Figures


def card(judged: list[Judged], *, files: tuple[str, ...], split: Split, as_of: date, unjudged: int) -> Card:
    """The scorecard of judged rows, at least one."""
    said = judged[0].judgement
    return Card(files, split, as_of, said.ruleset, said.model, len(judged), unjudged, figures(judged))
