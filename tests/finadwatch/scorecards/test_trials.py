"""What the labels say of a rule that fires."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from analyzers.rules import Rule
from finadwatch.scorecards.trials import Trial, Verdict, trials, verdict
from findings.model.vocabulary import Channel, Product
from tests.support.labelled import row
from tests.support.rulesets import NORMALISE, rule, tiny

OFFER = rule("promotion.offer", [{"pattern": "购买"}], role="promotion", signal="offer")
GOODS = rule("product.wealth", [{"pattern": "理财"}], role="product", product="wealth")
EXCUSE = rule("exculpation.gone", [{"pattern": "退场"}], role="exculpation", signal="other")
GUARANTEE = rule("guarantee.principal", [{"pattern": "保本"}])
SMS_ONLY = rule("guarantee.sms", [{"pattern": "保本"}], conditions={"channels": ["sms"]})
NEVER = rule("guarantee.never", [{"pattern": "从不出现"}])


def tried(folder: Path, *rows: Any, only: str | None = None) -> dict[str, Trial]:
    ruleset = tiny(folder, OFFER, GOODS, EXCUSE, GUARANTEE, SMS_ONLY, NEVER)
    return {one.rule: one for one in trials(ruleset, NORMALISE, rows, only=only)}


def test_a_rule_is_right_disputed_or_wrong_by_the_labels(tmp_path: Path) -> None:
    text = "保本理财，立即购买"
    found = tried(
        tmp_path,
        row([2], text=text, line=1),
        row(soft=[2], text=text, line=2),
        row([3], text=text, line=3, name="x"),
        row(promotion=None, text=text, line=4, name="silent"),
    )["guarantee.principal"]
    assert (found.fired, found.right, found.disputed, found.wrong) == (4, 1, 1, 2)
    assert found.precision.estimate.value == pytest.approx(1 / 3)
    assert [(one.id, one.line) for one in found.errors] == [("x", 3), ("silent", 4)]
    assert [span.text for span in found.errors[0].spans] == ["保本"]


def test_a_rule_that_would_make_no_finding_does_not_count(tmp_path: Path) -> None:
    found = tried(tmp_path, row(promotion=False, text="保本二字早已退场"))
    assert found["guarantee.principal"].fired == 0


def test_a_rule_of_another_channel_does_not_count(tmp_path: Path) -> None:
    one = row([2], text="保本理财，立即购买")
    assert tried(tmp_path, one)["guarantee.sms"].fired == 0
    assert tried(tmp_path / "2", replace(one, channel=Channel.SMS))["guarantee.sms"].right == 1


def test_one_rule_tried_alone_counts_as_it_does_among_all(tmp_path: Path) -> None:
    rows = [row([2], text="保本理财，立即购买", line=at) for at in range(3)]
    alone = tried(tmp_path, *rows, only="guarantee.principal")
    assert alone == {"guarantee.principal": tried(tmp_path / "2", *rows)["guarantee.principal"]}


def signal(folder: Path, role: str, **fields: Any) -> Rule:
    (one,) = tiny(folder, rule("x.y", [{"pattern": "甲"}], role=role, **fields)).active
    return one


@pytest.mark.parametrize(
    ("role", "fields", "labels", "told"),
    [
        ("promotion", {"signal": "offer"}, {"promotion": True}, Verdict.RIGHT),
        ("promotion", {"signal": "offer"}, {"promotion": None}, Verdict.UNKNOWN),
        ("exculpation", {"signal": "news"}, {"promotion": False}, Verdict.RIGHT),
        ("exculpation", {"signal": "news"}, {"promotion": True}, Verdict.WRONG),
        ("warning", {}, {"warning": False}, Verdict.WRONG),
        ("warning", {}, {"warning": None}, Verdict.UNKNOWN),
        ("product", {"product": "wealth"}, {"product": Product.WEALTH}, Verdict.RIGHT),
        ("product", {"product": "wealth"}, {"product": Product.LOAN}, Verdict.WRONG),
        ("product", {"product": "wealth"}, {"product": Product.NONE}, Verdict.UNKNOWN),
        ("trade", {"type": "荐股"}, {"type": "荐股"}, Verdict.RIGHT),
        ("trade", {"type": "荐股"}, {"type": "配资"}, Verdict.WRONG),
        ("trade", {"type": "荐股"}, {"type": None}, Verdict.UNKNOWN),
    ],
)
def test_a_signal_is_held_against_its_own_label(
    tmp_path: Path, role: str, fields: dict[str, Any], labels: dict[str, Any], told: Verdict
) -> None:
    assert verdict(signal(tmp_path, role, **fields), replace(row(), **labels)) is told
