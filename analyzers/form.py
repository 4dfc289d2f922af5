"""Form duties of an ad (Decree 72 arts. 9, 10, 11, 17): facts of a capture to findings. Pure.

At most one finding a duty: the surest of its reasons decide the level and stand first. What could not be
looked at (no browser drew the page) gives no finding.
"""

from collections.abc import Iterator, Sequence
from datetime import date

import msgspec

from analyzers.fired import basis_of
from analyzers.form_rules import FormRules, Reason, found, government_query, lure_in, plain
from analyzers.normalise import Normaliser
from findings.model.crawl import AdLabel, Overlay
from findings.model.judgement import FormFinding
from findings.model.vocabulary import Channel, FormDuty, Level

#: Reasons that one finding names.
_MOST_REASONS = 4
_SHOWN = 40


class FormFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a capture shows of an ad's form.

    `paid` is False for a page or app that is only listed, so that no mark is due. `label` is None
    where nobody could look; `mark` is what proved "ad" to the parser; `none_read`
    says that no ad of the same result page showed a mark, as where marks are drawn in a way that nobody
    reads. `keyword` is the query whose
    results the ad stands among. `layers` lie over the ad's landing page, or hold the ad itself.
    `words` are the creative's own.
    """

    channel: Channel
    paid: bool = True
    label: AdLabel | None = None
    mark: str = ""
    none_read: bool = False
    keyword: str | None = None
    layers: tuple[Overlay, ...] = ()
    words: str = ""


class _Missed(msgspec.Struct, frozen=True):
    """One reason of a duty, with the level it has here and the words for its places."""

    reason: str
    values: dict[str, str] = {}
    level: Level | None = None


def form_findings(
    facts: FormFacts, rules: FormRules, normalise: Normaliser, on: date, lang: str = "zh"
) -> tuple[FormFinding, ...]:
    """The duties that an ad seems to miss under the law of the day `on`, in the order of `FormDuty`."""
    missed: dict[FormDuty, list[_Missed]] = {
        FormDuty.UNMARKED: list(_unmarked(facts, rules)),
        FormDuty.CLOSE: list(_close(facts, rules, normalise)),
        FormDuty.LURE: list(_lure(facts, rules, normalise, lang)),
        FormDuty.GOVERNMENT_SEARCH: list(_government(facts, rules, normalise)),
    }
    findings = [
        _finding(duty, reasons, facts, rules, on, lang) for duty, reasons in missed.items() if reasons
    ]
    return tuple(finding for finding in findings if finding is not None)


def _finding(
    duty: FormDuty, missed: Sequence[_Missed], facts: FormFacts, rules: FormRules, on: date, lang: str
) -> FormFinding | None:
    entry = rules.duties[duty]
    basis = basis_of(entry.basis, on, facts.channel)
    if not basis:
        return None  # no such duty then, or none on this channel
    levels = [one.level or entry.reasons[one.reason].level for one in missed]
    ordered = sorted(zip(levels, missed, strict=True), key=lambda pair: pair[0] is not Level.CLEAR)
    said = list(dict.fromkeys(_said(entry.reasons[one.reason], one, lang) for _, one in ordered))
    text = ("; " if lang == "en" else "；").join(said[:_MOST_REASONS])
    return FormFinding(
        duty=duty,
        level=ordered[0][0],
        severity=entry.severity,
        basis=basis,
        explanation=f"{text[:1].upper()}{text[1:]}." if lang == "en" else f"{text}。",
        remedy=entry.remedy.said(lang),
    )


def _said(reason: Reason, missed: _Missed, lang: str) -> str:
    text = reason.en if lang == "en" else reason.zh
    for name, value in missed.values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _unmarked(facts: FormFacts, rules: FormRules) -> Iterator[_Missed]:
    label = facts.label
    if label is None or not facts.paid:
        return
    run = label.run
    if label.by == "none" or run is None:
        # The parser may have read a word in the code that no reader gets to see.
        unseen = any(word in facts.mark for word in rules.mark.full)
        yield _Missed("unseen" if unseen else "unread" if facts.none_read else "missing")
        return
    named = {"mark": run.text or "[图]", "size": f"{run.size_px:g}", "contrast": f"{run.contrast or 0:g}"}
    if not run.visible:
        yield _Missed("hidden", named)
        return
    if run.size_px < rules.mark.size_px.arguable:
        yield _Missed("tiny" if run.size_px < rules.mark.size_px.clear else "small", named)
    if run.contrast is not None and run.contrast < rules.mark.contrast.arguable:
        yield _Missed("drowned" if run.contrast < rules.mark.contrast.clear else "faint", named)
    if run.text and not any(word in run.text for word in rules.mark.full):
        yield _Missed("other_word", named)


def _close(facts: FormFacts, rules: FormRules, normalise: Normaliser) -> Iterator[_Missed]:
    for layer in facts.layers:
        level = _advertises(layer, rules, normalise)
        if level is None:
            continue
        for missed in _unclosed(layer, rules, normalise):
            doubt = Level.ARGUABLE if level is Level.ARGUABLE else None
            yield msgspec.structs.replace(missed, level=doubt)


def _advertises(layer: Overlay, rules: FormRules, normalise: Normaliser) -> Level | None:
    """How surely a layer is an ad; None for a site's own dialog and for what says nothing."""
    words = plain(layer.text, normalise)
    offers = found(rules.layers.offer, words) is not None
    own = found(rules.layers.site, words) is not None
    if offers:
        return Level.ARGUABLE if own else Level.CLEAR
    return Level.ARGUABLE if layer.hosts and not own else None


def _unclosed(layer: Overlay, rules: FormRules, normalise: Normaliser) -> Iterator[_Missed]:
    close = {"close": (layer.close or "")[:_SHOWN]}
    timer = found(rules.layers.timer, plain(layer.countdown or "", normalise))
    if layer.close is None:
        yield _Missed("no_mark")
    elif not layer.visible:
        yield _Missed("unseen")
    elif layer.leads_away:
        yield _Missed("false_mark", close)
    elif layer.tried and layer.clicks is None:
        yield _Missed("stays", close)
    if layer.clicks is not None and layer.clicks > 1:
        yield _Missed("clicks", {"clicks": str(layer.clicks)})
    if timer is not None or layer.wait_s > 0:
        yield _Missed("timer", {"timer": (layer.countdown or f"{layer.wait_s:g} s")[:_SHOWN]})
    if layer.returned:
        yield _Missed("returns")
    at = layer.close_box
    if layer.visible and at is not None and max(at.width, at.height) < rules.layers.close_px:
        yield _Missed("tiny_mark", {"size": f"{at.width}×{at.height}"})


def _lure(facts: FormFacts, rules: FormRules, normalise: Normaliser, lang: str) -> Iterator[_Missed]:
    for text in (facts.words, *(layer.text for layer in facts.layers)):
        lured = lure_in(plain(text, normalise), rules)
        if lured is not None:
            lure, quoted = lured
            yield _Missed("words", {"type": lure.type.said(lang), "quote": quoted[:_SHOWN]}, lure.level)


def _government(facts: FormFacts, rules: FormRules, normalise: Normaliser) -> Iterator[_Missed]:
    if facts.channel is not Channel.SEARCH or not facts.paid or not facts.keyword:
        return
    level = government_query(plain(facts.keyword, normalise), rules)
    if level is not None:
        reason = "found" if level is Level.CLEAR else "perhaps"
        yield _Missed(reason, {"keyword": facts.keyword[:_SHOWN]})
