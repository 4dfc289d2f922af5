"""A firm that an ad only mentions is not its advertiser; a firm that speaks of itself is."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import LicenceStatus, Product
from licences.mentions import firm_within, mentioned_at, only_mentioned
from licences.names import text_key
from licences.resolve import resolve
from licences.tabledata import load_own
from tests.licences.mention_texts import MENTIONED, OWN
from tests.support.licence_lists import ON, entry, registers, whitelist

NAME = "云岫银行"
ONLY_MENTIONED = [
    "资金由云岫银行存管", "资金存管于云岫银行", "由云岫银行提供资金存管", "云岫银行全程资金存管", "存管银行为云岫银行",
    "与云岫银行合作", "与云岫银行达成战略合作", "合作机构：云岫银行", "云岫银行同款", "携手云岫银行",
    "前云岫银行首席带队", "原云岫银行行长操盘", "曾任云岫银行信贷经理", "团队成员曾在云岫银行", "云岫银行出身",
    "比云岫银行高3倍", "是云岫银行活期利息的三十倍", "利率低于云岫银行", "跑赢云岫银行理财", "告别云岫银行的低利息",
    "云岫银行做不到的我们做到", "云岫银行拒贷也能批", "利息比云岫银行低",
    "合作银行：海棠银行、云岫银行、松石银行", "对接海棠银行、云岫银行等多家银行", "海棠银行、云岫银行和松石银行等多家银行",
    "警惕假冒云岫银行的短信", "本平台与云岫银行无关", "据云岫银行研报", "云岫银行分析师认为",
    "绑定云岫银行卡即可", "资金方为云岫银行", "资金来源于云岫银行", "由云岫银行担保", "云岫银行战略投资",
]  # fmt: skip
OWN_WORDS = [
    "云岫银行消费贷", "云岫银行推出全新产品", "选择云岫银行", "云岫银行利率低至3.4%", "云岫银行贷款，比同业更低",
    "目前云岫银行利率低至3%", "当前云岫银行活动", "年前云岫银行贷款", "提前云岫银行还款", "大数据云岫银行推出贷款",
    "高性价比云岫银行理财", "中原云岫银行", "云岫银行等你来", "云岫银行，您身边的银行", "【云岫银行】您的额度",
    "办理云岫银行信用卡", "云岫银行官方网站", "云岫银行员福利", "云岫银行推出，合作机构云岫银行", "海棠银行",
]  # fmt: skip


@pytest.mark.parametrize("text", ONLY_MENTIONED)
def test_a_helper_or_a_comparison_is_only_mentioned(text: str) -> None:
    assert only_mentioned(text_key(text), NAME)


@pytest.mark.parametrize("text", OWN_WORDS)
def test_who_speaks_of_itself_is_more_than_mentioned(text: str) -> None:
    assert not only_mentioned(text_key(text), NAME)


@pytest.mark.parametrize("kind", MENTIONED)
def test_many_wordings_of_each_kind_are_mentions(kind: str) -> None:
    assert [text for text in MENTIONED[kind] if not only_mentioned(text_key(text), NAME)] == []


def test_no_wording_of_its_own_is_a_mention() -> None:
    assert [text for text in OWN if only_mentioned(text_key(text), NAME)] == []


RAW = load_own("data/mentions.yaml", "mentions.schema.json")
BEFORE = sorted({word for words in RAW["before"].values() for word in words})
AFTER = sorted({word for group, words in RAW["after"].items() if group != "custody_verbs" for word in words})


@pytest.mark.parametrize("word", BEFORE)
def test_every_word_before_a_name_counts(word: str) -> None:
    assert only_mentioned(text_key(f"这里{word}{NAME}推出"), NAME)


@pytest.mark.parametrize("word", AFTER)
def test_every_word_behind_a_name_counts(word: str) -> None:
    assert only_mentioned(text_key(f"这里有{NAME}{word}"), NAME)


@given(st.sampled_from(BEFORE), st.sampled_from(AFTER), st.sampled_from(OWN_WORDS[:5]), st.booleans())
def test_one_own_word_outweighs_all_mentions(before: str, after: str, own: str, first: bool) -> None:
    mentioned = f"{before}{NAME}，{NAME}{after}"
    text = f"{own}。我们{mentioned}" if first else f"我们{mentioned}。欢迎您，{own}"
    assert not only_mentioned(text_key(text), NAME)


@given(
    st.lists(st.sampled_from(["海棠银行", "松石证券", "岭上消费金融"]), max_size=4),
    st.sampled_from("、和与 "),
)
def test_a_list_of_partners_is_a_list_wherever_the_name_stands_in_it(others: list[str], joint: str) -> None:
    for place in range(len(others) + 1):
        listed = joint.join([*others[:place], NAME, *others[place:]])
        assert only_mentioned(text_key(f"合作银行：{listed}"), NAME)
        assert only_mentioned(text_key(f"汇集{listed}等多家机构"), NAME) or place == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_read(before: str, after: str) -> None:
    key = text_key(before) + NAME + text_key(after)
    start = key.find(NAME)
    assert mentioned_at(key, start, start + len(NAME)) in (True, False)


def test_the_data_holds_no_word_twice() -> None:
    for side in ("before", "after"):
        words = [word for group in RAW[side].values() for word in group]
        assert len(words) == len(set(words)), yaml.safe_dump(sorted(words), allow_unicode=True)


LISTED = frozenset(["云岫证券", "云岫证券股份有限公司", "原野证券", "前海云岫证券"])
FORMER_NAMES = [
    ("前云岫证券", "云岫证券"),
    ("前云岫证券首席分析师", "云岫证券"),
    ("前云岫证券上海分公司资深投资顾问张三", "云岫证券"),
    ("原云岫证券股份有限公司", "云岫证券股份有限公司"),
    ("曾任职于云岫证券", "云岫证券"),
    ("张三曾任云岫证券股份有限公司", "云岫证券股份有限公司"),
    ("离职自云岫证券", "云岫证券"),
    ("合作券商云岫证券", "云岫证券"),
    ("前松石证券首席", "松石证券"),  # on no list
    ("老师曾供职于松石证券", "松石证券"),
    ("曾就职于松石证券股份有限公司", "松石证券股份有限公司"),
]
OWN_NAMES = [
    "云岫证券", "原野证券", "前海云岫证券", "前海松石证券首席", "前海云岫证券股份有限公司", "前程证券首席分析师", "原点资本创始人",
    "联合松石信用管理有限公司", "携手云岫证券服务有限公司", "松石证券首席分析师", "前湾资本投资总监", "原州云岫典当有限公司", "前锋证券投顾",
]  # fmt: skip


@pytest.mark.parametrize(("name", "within"), FORMER_NAMES)
def test_a_name_with_the_words_before_it_only_tells_of_a_firm(name: str, within: str) -> None:
    assert firm_within(text_key(name), LISTED.__contains__) == within


@pytest.mark.parametrize("name", OWN_NAMES)
def test_a_name_that_begins_like_such_words_stays_a_name(name: str) -> None:
    assert firm_within(text_key(name), LISTED.__contains__) is None


def test_an_unlisted_firm_behind_前_needs_a_persons_place_in_name_or_text() -> None:
    name = "前松石证券股份有限公司"
    assert firm_within(name, LISTED.__contains__) is None
    assert firm_within(name, LISTED.__contains__, f"{name}欢迎您") is None
    assert firm_within(name, LISTED.__contains__, f"{name}首席讲师欢迎您") == name[1:]


@given(st.text(max_size=40))
def test_any_name_is_read(name: str) -> None:
    within = firm_within(text_key(name), LISTED.__contains__)
    assert within is None or within in text_key(name)


LISTS = registers(
    whitelist(entry("云岫证券", "securities"), entry("云岫银行"), entry("前海云岫证券", "securities"))
)


def _asked(text: str, *names: str, declared: str | None = None) -> tuple[LicenceStatus, str | None]:
    clues = AdvertiserClues(text=text, names=names, declared=declared)
    found = resolve(clues, Product.SECURITIES, ON, LISTS)
    return found.licence.status, found.advertiser.name


@pytest.mark.parametrize(
    "name",
    ["云岫证券", "前云岫证券", "前云岫证券首席分析师", "前云岫证券股份有限公司", "曾任职于云岫证券"],
)
def test_a_former_employer_is_not_the_advertiser(name: str) -> None:
    text = f"{name if name != '云岫证券' else '前云岫证券'}首席分析师带您炒股"
    assert _asked(text, name) == (LicenceStatus.UNKNOWN, None)


def test_a_firm_of_前海_is_not_a_former_one() -> None:
    name = "前海云岫证券股份有限公司"
    assert _asked(f"{name}首席分析师带您炒股", name) == (LicenceStatus.LICENSED, name)


def test_an_account_named_for_a_former_employer_is_like_no_listed_firm() -> None:
    assert _asked("炒股", declared="前云岫证券") == (LicenceStatus.NOT_FOUND, "前云岫证券")
    assert _asked("炒股", declared="前云岫证券首席")[0] is LicenceStatus.NOT_FOUND
    # a registered name with 原 before it is no name that a list could have
    assert _asked("炒股", declared="原云岫证券股份有限公司")[0] is LicenceStatus.UNKNOWN
    assert _asked("炒股", declared="云岫证券股份有限公司")[0] is LicenceStatus.LICENSED


@pytest.mark.parametrize("text", [text for texts in MENTIONED.values() for text in texts])
def test_no_firm_that_is_only_mentioned_is_pointed_to(text: str) -> None:
    assert _asked(text)[1] != NAME
