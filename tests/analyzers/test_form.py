"""Form duties: facts to findings. Layers, marks and queries here are invented."""

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.form import FormFacts, form_findings
from analyzers.form_rules import form_faults
from analyzers.lint import normaliser_of
from analyzers.ruleset import load_ruleset, read_ruleset, shipped
from analyzers.yamlfile import Document
from findings.model.crawl import AdLabel, Overlay, TextRun
from findings.model.judgement import Box, FormFinding
from findings.model.vocabulary import Channel, FormDuty, Level
from tests.support.rulesets import shipped_folder

FORM = load_ruleset().form
assert FORM is not None
NORMALISE = normaliser_of(shipped())
TODAY = date(2026, 11, 22)
BOX = Box(0, 0, 20, 20)
OFFER = "新手理财 立即领取"


def judged(on: date = TODAY, **facts: object) -> dict[FormDuty, FormFinding]:
    """The findings on an ad with these facts, by duty."""
    assert FORM is not None
    given = FormFacts(**({"channel": Channel.WEB} | facts))  # type: ignore[arg-type]
    return {finding.duty: finding for finding in form_findings(given, FORM, NORMALISE, on)}


def label(
    text: str = "广告", size: float = 12, contrast: float | None = 4, visible: bool = True, by: str = "text"
) -> AdLabel:
    return AdLabel(by=by, run=TextRun(text=text, size_px=size, contrast=contrast, visible=visible))


def layer(**more: object) -> Overlay:
    fair = {"text": OFFER, "close": "×", "close_box": BOX, "visible": True, "tried": True, "clicks": 1}
    return Overlay(**(fair | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mark", "level"),
    [
        (label(), None),
        (label("【广告】"), None),
        (label(contrast=1.94), None),
        (label(contrast=None), None),
        (label("", by="picture", contrast=None), None),
        (AdLabel(by="none"), Level.CLEAR),
        (label(visible=False), Level.CLEAR),
        (label(size=5), Level.CLEAR),
        (label(size=9), Level.ARGUABLE),
        (label(contrast=1.2), Level.CLEAR),
        (label(contrast=1.6), Level.ARGUABLE),
        (label("推广"), Level.ARGUABLE),
        (label("推广", size=5), Level.CLEAR),
        (None, None),
    ],
)
def test_an_ad_must_bear_a_mark_that_can_be_read(mark: AdLabel | None, level: Level | None) -> None:
    finding = judged(label=mark).get(FormDuty.UNMARKED)
    assert (finding.level if finding else None) is level


def test_a_mark_that_the_code_alone_holds_is_arguable() -> None:
    finding = judged(label=AdLabel(by="none"), mark="text:广告")[FormDuty.UNMARKED]
    assert finding.level is Level.ARGUABLE


def test_a_result_page_without_any_mark_may_have_been_misread() -> None:
    finding = judged(label=AdLabel(by="none"), none_read=True)[FormDuty.UNMARKED]
    assert finding.level is Level.ARGUABLE
    assert "截图" in finding.explanation


def test_a_page_that_is_only_listed_needs_no_mark() -> None:
    assert judged(paid=False, label=AdLabel(by="none")) == {}


@pytest.mark.parametrize(
    ("missed", "said"),
    [
        ({"close": None, "visible": False, "tried": False, "clicks": None}, "没有关闭标志"),
        ({"visible": False, "tried": False, "clicks": None}, "不可见"),
        ({"leads_away": True, "tried": False, "clicks": None}, "实为链接"),
        ({"clicks": None}, "仍未关闭"),
        ({"clicks": 2}, "2 次"),
        ({"countdown": "5秒后可关闭", "wait_s": 5.0}, "5秒后可关闭"),
        ({"returned": True}, "再次弹出"),
    ],
)
def test_an_ad_layer_must_close_at_once_by_a_true_mark(missed: dict[str, object], said: str) -> None:
    finding = judged(layers=(layer(**missed),))[FormDuty.CLOSE]
    assert finding.level is Level.CLEAR
    assert said in finding.explanation


@pytest.mark.parametrize("fair", [{}, {"countdown": "5秒后自动关闭"}, {"tried": False, "clicks": None}])
def test_a_layer_that_closes_at_once_is_fair(fair: dict[str, object]) -> None:
    assert judged(layers=(layer(**fair),)) == {}


@pytest.mark.parametrize(
    ("text", "hosts", "level"),
    [
        ("本网站使用 Cookie，详见隐私政策", (), None),
        ("请选择城市", ("a.example",), None),
        ("登录后立即领取额度", (), Level.ARGUABLE),
        ("", ("licai.example",), Level.ARGUABLE),
        ("", (), None),
        ("今天天气晴", (), None),
    ],
)
def test_a_sites_own_dialog_is_no_ad(text: str, hosts: tuple[str, ...], level: Level | None) -> None:
    unclosable = layer(text=text, hosts=hosts, close=None, visible=False, tried=False, clicks=None)
    finding = judged(layers=(unclosable,)).get(FormDuty.CLOSE)
    assert (finding.level if finding else None) is level


def test_lures_are_found_in_the_creative_and_in_layers() -> None:
    words = judged(words="系统检测到您的手机存在风险，点击领取额度")[FormDuty.LURE]
    assert words.level is Level.CLEAR
    assert "虚假系统提示" in words.explanation
    assert FormDuty.LURE in judged(layers=(layer(text="您有3条未读消息"),))
    assert judged(words="谨防“系统检测到您的手机中毒”类骗局") == {}
    assert judged(words="恭喜您被抽中，获得888元现金红包")[FormDuty.LURE].level is Level.ARGUABLE


def test_a_paid_result_beside_a_government_service() -> None:
    asked = {"channel": Channel.SEARCH, "label": label()}
    assert judged(keyword="公积金查询", **asked)[FormDuty.GOVERNMENT_SEARCH].level is Level.CLEAR
    assert judged(keyword="公积金 贷款", **asked)[FormDuty.GOVERNMENT_SEARCH].level is Level.ARGUABLE
    assert judged(keyword="理财 保本", **asked) == {}
    assert judged(keyword="公积金查询") == {}


@pytest.mark.parametrize(
    ("on", "law"),
    [
        (date(2014, 1, 1), None),
        (date(2015, 9, 1), ["广告法 14"]),
        (date(2023, 5, 1), ["互联网广告管理办法 9", "广告法 14"]),
    ],
)
def test_the_law_is_that_of_the_day(on: date, law: list[str] | None) -> None:
    finding = judged(on, label=AdLabel(by="none")).get(FormDuty.UNMARKED)
    assert ([f"{basis.law} {basis.article}" for basis in finding.basis] if finding else None) == law


def test_searches_for_government_services_were_free_before_2023() -> None:
    facts = {"channel": Channel.SEARCH, "keyword": "公积金查询"}
    assert judged(date(2023, 4, 30), **facts) == {}


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.IM])
def test_messages_have_no_such_duties(channel: Channel) -> None:
    assert judged(channel=channel, label=AdLabel(by="none"), words="您有3条未读消息") == {}


