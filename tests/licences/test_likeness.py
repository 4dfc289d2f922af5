import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from licences.faults import Fault, FaultKind, fault_between, two_faults
from licences.likeness import Likeness, Slot, likeness
from licences.lookalikes import sound_alike
from licences.names import full_of, text_key
from licences.parts import parts_of
from licences.partwise import Difference
from licences.tabledata import load_own
from licences.wordlists import short_place


def like(query: str, entry: str) -> Likeness:
    return likeness(parts_of(text_key(query)), parts_of(text_key(entry)))


ENTRY = "上海云岫科技有限公司"
SAID = [
    ("look-alike", "上海云袖科技有限公司", Difference.CHARACTER, Slot.CORE, "形近字：「袖」/「岫」"),
    ("replaced", "上海云峰科技有限公司", Difference.CHARACTER, Slot.CORE, "一字之差：「峰」/「岫」"),
    ("dropped", "上海岫科技有限公司", Difference.CHARACTER, Slot.CORE, "少一字：「云」"),
    ("doubled", "上海云云岫科技有限公司", Difference.CHARACTER, Slot.CORE, "重复一字：「云」"),
    ("added", "上海云岫山科技有限公司", Difference.CHARACTER, Slot.CORE, "多一字：「山」"),
    ("swapped", "上海岫云科技有限公司", Difference.CHARACTER, Slot.CORE, "两字颠倒：「岫云」/「云岫」"),
    ("in-the-place", "上诲云岫科技有限公司", Difference.CHARACTER, Slot.PLACE, "形近字：「诲」/「海」"),
    ("in-the-trade", "上海云岫科佳有限公司", Difference.CHARACTER, Slot.TRADE, "一字之差：「佳」/「技」"),
    ("form-missing", "上海云岫科技", Difference.FORM, None, "未写组织形式"),
    ("place-missing", "云岫科技有限公司", Difference.PLACE, None, "未写地名「上海」"),
    ("trade-missing", "上海云岫有限公司", Difference.TRADE, None, "未写行业「科技」"),
    ("another-place", "北京云岫科技有限公司", Difference.PLACE, None, "地名为「北京」，名单为「上海」"),
    ("another-trade", "上海云岫贸易有限公司", Difference.TRADE, None, "行业为「贸易」，名单为「科技」"),
    (
        "another-form", "上海云岫科技股份有限公司", Difference.FORM, None,
        "组织形式为「股份有限公司」，名单为「有限公司」",
    ),
    ("branch", "上海云岫科技有限公司虚城分公司", Difference.BRANCH, None, "分支机构「虚城分公司」"),
    ("place-moved", "云岫（上海）科技有限公司", Difference.WORDING, None, "地名写法或位置不同"),
    ("another-name", "上海丹崖科技有限公司", Difference.OTHER, None, "名称不同"),
]  # fmt: skip


@pytest.mark.parametrize("row", SAID, ids=[row[0] for row in SAID])
def test_the_difference_is_named(row: tuple[str, str, Difference, Slot | None, str]) -> None:
    _, query, what, slot, said = row
    found = like(query, ENTRY)
    assert (found.what, found.slot, found.said.zh) == (what, slot, said)
    assert found.said


def test_equal_names_alone_are_one() -> None:
    assert like("上海雲岫科技有限責任公司", ENTRY).score == 1
    assert like("上海云岫科技 有限公司", ENTRY).what is Difference.NONE


LIKE = [
    ("short-trade", "上海云岫保理有限公司", "上海云岫商业保理有限公司", "行业简写为「保理」，名单为「商业保理」"),
    ("short-trade-of-no-list", "上海云岫保销", "上海云岫保险销售有限公司", "行业简写为「保销」，名单为「保险销售」"),
    ("province-for-a-city", "山西云岫科技", "吕梁市离石区云岫科技有限公司", "地名为「山西」，名单为「吕梁离石」"),
    ("province-for-the-city", "山西离石云岫科技", "吕梁市离石区云岫科技有限公司", "地名为「山西离石」，名单为「吕梁离石」"),
    ("city-for-its-county-level-city", "苏州云岫科技", "昆山云岫科技有限公司", "地名为「苏州」，名单为「昆山」"),
    ("province-of-a-city-named-as-a-district", "辽宁云岫科技", "朝阳云岫科技有限公司", "地名为「辽宁」，名单为「朝阳」"),
    ("unit-of-a-place-that-looks-like", "南京巿岫凯科技有限公司", "南京市岫凯科技有限公司", "多一字：「巿」"),
    ("district-in-brackets", "云岫（渝中）科技有限公司", "重庆市渝中区云岫科技有限公司", "未写地名「重庆」"),
    ("two-look-alikes", "上诲云岫小额货款", "上海云岫小额贷款", "形近字：「诲货」/「海贷」"),
    ("faults-in-two-parts", "上把云岫小额贷次", "上海云岫小额贷款", "一字之差：「把」/「海」；一字之差：「次」/「款」"),
]  # fmt: skip


