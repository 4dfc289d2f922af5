"""The shipped rules: they load without fault, and every sample fires or stays silent as it says."""

from collections import Counter
from datetime import date

import pytest

from analyzers.lint import lint
from analyzers.rules import Rule, Ruleset
from analyzers.ruleset import load_ruleset
from findings.model.vocabulary import Channel
from tests.support.cache import patterns

#: The day after which every duty named in the rule set is in force.
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def ruleset() -> Ruleset:
    return load_ruleset()


def test_no_fault_in_any_file_and_all_samples_hold() -> None:
    assert [str(fault) for fault in lint(cache=patterns())] == []


def test_version_is_that_of_the_release(ruleset: Ruleset) -> None:
    assert ruleset.version == "2026.11.4"


@pytest.mark.parametrize("category", range(2, 10))
def test_each_category_has_clear_rules(ruleset: Ruleset, category: int) -> None:
    clear = [rule for rule in ruleset.active if rule.category == category and rule.level == "clear"]
    assert len(clear) >= 2


def test_each_trade_has_a_rule(ruleset: Ruleset) -> None:
    trades = {rule.type for rule in ruleset.active if rule.category == 8}
    assert {
        "非法集资", "P2P", "荐股", "配资", "外汇期货贵金属", "虚拟货币", "退保",
        "征信", "反催收", "套现", "贷款中介", "彩票", "诈骗", "其他",
    } <= trades  # fmt: skip


def test_each_product_is_recognised_by_a_rule(ruleset: Ruleset) -> None:
    seen = {rule.product for rule in ruleset.active if rule.role == "product"}
    assert {
        "deposit", "wealth", "fund", "private_fund", "securities", "futures", "forex_metals", "crypto", "insurance",
        "loan", "credit_card", "payment", "p2p", "crowdfunding", "credit_repair", "property", "lottery", "training",
        "other",
    } == seen  # fmt: skip


def findings(ruleset: Ruleset) -> list[Rule]:
    return [rule for rule in ruleset.active if rule.category is not None]


@pytest.mark.parametrize("channel", list(Channel))
def test_every_finding_has_a_basis_today_on_every_channel_it_reads(
    ruleset: Ruleset, channel: Channel
) -> None:
    without = [
        rule.id
        for rule in findings(ruleset)
        if (not rule.conditions.channels or channel in rule.conditions.channels)
        and not any(basis.applies(TODAY, channel) for basis in rule.basis)
    ]
    assert without == []


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.IM])
def test_messages_to_one_person_never_rest_on_the_advertising_law(ruleset: Ruleset, channel: Channel) -> None:
    citing = [
        rule.id
        for rule in findings(ruleset)
        if any(basis.law == "广告法" and basis.applies(TODAY, channel) for basis in rule.basis)
    ]
    assert citing == []


def test_the_2026_measures_are_cited_only_from_their_day(ruleset: Ruleset) -> None:
    early = [
        rule.id
        for rule in findings(ruleset)
        for basis in rule.basis
        if basis.law == "金融产品网络营销管理办法" and basis.applies(date(2026, 9, 29), Channel.WEB)
    ]
    assert early == []


def test_lure_words_alone_are_arguable(ruleset: Ruleset) -> None:
    (rule,) = [rule for rule in ruleset.active if rule.id == "safety.lure_words"]
    assert (rule.category, rule.level) == (5, "arguable")


def test_explanations_are_in_both_languages_and_conclude_nothing(ruleset: Ruleset) -> None:
    for rule in findings(ruleset):
        assert rule.explanation is not None
        assert rule.remedy is not None
        said = rule.explanation.zh + rule.remedy.zh
        assert not any(verdict in said for verdict in ("违法", "非法广告")), rule.id
        assert all(words.strip() for words in (rule.explanation.en, rule.remedy.en)), rule.id


def test_no_sample_text_serves_two_rules_of_one_category_twice(ruleset: Ruleset) -> None:
    texts = Counter((rule.id, text) for rule in ruleset.active for text in rule.samples.fire)
    assert [key for key, times in texts.items() if times > 1] == []
