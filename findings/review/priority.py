"""The order of the queue: severity × reach × confidence, and why a case stands where it does.

severity    0.2 low, 0.5 medium, 1 high, 0 without a finding: an ad of high severity outweighs two of medium
reach       the mean of four parts, each log(1 + n) / log(1 + full) up to 1: detections (full 1,000), regions
            (31, the provinces), sources (10), days from first to last seen (30). Logarithms, because the step
            from one detection to ten says more than that from 500 to 510
confidence  the score of the worst finding, 0 to 1; a lead of form alone has no score and counts as 0.5
priority    100 × the three, 0 to 100, rounded to two places
"""

import math

import msgspec

from findings.model.casework import CaseFacts
from findings.model.errors import Said
from findings.model.vocabulary import Severity

_SEVERITY: dict[Severity | None, float] = {
    None: 0.0,
    Severity.LOW: 0.2,
    Severity.MEDIUM: 0.5,
    Severity.HIGH: 1.0,
}
_FORM_ONLY = 0.5
_SECONDS_A_DAY = 86_400


class Part(msgspec.Struct, frozen=True):
    """One part of the reach: `count` of what, how many make it full, its share of 1."""

    name: str
    count: int
    full: int
    value: float


class Priority(msgspec.Struct, frozen=True):
    """A case's place in the queue (0–100) with the three factors and the parts of the reach."""

    value: float
    severity: float
    reach: float
    confidence: float
    parts: tuple[Part, ...]

    @property
    def said(self) -> Said:
        """The formula with its numbers, in one sentence."""
        parts = {part.name: part.count for part in self.parts}
        return Said(
            f"priority {self.value:g} = 100 × severity {self.severity:g} × reach {self.reach:.2f}"
            f" ({parts['sightings']} detections, {parts['regions']} regions, {parts['sources']} sources,"
            f" {parts['days']} days) × confidence {self.confidence:.2f}",
            zh=f"优先级 {self.value:g} = 100 × 严重程度 {self.severity:g} × 影响范围 {self.reach:.2f}"
            f"（检出 {parts['sightings']} 次、{parts['regions']} 地、{parts['sources']} 个来源、"
            f"历时 {parts['days']} 天）× 把握 {self.confidence:.2f}",
        )


def priority(facts: CaseFacts) -> float:
    """Where a case stands in the queue, 0 to 100."""
    return explain(facts).value


def explain(facts: CaseFacts) -> Priority:
    """Where a case stands in the queue, and why."""
    days = 1 + int((facts.last_seen - facts.first_seen).total_seconds() // _SECONDS_A_DAY)
    parts = (
        _part("sightings", facts.sightings, 1000),
        _part("regions", len(facts.regions), 31),
        _part("sources", len(facts.sources), 10),
        _part("days", max(days, 0), 30),
    )
    severity = _SEVERITY[facts.severity]
    reach = sum(part.value for part in parts) / len(parts)
    confidence = min(max(facts.score, 0.0), 1.0) or _FORM_ONLY
    return Priority(round(100 * severity * reach * confidence, 2), severity, reach, confidence, parts)


def _part(name: str, count: int, full: int) -> Part:
    return Part(name, count, full, min(1.0, math.log1p(count) / math.log1p(full)))
