"""The comparison with the answer key: agreement is silent, each kind of difference has its sentence."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from findings.model.crawl import Capture, Task
from findings.model.judgement import (
    Advertiser,
    Basis,
    Finding,
    FormFinding,
    Judgement,
    LicenceView,
    RiskWarning,
    Span,
)
from findings.model.vocabulary import Channel, FormDuty, Level, LicenceStatus, Outcome, Product, Severity
from sandbox.compare import capture_faults, form_faults, judgement_faults, task_of
from sandbox.expected import ExpectedTask, load_expected

KEY = load_expected()
CREDIT_REPAIR = KEY.pages["https://xinyu-zhengxin.example/"]


def _finding(category: int, kind: str | None = None, level: Level = Level.CLEAR) -> Finding:
    span = Span("text", 0, 2, "征信")
    basis = Basis("广告法", "37", "57(5)", "L")
    return Finding(category, level, ("r.x",), 0.9, Severity.HIGH, (span,), kind, (basis,), "说明", "改正")


GOOD = Judgement(
    id="a",
    promotion=True,
    product=Product.CREDIT_REPAIR,
    risk_warning=RiskWarning(False),
    findings=(_finding(8, "征信"),),
    form=(),
    advertiser=Advertiser(None, None, None),
    licence=LicenceView(LicenceStatus.UNKNOWN, date(2026, 11, 22), False, None, "没有名单"),
    route=(),
    ruleset="1",
    model="m",
)


def test_agreement_is_silent():
    assert judgement_faults(CREDIT_REPAIR, GOOD) == []


def test_arguable_findings_neither_help_nor_harm():
    assert judgement_faults(CREDIT_REPAIR, replace(GOOD, findings=(*GOOD.findings, _finding(2)))) == []
    faint = replace(GOOD, findings=(_finding(8, "征信", Level.ARGUABLE),))
    assert judgement_faults(CREDIT_REPAIR, faint) == ["categories [8] not found clearly"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"promotion": False}, "promotion is False"),
        ({"findings": ()}, "categories [8] not found clearly"),
        ({"findings": (_finding(8, "征信"), _finding(9))}, "categories [9] are false alarms"),
        ({"product": Product.FUND}, "product is fund"),
        ({"licence": replace(GOOD.licence, status=LicenceStatus.LICENSED)}, "licence is licensed"),
        ({"findings": (_finding(8, "退保"),)}, "type of category 8 is 退保"),
    ],
)
def test_each_difference_is_said(change, said):
    faults = judgement_faults(CREDIT_REPAIR, replace(GOOD, **change))

    assert len(faults) == 1
    assert faults[0].startswith(said)


def test_a_stale_list_must_be_marked():
    insurer = KEY.pages["https://mingshangu-life.example/"]
    licence = LicenceView(LicenceStatus.LICENSED, date(2024, 6, 5), False, None, "在名单中")
    found = replace(GOOD, product=Product.INSURANCE, findings=(), licence=licence)

    assert judgement_faults(insurer, found) == ["licence stale is False"]


def _capture(keyword: str, outcome: Outcome, **counts: int) -> Capture:
    url = "https://www.baidu.com/s"
    task = Task(id="t", run_id="r", source="baidu", url=url, channel=Channel.SEARCH, keyword=keyword)
    return Capture(task=task, outcome=outcome, at=datetime(2026, 11, 22, tzinfo=UTC), url=url, **counts)


def test_a_capture_is_compared_with_its_task():
    found = _capture("首付贷", Outcome.OK, organic_count=2)
    expected = task_of(KEY, found)

    assert expected is not None
    assert capture_faults(expected, found) == ["ads is 0, not 1"]


def test_a_wrong_outcome_is_said():
    found = _capture("配资 开户", Outcome.OK)
    expected = task_of(KEY, found)

    assert expected is not None
    assert capture_faults(expected, found) == ["outcome is ok (None)"]


def test_other_tasks_are_not_in_the_key():
    assert task_of(KEY, _capture("茶叶", Outcome.OK)) is None


def test_form_duties_are_compared_where_they_are_clear() -> None:
    expected = ExpectedTask(source="portal", outcome=Outcome.OK, form=(FormDuty.CLOSE,))

    def missed(duty: FormDuty, level: Level = Level.CLEAR) -> FormFinding:
        return FormFinding(duty, level, Severity.LOW, (), "", "")

    assert form_faults(expected, [missed(FormDuty.CLOSE), missed(FormDuty.LURE, Level.ARGUABLE)]) == []
    assert form_faults(expected, [missed(FormDuty.CLOSE), missed(FormDuty.LURE)]) == [
        "duties ['lure'] are false alarms"
    ]
    assert form_faults(expected, []) == ["duties ['close'] not found clearly"]
