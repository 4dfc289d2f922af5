"""What is a promotion: signs and excuses; a fused score decides where models were asked."""

import pytest

from analyzers.analyzer import Analyzer, AnalyzerOptions
from analyzers.gate import gate, score_of, signs
from analyzers.rules import Ruleset
from findings.model.judgement import ScreenInput
from tests.support.rulesets import NORMALISE, rule, tiny


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    def sign(rule_id: str, pattern: str, **fields: object) -> dict[str, object]:
        return rule(rule_id, [{"pattern": pattern}], **fields)

    return tiny(
        tmp_path_factory.mktemp("gate"),
        sign("product.fund", "基金", role="product", product="fund"),
        sign("promo.act", "申购", role="promotion", signal="action", weight=0.7),
        sign("promo.weak", "欢迎", role="promotion", signal="action", weight=0.4),
        sign("promo.link", "点击购买", role="promotion", signal="purchase", weight=0.6),
        sign("excuse.news", "记者", role="exculpation", signal="news", weight=0.8),
        sign("excuse.job", "招聘", role="exculpation", signal="job", weight=0.8),
    )


CASES = [
    ("an offer of a product", "申购基金", True),
    ("a product alone", "基金", False),
    ("an invitation to anything else", "申购蔬菜", False),
    ("weak signs add up", "欢迎选购基金，点击购买", True),
    ("one weak sign", "欢迎了解基金", False),
    ("news", "记者获悉，多只基金开放申购", False),
    ("news with a purchase link", "记者获悉，基金开放申购，点击购买", True),
    ("a job ad with a link", "基金公司招聘，申购部，点击购买", False),
]


@pytest.mark.parametrize(("text", "promotion"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_rules_alone(ruleset: Ruleset, text: str, promotion: bool) -> None:
    reading = Analyzer(AnalyzerOptions(), ruleset, NORMALISE).read(ScreenInput(text=text))
    assert reading.promotion is promotion


def test_a_fused_score_decides_by_its_own_threshold(ruleset: Ruleset) -> None:
    seen = signs(Analyzer(AnalyzerOptions(), ruleset, NORMALISE).read(ScreenInput(text="申购基金")).fields)
    assert gate(seen).promotion
    assert not gate(seen, 0.4, 0.45).promotion
    assert gate(seen, 0.5, 0.45).rules == ("promo.act",)


def test_contacts_overcome_the_excuse_of_news_alone(ruleset: Ruleset) -> None:
    analyzer = Analyzer(AnalyzerOptions(), ruleset, NORMALISE)
    news, linked, job = (
        signs(analyzer.read(ScreenInput(text=text)).fields)
        for text in ("记者获悉，基金开放申购", "记者获悉，基金开放申购，点击购买", "招聘，基金申购，点击购买")
    )
    assert news.yielding
    assert not news.excuses
    assert not news.reachable
    assert linked.reachable
    assert score_of(linked) > score_of(news)
    assert job.excuses
    assert not job.yielding
