"""Compares what was found in the sandbox with the answer key, in sentences for a test's message."""

from collections.abc import Iterable

from findings.model.crawl import Capture
from findings.model.judgement import FormFinding, Judgement
from findings.model.vocabulary import Level
from sandbox.expected import Expected, ExpectedTask, ExpectedVerdict


def judgement_faults(expected: ExpectedVerdict, found: Judgement) -> list[str]:
    """Where a judgement differs from the key; empty where it agrees.

    Of a page that promotes nothing, neither product nor licence matters.
    """
    faults = []
    if found.promotion is not expected.promotion:
        faults.append(f"promotion is {found.promotion}")
    clear = {finding.category for finding in found.findings if finding.level is Level.CLEAR}
    if missed := sorted(expected.categories - clear):
        faults.append(f"categories {missed} not found clearly")
    if wrong := sorted(clear - expected.categories - expected.arguable):
        spans = [span.text for f in found.findings if f.category in wrong for span in f.spans]
        faults.append(f"categories {wrong} are false alarms on {spans}")
    if expected.product and found.product not in expected.product:
        faults.append(f"product is {found.product.value}")
    licence = found.licence
    if expected.licence and licence.status not in expected.licence:
        faults.append(f"licence is {licence.status.value} ({licence.reason})")
    if expected.stale is not None and licence.stale is not expected.stale:
        faults.append(f"licence stale is {licence.stale}")
    banned = found.finding(8)
    if expected.type is not None and banned is not None and banned.type != expected.type:
        faults.append(f"type of category 8 is {banned.type}")
    return faults


def form_faults(expected: ExpectedTask, found: Iterable[FormFinding]) -> list[str]:
    """Where the form duties that the ads of a task miss differ from the key; empty where they agree."""
    clear = {finding.duty.value for finding in found if finding.level is Level.CLEAR}
    wanted = {duty.value for duty in expected.form}
    faults = [f"duties {sorted(wanted - clear)} not found clearly"] if wanted - clear else []
    return faults + ([f"duties {sorted(clear - wanted)} are false alarms"] if clear - wanted else [])


def capture_faults(expected: ExpectedTask, found: Capture) -> list[str]:
    """Where a task ended otherwise than the key says; empty where it agrees."""
    faults = []
    if found.outcome is not expected.outcome:
        faults.append(f"outcome is {found.outcome.value} ({found.detail})")
    counted = {
        "ads": len(found.ads),
        "organic": found.organic_count,
        "slots_empty": found.slots_empty,
        "ad_iframes": found.ad_iframes,
    }
    for name, count in counted.items():
        wanted = getattr(expected, name)
        if wanted is not None and count != wanted:
            faults.append(f"{name} is {count}, not {wanted}")
    return faults


def task_of(key: Expected, capture: Capture) -> ExpectedTask | None:
    """The key's entry for the task of a capture; None for one that is not in the default plan."""
    task = capture.task
    for expected in key.tasks:
        named = expected.keyword == task.keyword if expected.keyword else expected.url == task.url
        if expected.source == task.source and expected.page == task.page and named:
            return expected
    return None