@pytest.mark.parametrize("row", LIKE, ids=[row[0] for row in LIKE])
def test_a_name_in_other_words_is_like_and_is_told(row: tuple[str, ...]) -> None:
    _, query, entry, said = row
    found = like(query, entry)
    assert found.score > 0.72
    assert said in found.said.zh


RANKED = [
    ("one-fault-above-two-other-places", "上诲云岫科技有限公司", ENTRY, "江海云岫科技有限公司"),
    ("look-alike-above-any-character", "上海云袖科技有限公司", ENTRY, "上海云峰科技有限公司"),
    ("sound-alike-above-any-character", "上海云秀科技有限公司", ENTRY, "上海云峰科技有限公司"),
    ("same-wording-above-other-wording", "上海云岫科技有限公同", ENTRY, "上海市云岫科技有限公司"),
    ("missing-place-above-added", "云岫科技有限公司", ENTRY, "北海"),
    ("short-trade", "云岫小贷", "上海云岫小额贷款有限公司", "上海云岫小额再贷款有限公司"),
    (
        "district-alone",
        "渝中云岫小贷",
        "重庆市渝中区云岫小额贷款有限公司",
        "重庆市江北区云岫小额贷款有限公司",
    ),
]


@pytest.mark.parametrize(
    ("query", "above", "below"), [row[1:] for row in RANKED], ids=[row[0] for row in RANKED]
)
def test_what_is_more_alike(query: str, above: str, below: str) -> None:
    assert like(query, above).score > like(query, below).score


OTHERS = [
    ("another-place", "南京云岫科技有限公司", "北京云岫科技有限公司"),
    ("another-trade", "上海云岫保险经纪有限公司", "上海云岫保险代理有限公司"),
    ("another-county", "南丰云岫科技有限公司", "南通云岫科技有限公司"),
    ("another-kind-of-insurer", "云岫保险有限公司", "云岫人寿保险有限公司"),
    ("another-city-of-the-province", "吕梁云岫科技有限公司", "太原云岫科技有限公司"),
    ("the-province-in-a-registered-name", "山西云岫科技有限公司", "吕梁云岫科技有限公司"),
    ("a-city-of-it-in-a-registered-name", "吕梁市离石区云岫科技有限公司", "山西省云岫科技有限公司"),
    ("its-city-in-a-registered-name", "苏州云岫科技有限公司", "昆山云岫科技有限公司"),
    ("a-district-of-that-name-elsewhere", "北京云岫科技", "朝阳云岫科技有限公司"),
    ("another-core-behind-the-unit-of-a-place", "南京卓岫科技有限公司", "南京市岫凯科技有限公司"),
    ("one-more-character-of-a-core-for-the-unit", "湖北瑞云科技有限公司", "湖北省云岫科技有限公司"),
    ("two-slips-in-a-short-core", "上海把次科技有限公司", "上海云岫科技有限公司"),
    ("two-branches", "云岫银行股份有限公司虚城分行", "云岫银行股份有限公司东城分行"),
]


@pytest.mark.parametrize(("query", "entry"), [row[1:] for row in OTHERS], ids=[row[0] for row in OTHERS])
def test_known_other_parts_make_other_firms(query: str, entry: str) -> None:
    assert like(query, entry).score <= 0.5


PROVINCES = load_own("data/regions.yaml", "regions.schema.json")["provinces"]


@given(st.data())
def test_places_are_one_only_where_one_lies_in_the_other(data: st.DataObject) -> None:
    provinces = {
        name: list(raw["cities"]) for name, raw in PROVINCES.items() if len(raw.get("cities", ())) > 2
    }
    province = data.draw(st.sampled_from(sorted(provinces)))
    city, sibling = data.draw(
        st.lists(st.sampled_from(provinces[province]), min_size=2, max_size=2, unique=True)
    )
    elsewhere = data.draw(st.sampled_from(sorted(provinces.keys() - {province})))
    assume(PROVINCES.keys().isdisjoint(map(short_place, (city, sibling))))  # 吉林市, 海南藏族自治州
    entry = f"{city}虚棠小额贷款有限公司"
    assert like(f"{province}虚棠小额贷款", entry).score > 0.72  # as it comes
    assert like(f"{province}{city}虚棠小额贷款有限公司", entry).score > 0.72
    for other in (sibling, elsewhere):
        assert like(f"{other}虚棠小额贷款", entry).score <= 0.5
    for registered in (province, sibling, elsewhere):
        assert like(f"{registered}虚棠小额贷款有限公司", entry).score <= 0.5


