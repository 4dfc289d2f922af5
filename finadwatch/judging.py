"""Two independent verdicts made one: the analyzers read, the registers resolve, the judge combines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from finadwatch.seats import SeatFinder
from findings.model.judgement import Judgement, ScreenInput
from findings.model.seats import HOME
from licences.resolve import resolve

if TYPE_CHECKING:
    from analyzers.absence import DrawnWarnings
    from analyzers.analyzer import Analyzer, Reading
    from analyzers.form import FormFacts
    from licences.registers import Registers


@dataclass(frozen=True)
class Judge:
    """Judges ads; pure but for the models it holds. `home` is the place of the bureau that asks."""

    analyzer: "Analyzer"
    registers: "Registers"
    home: str = HOME

    @cached_property
    def _finder(self) -> SeatFinder:
        return SeatFinder(self.analyzer.ruleset.routing.publishers, self.registers.index, self.home)

    def judge(
        self, ad: ScreenInput, on: date, base: Path | None = None, drawn: "DrawnWarnings | None" = None
    ) -> Judgement:
        """Judge an ad by the law and the registers of the day `on`.

        `base` is the folder that `ad.image` is relative to; `drawn` is how its risk warnings were
        seen, where it was. Raises ImageUnreadable, ImageTooLarge.
        """
        return self._judged(self.analyzer.read(ad, base), on, drawn)

    def with_form(self, judgement: Judgement, facts: "FormFacts", on: date, ad: ScreenInput) -> Judgement:
        """The judgement of `ad` with the form duties that it seems to miss under the law of the day `on`."""
        seats = self._finder.seats(ad, judgement.advertiser, on)
        return self.analyzer.with_form(judgement, facts, on, seats)

    def judge_many(
        self,
        ads: Sequence[ScreenInput],
        days: Sequence[date],
        base: Path | None = None,
        drawn: "Sequence[DrawnWarnings | None] | None" = None,
    ) -> list[Judgement]:
        """Judge several ads, each by its own day; the models see them as one batch, which is faster."""
        readings = self.analyzer.read_many(ads, base)
        seen = drawn or [None] * len(ads)
        return [
            self._judged(reading, on, warnings)
            for reading, on, warnings in zip(readings, days, seen, strict=True)
        ]

    def _judged(self, reading: "Reading", on: date, drawn: "DrawnWarnings | None" = None) -> Judgement:
        resolution = resolve(reading.clues, reading.product, on, self.registers)
        seats = self._finder.seats(reading.ad, resolution.advertiser, on)
        return self.analyzer.judge(reading, resolution, on, drawn, seats)
