"""Ads read and judged with a tiny ruleset, no models."""

from datetime import date

from analyzers.absence import DrawnWarnings
from analyzers.analyzer import Analyzer, AnalyzerOptions
from analyzers.rules import Ruleset
from findings.model.judgement import Advertiser, Judgement, LicenceView, Resolution, ScreenInput
from findings.model.vocabulary import Channel, LicenceStatus
from tests.support.rulesets import NORMALISE

DAY = date(2026, 11, 22)


def resolution(status: LicenceStatus = LicenceStatus.UNKNOWN) -> Resolution:
    """What the registers would say, with nothing but a status."""
    return Resolution(Advertiser(None, None, None), LicenceView(status, DAY, False, None, "test"))


def judged(
    ruleset: Ruleset,
    text: str,
    *,
    status: LicenceStatus = LicenceStatus.UNKNOWN,
    channel: Channel = Channel.WEB,
    on: date = DAY,
    lang: str = "zh",
    title: str | None = None,
    drawn: DrawnWarnings | None = None,
) -> Judgement:
    """Judge one text."""
    analyzer = Analyzer(AnalyzerOptions(lang=lang), ruleset, NORMALISE)
    reading = analyzer.read(ScreenInput(id="1", text=text, title=title, channel=channel))
    return analyzer.judge(reading, resolution(status), on, drawn)