name = st.builds(
    "".join,
    st.tuples(
        st.sampled_from(["", "上海", "北京市", "中国"]),
        st.text(st.sampled_from("云岫丹崖鹤亭科技"), min_size=1, max_size=5),
        st.sampled_from(["", "科技", "小贷", "银行", "投资管理"]),
        st.sampled_from(["", "有限公司", "有限责任公司", "股份有限公司"]),
    ),
)


@given(name, name)
def test_one_is_for_equality_alone(query: str, entry: str) -> None:
    found = like(query, entry)
    assert 0 <= found.score <= 1
    assert (found.score == 1) is (full_of(text_key(query)) == full_of(text_key(entry)))


core = st.text(st.sampled_from("云岫丹崖鹤亭澜溪霁蔚"), min_size=3, max_size=3)


@given(core, st.sampled_from("棠梧桐舟"), st.integers(0, 2))
def test_a_replaced_character_counts_alike_both_ways(core: str, other: str, at: int) -> None:
    one, two = f"上海{core}科技有限公司", f"上海{core[:at]}{other}{core[at + 1 :]}科技有限公司"
    assert like(one, two).score == like(two, one).score < 1


FAULTS = [
    ("replaced", "云袖山", "云岫山", Fault(FaultKind.REPLACED, 1, "袖", "岫")),
    ("dropped", "云山", "云岫山", Fault(FaultKind.DROPPED, 1, "", "岫")),
    ("dropped-last", "云岫", "云岫山", Fault(FaultKind.DROPPED, 2, "", "山")),
    ("added", "云大岫山", "云岫山", Fault(FaultKind.ADDED, 1, "大", "")),
    ("doubled", "云岫岫山", "云岫山", Fault(FaultKind.DOUBLED, 2, "岫", "")),
    ("swapped", "岫云山", "云岫山", Fault(FaultKind.SWAPPED, 0, "岫云", "云岫")),
    ("equal", "云岫山", "云岫山", None),
    ("two-replaced", "大岫川", "云岫山", None),
    ("two-longer", "云岫山川水", "云岫山", None),
    ("moved-far", "山云岫", "云岫山", None),
    ("empty", "", "", None),
]

TWO = [
    ("replaced-twice", "大岫川", "云岫山", [(FaultKind.REPLACED, 0), (FaultKind.REPLACED, 2)]),
    ("dropped-and-added", "岫山川", "云岫山", [(FaultKind.DROPPED, 0), (FaultKind.ADDED, 3)]),
    ("swapped-and-replaced", "岫云川", "云岫山", [(FaultKind.SWAPPED, 0), (FaultKind.REPLACED, 2)]),
    ("added-twice", "大云大岫山", "云岫山", [(FaultKind.ADDED, 0), (FaultKind.ADDED, 1)]),
    ("dropped-twice", "山", "云岫山", [(FaultKind.DROPPED, 0), (FaultKind.DROPPED, 1)]),
    ("one", "云袖山", "云岫山", None),
    ("equal", "云岫山", "云岫山", None),
    ("three", "大大大", "云岫山", None),
]


@pytest.mark.parametrize(("wrong", "right", "faults"), [row[1:] for row in TWO], ids=[row[0] for row in TWO])
def test_two_faults_between_two_spellings(
    wrong: str, right: str, faults: list[tuple[FaultKind, int]] | None
) -> None:
    found = two_faults(wrong, right)
    assert (found and [(fault.kind, fault.at) for fault in found]) == faults


@pytest.mark.parametrize(
    ("wrong", "right", "fault"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_the_one_fault_between_two_spellings(wrong: str, right: str, fault: Fault | None) -> None:
    assert fault_between(wrong, right) == fault


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [("浦", "普", True), ("招", "找", True), ("浦", "发", False), ("a", "a", False)],
)
def test_what_sounds_alike(one: str, other: str, alike: bool) -> None:
    assert sound_alike(one, other) is alike
