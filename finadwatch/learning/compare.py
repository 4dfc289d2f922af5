"""Two sets of heads on the same labelled rows: both scorecards, what changed, and whether it got worse."""

from collections.abc import Iterable, Sequence

import msgspec
import numpy as np

from finadwatch.scorecards.count import (
    ALARMS,
    CATEGORIES,
    HITS,
    MISSES,
    PROMOTION,
    Floats,
    Judged,
    count,
)
from finadwatch.scorecards.figures import Figures, figures
from finadwatch.scorecards.intervals import NOTHING, Estimate, resampled
from findings.model.errors import Said

#: A fall of F1 up to this is no fall: two of the thousand cases of the samples' check part.
TOLERANCE = 0.002
#: The same of the few hundred samples that rules carry: three or four of them.
OF_RULES = 0.01
#: Texts without an ad that may begin to fire: this share of them, and one at least.
MORE_ALARMS = 0.002


class Change(msgspec.Struct, frozen=True):
    """F1 before and after, and the difference with its interval of 95 %; None where nothing is to be found."""

    before: float | None
    after: float | None
    change: Estimate

    @property
    def surely_worse(self) -> bool:
        """Whether the whole interval lies below zero."""
        return self.change.high is not None and self.change.high < 0

    @property
    def moved(self) -> str:
        """The difference and its interval; a dash where nothing is to be found."""
        if self.change.value is None or self.change.low is None or self.change.high is None:
            return "–"
        return f"{self.change.value:+.4f} [{self.change.low:+.4f}, {self.change.high:+.4f}]"

    def falls(self, tolerance: float) -> bool:
        """Whether it falls beyond a tolerance, or surely."""
        return self.change.value is not None and (self.change.value < -tolerance or self.surely_worse)


class Comparison(msgspec.Struct, frozen=True):
    """What was measured before and after on the same rows.

    `learned` is the micro-F1 over 2–9 on verdicts kept aside, `rules` on the rules' own samples, `silent` the
    texts without an ad that fire before and after, of how many.
    """

    before: Figures
    after: Figures
    micro: Change
    promotion: Change
    categories: dict[int, Change]
    learned: Change
    rules: Change
    silent: tuple[int, int, int]


def compare(before: Sequence[Judged], after: Sequence[Judged], *, learned: str, rules: str) -> Comparison:
    """Compare judgements of the same rows in the same order.

    Rows of the file `learned` are verdicts, those of the file `rules` the rules' own samples, which
    stand in no other figure than theirs.
    """
    if [one.row for one in before] != [one.row for one in after]:
        raise ValueError("before and after are of different rows")
    pairs = list(zip(before, after, strict=True))
    main = [pair for pair in pairs if pair[0].row.file != rules]
    quiet = [(old, new) for old, new in main if not old.row.promotion]
    everything = _sides(main)
    return Comparison(
        before=figures(everything[0]),
        after=figures(everything[1]),
        micro=change(*everything, CATEGORIES),
        promotion=change(*everything, (PROMOTION,)),
        categories={category: change(*everything, (category,)) for category in range(1, 10)},
        learned=change(*_sides(pair for pair in main if pair[0].row.file == learned), CATEGORIES),
        rules=change(*_sides(pair for pair in pairs if pair[0].row.file == rules), CATEGORIES),
        silent=(sum(old.alarmed for old, _ in quiet), sum(new.alarmed for _, new in quiet), len(quiet)),
    )


def _sides(pairs: Iterable[tuple[Judged, Judged]]) -> tuple[list[Judged], list[Judged]]:
    listed = list(pairs)
    return [old for old, _ in listed], [new for _, new in listed]


def change(before: Sequence[Judged], after: Sequence[Judged], questions: Sequence[int]) -> Change:
    """The change of F1 over some questions by paired bootstrap: the same draw of groups for both."""
    if not before:
        return Change(None, None, NOTHING)
    chosen = list(questions)
    tables = [count(judged).table[:, :, chosen].sum(axis=(1, 2)) for judged in (before, after)]
    old, new = (_f1(table.sum(axis=0)[None]).item() for table in tables)
    if np.isnan(old) or np.isnan(new):
        return Change(None if np.isnan(old) else old, None if np.isnan(new) else new, NOTHING)
    drawn = [_f1(resampled(table)) for table in tables]
    differences = drawn[1] - drawn[0]
    low, high = np.nanpercentile(differences, (2.5, 97.5))
    point = new - old
    return Change(old, new, Estimate(point, min(float(low), point), max(float(high), point)))


def _f1(counts: Floats) -> Floats:
    hits, wrong = counts[:, HITS], counts[:, ALARMS] + counts[:, MISSES]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(2 * hits / (2 * hits + wrong))


def refusals(found: Comparison) -> list[Said]:
    """Why the new heads are refused; none where nothing got worse."""
    reasons = []
    for name, zh, one, tolerance in (
        ("the micro-F1 over categories 2–9", "情形 2–9 的微平均 F1 ", found.micro, TOLERANCE),
        ("the F1 of being a promotion", "“是否推广”的 F1 ", found.promotion, TOLERANCE),
        ("the micro-F1 on the rules' own samples", "规则自带样例上的微平均 F1 ", found.rules, OF_RULES),
    ):
        if one.falls(tolerance):
            reasons.append(_fell(name, zh, one))
    if found.learned.surely_worse:
        reasons.append(
            _fell("the micro-F1 on verdicts kept aside", "留出的核查结论上的微平均 F1 ", found.learned)
        )
    before, after, of = found.silent
    if after - before > max(1, MORE_ALARMS * of):
        reasons.append(
            Said(
                f"of {of} texts that promote nothing {after} would fire, {before} do now",
                zh=f"{of} 条不属推广的文本中，误报由 {before} 条增至 {after} 条",
            )
        )
    return reasons


def _fell(name: str, zh: str, one: Change) -> Said:
    return Said(
        f"{name} falls from {one.before:.4f} to {one.after:.4f} ({one.moved})",
        zh=f"{zh}由 {one.before:.4f} 降至 {one.after:.4f}（{one.moved}）",
    )
