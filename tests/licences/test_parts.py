import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.forms import forms
from licences.names import text_key
from licences.parts import MAX_NAME, NameParts, parts_of
from licences.wordlists import short_place, words


def parts(name: str) -> NameParts:
    return parts_of(text_key(name))


ROWS = [
    ("plain", "上海云岫科技有限公司", "上海", "云岫", "科技", "有限公司", ""),
    ("place-in-brackets", "云岫（上海）科技有限公司", "上海", "云岫", "科技", "有限公司", ""),
    ("places-in-brackets", "云岫（江苏省苏州市）科技有限公司", "江苏苏州", "云岫", "科技", "有限公司", ""),
    ("district-in-brackets", "云岫（重庆渝中）科技有限公司", "重庆渝中", "云岫", "科技", "有限公司", ""),
    ("one-character-before-places", "云（江苏苏州）科技有限公司", "江苏苏州", "云", "科技", "有限公司", ""),
    ("private-funds-in-short", "云岫私募", "", "云岫", "私募", "", ""),
    ("place-behind-the-trade", "云岫银行（中国）有限公司", "中国", "云岫", "银行", "有限公司", ""),
    (
        "long-places",
        "江苏省苏州市昆山市云岫融资担保集团有限公司",
        "江苏苏州昆山",
        "云岫",
        "融资担保",
        "集团有限公司",
        "",
    ),
    ("autonomous", "延边朝鲜族自治州云岫典当行有限公司", "延边", "云岫", "典当行", "有限公司", ""),
    ("district", "重庆渝中云岫小贷", "重庆渝中", "云岫", "小额贷款", "", ""),
    ("place-of-no-list", "虚岭市云岫科技有限公司", "虚岭", "云岫", "科技", "有限公司", ""),
    ("district-of-no-list", "上海市虚岭区云岫科技有限公司", "上海虚岭", "云岫", "科技", "有限公司", ""),
    ("a-city-is-a-word", "云城市云岫科技有限公司", "", "云城市云岫", "科技", "有限公司", ""),
    ("zone", "中国（上海）自由贸易试验区云岫贸易有限公司", "中国上海", "云岫", "贸易", "有限公司", ""),
    ("place-is-the-name", "上海银行股份有限公司", "", "上海", "银行", "股份有限公司", ""),
    (
        "province-and-place",
        "吉林九台农村商业银行股份有限公司",
        "吉林",
        "九台",
        "农村商业银行",
        "股份有限公司",
        "",
    ),
    ("core-looks-like-trade", "上海浦东发展银行", "上海", "浦东发展", "银行", "", ""),
    (
        "several-trades",
        "云岫互联网金融信息服务（上海）有限公司",
        "上海",
        "云岫",
        "互联网金融信息服务",
        "有限公司",
        "",
    ),
    ("branch", "云岫银行股份有限公司上海市徐汇支行", "", "云岫", "银行", "股份有限公司", "上海市徐汇支行"),
    ("branch-of-a-short-name", "云岫人寿保险虚城分公司", "", "云岫", "人寿保险", "", "虚城分公司"),
    ("unit", "云行信用卡中心", "", "云行", "", "", "信用卡中心"),
    ("liability-company", "云岫科技有限责任公司", "", "云岫", "科技", "有限公司", ""),
    ("partnership", "上海云岫投资合伙企业（有限合伙）", "上海", "云岫", "投资", "合伙企业有限合伙", ""),
    ("faulty-form", "云岫科技有限公同", "", "云岫", "科技", "有限公司", ""),
    ("doubled-in-the-form", "云岫科技有有限公司", "", "云岫", "科技", "有限公司", ""),
    ("doubled-in-a-long-form", "云岫科技股份份有限公司", "", "云岫", "科技", "股份有限公司", ""),
    ("trade-like-a-faulty-form", "云岫信息服务有限公司", "", "云岫", "信息服务", "有限公司", ""),
    ("core-like-a-faulty-form", "云任有限公司", "", "云任", "", "有限公司", ""),
    ("form-lost-a-character", "云岫科技限公司", "", "云岫", "科技", "有限公司", ""),
    ("one-character-is-no-core", "上海云科技有限公司", "上海", "云科技", "", "有限公司", ""),
    ("place-would-leave-one", "海南航", "", "海南航", "", "", ""),
    ("only-a-form", "有限公司", "", "有限公司", "", "", ""),
    ("nothing", "", "", "", "", "", ""),
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_name_is_taken_apart(row: tuple[str, ...]) -> None:
    _, name, *slots = row
    found = parts(name)
    assert [found.region, found.core, found.trade, found.form, found.branch] == slots


def test_a_second_firm_behind_the_first_is_no_branch() -> None:
    name = "云岫银行股份有限公司虚城云袖科技有限公司分公司"
    assert parts(name).branch == ""


name_characters = st.sampled_from(
    "上海北京云岫市区科技投资银行小额贷款有限责任股份公司集团分支中国农业发展（）a1"
)
any_name = st.one_of(
    st.text(name_characters, max_size=40),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=120),
    st.lists(
        st.sampled_from(
            [
                *sorted(words().places)[::40],
                *sorted(words().trades),
                *forms().legal,
                *forms().branches,
                "云岫",
                "岭",
            ]
        ),
        max_size=7,
    ).map("".join),
)


@given(any_name)
def test_the_parts_joined_are_the_key(name: str) -> None:
    key = text_key(name)
    assert "".join(parts_of(key).pieces) == key


@given(any_name)
def test_normalising_twice_changes_nothing(name: str) -> None:
    key = text_key(name)
    assert text_key(key) == key


@given(any_name)
def test_only_an_empty_name_has_no_core(name: str) -> None:
    key = text_key(name)
    assert bool(parts_of(key).core) == bool(key)


# a place that begins like a firm's own name (新华区) is none, and 市中区 makes one of what stands before it
alone = sorted(
    word
    for word, place in words().places.items()
    if place.alone and len(word) > 2 and not word.startswith(("市", *words().cores))
)


@given(st.sampled_from(alone), st.sampled_from(["科技", "小额贷款", "私募基金管理", "银行"]))
def test_moving_the_place_into_brackets_changes_no_part(place: str, trade: str) -> None:
    before, behind = parts(f"{place}岫峣{trade}有限公司"), parts(f"岫峣（{place}）{trade}有限公司")
    assert (before.regions, before.core, before.trade) == (behind.regions, behind.core, behind.trade)
    assert before.trunk == behind.trunk


@pytest.mark.parametrize(
    ("short", "long"), [(a, b) for a, every in words().short_for.items() for b in sorted(every)]
)
def test_a_trade_and_what_it_is_short_for_are_one_family(short: str, long: str) -> None:
    assert words().families[short] == words().families[long]


def test_a_name_without_end_is_cut() -> None:
    key = "云岫" * 40_000
    assert len(parts_of(key).trunk) <= MAX_NAME


@pytest.mark.parametrize(
    ("long", "short"),
    [("上海市", "上海"), ("延边朝鲜族自治州", "延边"), ("浦东新区", "浦东"), ("忠县", "忠县"),
     ("巴音郭楞蒙古自治州", "巴音郭楞"), ("大兴安岭地区", "大兴安岭")],
)  # fmt: skip
def test_a_place_has_one_short_form(long: str, short: str) -> None:
    assert short_place(long) == short


def test_words_are_written_as_names_are_compared() -> None:
    every = [
        *words().places,
        *words().trades,
        *words().cores,
        *forms().legal,
        *forms().branches,
        *forms().units,
    ]
    assert [word for word in every if text_key(word) != word] == []
