"""Two independent verdicts made one: the analyzers read, the registers resolve, the judge combines."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from findings.model.judgement import Judgement, ScreenInput
from licences.resolve import resolve

if TYPE_CHECKING:
    from analyzers.analyzer import Analyzer
    from licences.registers import Registers


@dataclass(frozen=True)
class Judge:
    """Judges one ad at a time; pure but for the models it holds."""

    analyzer: "Analyzer"
    registers: "Registers"

    def judge(self, ad: ScreenInput, on: date, base: Path | None = None) -> Judgement:
        """Judge an ad by the law and the registers of the day `on`.

        `base` is the folder that `ad.image` is relative to.
        """
        reading = self.analyzer.read(ad, base)
        resolution = resolve(reading.clues, reading.product, on, self.registers)
        return self.analyzer.judge(reading, resolution, on)