_TEXT = st.text(max_size=60)
_LAYERS = st.builds(
    Overlay,
    text=_TEXT | st.just(OFFER),
    close=st.none() | _TEXT,
    close_box=st.none() | st.just(BOX),
    visible=st.booleans(),
    wait_s=st.floats(0, 9),
    countdown=st.none() | _TEXT,
    leads_away=st.booleans(),
    tried=st.booleans(),
    clicks=st.none() | st.integers(0, 3),
    returned=st.booleans(),
    hosts=st.lists(_TEXT, max_size=2).map(tuple),
)
_RUNS = st.builds(
    TextRun,
    text=_TEXT,
    size_px=st.floats(0, 40),
    contrast=st.none() | st.floats(1, 21),
    visible=st.booleans(),
)
_FACTS = st.builds(
    FormFacts,
    channel=st.sampled_from(Channel),
    paid=st.booleans(),
    label=st.none()
    | st.builds(AdLabel, by=st.sampled_from(["none", "text", "picture"]), run=st.none() | _RUNS),
    mark=_TEXT,
    keyword=st.none() | _TEXT,
    layers=st.lists(_LAYERS, max_size=3).map(tuple),
    words=_TEXT,
)


@given(_FACTS, st.dates(date(2010, 1, 1), date(2030, 1, 1)), st.sampled_from(["zh", "en"]))
def test_at_most_one_finding_a_duty_each_with_its_law_and_always_the_same(
    facts: FormFacts, on: date, lang: str
) -> None:
    assert FORM is not None
    findings = form_findings(facts, FORM, NORMALISE, on, lang)
    assert findings == form_findings(facts, FORM, NORMALISE, on, lang)
    assert len({finding.duty for finding in findings}) == len(findings)
    for finding in findings:
        assert finding.basis
        assert finding.explanation
        assert finding.remedy


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("fire: [您有3条未读消息，点击查看额度", "fire: [关于我们", "is not fire"),
        ("silent: [公积金提取代办", "silent: [公积金查询", "is not silent"),
        ("    - 公积金贷款\n", "    - (?<=公)积金贷款\n", "does not compile"),
        ('article: "17"', 'article: "99"', "has no article 99"),
        ("close_px: 12", "close_px: many", "close_px"),
    ],
)
def test_every_fault_of_the_file_is_told(tmp_path: Path, old: str, new: str, said: str) -> None:
    folder = tmp_path / "ruleset"
    shutil.copytree(
        shipped_folder(), folder, ignore=shutil.ignore_patterns("samples", "[0-9]_*", "promotion", "product")
    )
    file = folder / "form.yaml"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    ruleset, faults = read_ruleset(folder)
    if ruleset.form is not None:
        document = Document("form.yaml", file.read_text("utf-8"))
        faults += form_faults(ruleset.form, document, NORMALISE)
    told = [fault for fault in faults if fault.file == "form.yaml"]
    assert [said in fault.message for fault in told] == [True]
