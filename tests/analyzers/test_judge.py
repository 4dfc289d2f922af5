"""Text and licence verdict together, on a dozen tiny rules."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analyzers.absence import DrawnWarnings
from analyzers.rules import Ruleset
from findings.model.crawl import TextRun
from findings.model.vocabulary import Channel, Level, LicenceStatus, Product, Severity
from tests.support.readings import judged
from tests.support.rulesets import BASIS, rule, tiny


def signal(rule_id: str, pattern: str, **fields: Any) -> dict[str, Any]:
    return rule(rule_id, [{"pattern": pattern}], **fields)


RULES = [
    signal("promo.offer", "抢购|立即申请", role="promotion", signal="offer", weight=0.9),
    signal("promo.contact", "加微信", role="promotion", signal="contact", weight=0.7),
    signal("product.wealth", "理财", role="product", product="wealth"),
    signal("product.loan", "贷款", role="product", product="loan"),
    signal("product.deposit", "存款", role="product", product="deposit"),
    signal("warning.general", "投资有风险", role="warning"),
    signal("trade.stock", "荐股", role="trade", type="荐股"),
    signal("excuse.news", "记者报道", role="exculpation", signal="news", weight=0.9),
    signal("excuse.court", "法院", role="exculpation", signal="court", weight=0.9),
    signal("guarantee.principal", "保本"),
    signal("guarantee.hint", "稳健", level="arguable", weight=0.6, severity="medium"),
    signal("credit.anyone", "秒批", category=6),
    signal("banned.tips", "牛股", category=8, type=None),
    signal("safety.wealth_only", "安全", category=5, conditions={"products": ["wealth"]}),
    signal("housing.search_only", "首付", category=9, conditions={"channels": ["search"]}),
    signal("banned.crypto", "比特币", category=8, type="虚拟货币", conditions={"promotion": False}),
]


@pytest.fixture(scope="module")
def ruleset(tmp_path_factory: pytest.TempPathFactory) -> Ruleset:
    return tiny(tmp_path_factory.mktemp("judge"), *RULES)


PROMOTED: list[tuple[str, str, LicenceStatus, dict[int, str]]] = [
    ("promise without warning", "理财保本，抢购", LicenceStatus.UNKNOWN, {1: "clear", 2: "clear"}),
    ("warning removes 1 only", "理财保本，抢购。投资有风险", LicenceStatus.UNKNOWN, {2: "clear"}),
    ("an arguable rule alone", "理财稳健，抢购。投资有风险", LicenceStatus.UNKNOWN, {2: "arguable"}),
    ("loans need no warning", "贷款立即申请", LicenceStatus.UNKNOWN, {}),
    ("news", "记者报道：某理财宣称保本，抢购", LicenceStatus.UNKNOWN, {}),
    (
        "news with a contact is an ad",
        "记者报道：理财保本，抢购，加微信",
        LicenceStatus.UNKNOWN,
        {1: "clear", 2: "clear"},
    ),
    ("a court notice with a contact is none", "法院公告：理财保本，加微信", LicenceStatus.UNKNOWN, {}),
    ("no product, no promotion", "新鲜水果抢购", LicenceStatus.UNKNOWN, {}),
    ("a bank's deposit may be safe", "存款保本，抢购", LicenceStatus.LICENSED, {}),
    ("perhaps a bank's deposit", "存款保本，抢购", LicenceStatus.UNCONFIRMED, {2: "arguable"}),
    ("anyone's deposit", "存款保本，抢购", LicenceStatus.UNKNOWN, {2: "clear"}),
    ("a licence doesn't excuse wealth", "理财保本，抢购。投资有风险", LicenceStatus.LICENSED, {2: "clear"}),
    ("6 on its face", "贷款秒批，立即申请", LicenceStatus.UNKNOWN, {6: "clear"}),
    ("6 and licensed", "贷款秒批，立即申请", LicenceStatus.LICENSED, {}),
    ("6 and perhaps licensed", "贷款秒批，立即申请", LicenceStatus.UNCONFIRMED, {6: "arguable"}),
    ("6 by the register alone", "贷款立即申请", LicenceStatus.NOT_FOUND, {6: "clear"}),
    ("6 beyond the licence", "贷款立即申请", LicenceStatus.OUT_OF_SCOPE, {6: "clear"}),
    ("only for its products", "贷款安全，立即申请", LicenceStatus.UNKNOWN, {}),
    ("for its products", "理财安全，抢购。投资有风险", LicenceStatus.UNKNOWN, {5: "clear"}),
    ("only for its channels", "贷款首付，立即申请", LicenceStatus.UNKNOWN, {}),
]


@pytest.mark.parametrize(
    ("text", "status", "levels"), [row[1:] for row in PROMOTED], ids=[row[0] for row in PROMOTED]
)
def test_findings(ruleset: Ruleset, text: str, status: LicenceStatus, levels: dict[int, str]) -> None:
    judgement = judged(ruleset, text, status=status)
    assert {one.category: str(one.level) for one in judgement.findings} == levels


def test_a_rule_without_promotion_speaks_of_any_text(ruleset: Ruleset) -> None:
    judgement = judged(ruleset, "法院公告：比特币")
    assert not judgement.promotion
    assert judgement.product is Product.NONE
    assert [(one.category, one.type) for one in judgement.findings] == [(8, "虚拟货币")]


def test_spans_quote_the_original(ruleset: Ruleset) -> None:
    text = "理财 保*夲💰，抢购"
    finding = judged(ruleset, text).finding(2)
    assert finding is not None
    [span] = finding.spans
    assert (span.field, span.text, text[span.start : span.end]) == ("text", "保*夲", "保*夲")
    assert finding.explanation == "见“保*夲”。"


def test_a_title_is_judged_too(ruleset: Ruleset) -> None:
    finding = judged(ruleset, "理财抢购", title="保本").finding(2)
    assert finding is not None
    assert [(span.field, span.start, span.end) for span in finding.spans] == [("title", 0, 2)]


def test_repeated_quotations_are_given_once(ruleset: Ruleset) -> None:
    finding = judged(ruleset, "理财抢购。" + "保本。" * 30).finding(2)
    assert finding is not None
    assert len(finding.spans) == 1


def test_category_1_has_no_spans_and_low_severity(ruleset: Ruleset) -> None:
    finding = judged(ruleset, "理财抢购").finding(1)
    assert finding is not None
    assert (finding.spans, finding.severity, finding.level) == ((), Severity.LOW, Level.CLEAR)


def test_the_warning_is_quoted(ruleset: Ruleset) -> None:
    warning = judged(ruleset, "理财抢购。投资有 风险").risk_warning
    assert warning.present
    assert [span.text for span in warning.spans] == ["投资有 风险"]


def test_the_trade_comes_from_its_signal(ruleset: Ruleset) -> None:
    banned = judged(ruleset, "牛股荐股，抢购理财").finding(8)
    assert banned is not None
    assert banned.type == "荐股"


def test_the_trade_is_other_without_a_signal(ruleset: Ruleset) -> None:
    banned = judged(ruleset, "牛股，抢购理财").finding(8)
    assert banned is not None
    assert banned.type == "其他"


def test_routes_follow_the_findings(ruleset: Ruleset) -> None:
    assert judged(ruleset, "理财保本，抢购").route == ("市场监管",)
    assert judged(ruleset, "牛股荐股，抢购理财").route == ("市场监管", "公安")
    assert judged(ruleset, "贷款立即申请").route == ()


def test_english(ruleset: Ruleset) -> None:
    judgement = judged(ruleset, "理财保本，抢购", lang="en", status=LicenceStatus.LISTED_NEGATIVE)
    finding = judgement.finding(2)
    assert finding is not None
    assert finding.explanation == "See “保本”. The advertiser stands on the negative list."
    assert judgement.route == ("Market",)


def test_a_quotation_is_text_and_no_format(ruleset: Ruleset, tmp_path: Path) -> None:
    made = signal("guarantee.brace", r"保本\{quote\}")
    finding = judged(tiny(tmp_path, *RULES, made), "理财保本{quote}，抢购").finding(2)
    assert finding is not None
    assert "保本{quote}" in finding.explanation


LAW = [BASIS | {"until": "2020-01-01"}, BASIS | {"article": "28", "from": "2020-01-01"}]


@pytest.mark.parametrize(
    ("on", "channel", "articles"),
    [
        (date(2019, 12, 31), Channel.WEB, ["25(1)"]),
        (date(2020, 1, 1), Channel.WEB, ["28"]),
        (date(2020, 1, 1), Channel.SMS, []),
    ],
    ids=["the last day of the old article", "the first day of the new", "no advertising law for a message"],
)
def test_the_law_of_the_day_and_channel(
    tmp_path: Path, on: date, channel: Channel, articles: list[str]
) -> None:
    ruleset = tiny(tmp_path, *RULES[:3], signal("guarantee.dated", "保本", basis=LAW))
    finding = judged(ruleset, "理财保本，抢购", on=on, channel=channel).finding(2)
    assert finding is not None
    assert [basis.article for basis in finding.basis] == articles


def test_judging_twice_gives_the_same(ruleset: Ruleset) -> None:
    text = "理财保本稳健，抢购，秒批牛股"
    assert judged(ruleset, text) == judged(ruleset, text)


def test_at_most_one_finding_a_category_in_order(ruleset: Ruleset) -> None:
    numbers = [one.category for one in judged(ruleset, "理财保本稳健安全，抢购，秒批牛股比特币").findings]
    assert numbers == sorted(set(numbers))


def test_a_warning_that_was_drawn_invisible_is_there_and_counts_as_missing(ruleset: Ruleset) -> None:
    hidden = TextRun(text="投资有风险", size_px=12, contrast=4, visible=False)
    text = "理财保本，抢购。投资有风险"
    unseen = judged(ruleset, text, drawn=DrawnWarnings((hidden,), 0))
    finding = unseen.finding(1)
    assert unseen.risk_warning.present
    assert finding is not None
    assert "不显著" in finding.explanation
    assert judged(ruleset, text).finding(1) is None
