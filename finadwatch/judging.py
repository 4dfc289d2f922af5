"""Two independent verdicts made one: the analyzers read, the registers resolve, the judge combines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from finadwatch.seats import SeatFinder
from findings.model.judgement import FormFinding, Judgement, ScreenInput
from findings.model.seats import HOME
from licences.resolve import resolve

if TYPE_CHECKING:
    from analyzers.absence import DrawnWarnings
    from analyzers.analyzer import Analyzer, Reading
    from analyzers.form import FormFacts
    from licences.registers import Registers


@dataclass(frozen=True)
class Shown:
    """What the pages behind an ad show beside their words.

    `drawn` is how their risk warnings were seen, `phones` are the numbers in their contacts, `owner` is whom
    a footer names beside its filing number: the page's own word.
    """

    drawn: "DrawnWarnings | None" = None
    phones: tuple[str, ...] = ()
    owner: str | None = None


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
        self, ad: ScreenInput, on: date, base: Path | None = None, shown: Shown | None = None
    ) -> Judgement:
        """Judge an ad by the law and the registers of the day `on`.

        `base` is the folder that `ad.image` is relative to; `shown` is what its pages show, where
        they were seen. Raises ImageUnreadable, ImageTooLarge.
        """
        return self._judged(self.analyzer.read(ad, base), on, shown)

    def judge_drawn(
        self, ad: ScreenInput, on: date, base: Path | None, shown: Shown | None = None
    ) -> tuple[Judgement, str]:
        """Judge an ad that has a picture; with the judgement comes what was read in the picture."""
        reading = self.analyzer.read(ad, base)
        drawn = next((field.original for field in reading.fields if field.name == "image"), "")
        return self._judged(reading, on, shown), drawn

    def with_form(self, judgement: Judgement, facts: "FormFacts", on: date, ad: ScreenInput) -> Judgement:
        """The judgement of `ad` with the form duties that it seems to miss under the law of the day `on`."""
        seats = self._finder.seats(ad, judgement.advertiser, on)
        return self.analyzer.with_form(judgement, facts, on, seats)

    def with_duties(
        self, judgement: Judgement, form: tuple[FormFinding, ...], on: date, ad: ScreenInput
    ) -> Judgement:
        """The judgement of `ad` with form duties that it was seen to miss before."""
        seats = self._finder.seats(ad, judgement.advertiser, on)
        return self.analyzer.with_duties(judgement, form, on, seats)

    def judge_many(
        self,
        ads: Sequence[ScreenInput],
        days: Sequence[date],
        base: Path | None = None,
        shown: Sequence[Shown | None] | None = None,
    ) -> list[Judgement]:
        """Judge several ads, each by its own day; the models see them as one batch, which is faster."""
        readings = self.analyzer.read_many(ads, base)
        seen = shown or [None] * len(ads)
        return [
            self._judged(reading, on, pages) for reading, on, pages in zip(readings, days, seen, strict=True)
        ]

    def _judged(self, reading: "Reading", on: date, shown: Shown | None = None) -> Judgement:
        lang, seen = self.analyzer.options.lang, shown or Shown()
        phones = tuple(dict.fromkeys((*reading.clues.phones, *seen.phones)))
        clues = replace(reading.clues, phones=phones, site_names=seen.owner)
        resolution = resolve(clues, reading.product, on, self.registers, lang)
        seats = self._finder.seats(reading.ad, resolution.advertiser, on)
        return self.analyzer.judge(reading, resolution, on, seen.drawn, seats)
