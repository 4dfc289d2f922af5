import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from licences.lookalikes import folded, look_alike
from licences.mending import readings
from licences.names import text_key
from licences.near import MAX_KEYS, asked_keys, compared_parts, further_keys, near_keys
from licences.parts import parts_of
from licences.tabledata import load_own
from licences.wordlists import words


def keys(name: str) -> set[str]:
    return set(near_keys(compared_parts(name)))


def asked(name: str) -> set[str]:
    own = compared_parts(name)
    every = (own, *(reading.parts for reading in readings(own)))
    return {key for parts in every for key in (*asked_keys(parts), *further_keys(parts))}


MEET = [
    ("replaced", "上海云岫科技有限公司", "上海云峰科技有限公司"),
    ("dropped", "上海云岫科技有限公司", "上海岫科技有限公司"),
    ("fault-in-the-place", "上海云岫科技有限公司", "上诲云岫科技有限公司"),
    ("fault-in-the-trade", "上海云岫科技有限公司", "上海云岫科佳有限公司"),
    ("fault-in-the-form", "上海云岫科技有限公司", "上海云岫科技有陷公司"),
    ("without-place", "上海云岫科技有限公司", "云岫科技"),
    ("without-trade", "上海云岫科技有限公司", "上海云岫"),
    ("core-alone", "上海云岫科技有限公司", "云岫"),
    ("short-trade", "上海云岫小额贷款有限公司", "上海云岫小贷"),
    ("short-trade-without-place", "上海云岫小额贷款有限公司", "云岫小贷"),
    ("district-alone", "重庆市渝中区云岫小额贷款有限公司", "渝中云岫小贷"),
    ("many-look-alikes", "上海云岫科技有限公司", "上诲云袖科枝有限公司"),
    ("look-alike-and-a-fault", "上海云岫科技有限公司", "上诲云岫科技技有限公司"),
    ("place-in-brackets", "上海云岫科技有限公司", "云岫（上海）科技有限公司"),
    ("district-in-brackets", "重庆市渝中区云岫科技有限公司", "云岫（渝中）科技有限公司"),
    ("province-for-the-city", "吕梁市离石区云岫科技有限公司", "山西云岫科技有限公司"),
    ("private-funds-in-short", "云岫私募证券投资基金管理有限公司", "云岫私募"),
    ("unknown-short-trade", "上海云岫保险销售有限公司", "上海云岫保销"),
    ("swapped-over-the-border", "上海云岫融资租赁有限公司", "上海云融岫资租赁有限公司"),
    ("swapped-over-a-short-word", "上海云岫科技有限公司", "上海云科岫技有限公司"),
    ("short-place-lost-one", "上海云岫科技有限公司", "上云岫科技有限公司"),
    ("english", "Shanghai Yunxiu Technology Co., Ltd.", "YUN XIU (SHANGHAI) TECH COMPANY LIMITED"),
    ("english-slip", "Shanghai Yunxiu Technology Co., Ltd.", "Shanghai Yunxui Technology LLC"),
    (
        "long-name-fault-in-the-trade",
        "内蒙古自治区呼和浩特市赛罕区云岫小额贷款有限公司",
        "内蒙古自治区呼和浩特市赛罕区云岫小额把款有限公司",
    ),
    (
        "long-name-fault-in-the-place",
        "内蒙古自治区呼和浩特市赛罕区云岫小额贷款有限公司",
        "内蒙古自治区呼和浩特市赛把区云岫小额贷款有限公司",
    ),
    ("traditional", "上海雲岫科技有限公司", "上海云岫科技有限公司"),
]


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in MEET], ids=[row[0] for row in MEET])
def test_names_meet_in_a_key(one: str, other: str) -> None:
    assert keys(one) & asked(other)


APART = [
    ("another-firm", "上海云岫科技有限公司", "上海丹崖科技有限公司"),
    ("same-place-and-trade", "上海云岫小额贷款有限公司", "上海丹崖小额贷款有限公司"),
]


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in APART], ids=[row[0] for row in APART])
def test_different_names_do_not_meet(one: str, other: str) -> None:
    assert not keys(one) & asked(other)


# without 市, 区 and 国, which make places of what stands beside them
character = st.sampled_from("云岫丹崖鹤亭澜溪霁蔚笙棠梧桐舟砚松筠荻浦普海科技中银贷")
core = st.text(character, min_size=2, max_size=24)


@given(
    st.sampled_from(["", "上海", "上海市", "内蒙古自治区", "中国", "广东深圳"]),
    core,
    st.sampled_from(["", "科技", "小额贷款", "融资租赁", "银行"]),
    st.sampled_from(["", "有限公司", "股份有限公司"]),
    st.data(),
)
def test_one_fault_in_a_core_still_meets(
    place: str, core: str, trade: str, form: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(core) - 1))
    new = data.draw(character)
    kind = data.draw(st.sampled_from(["insert", "delete", "replace", "swap"]))
    faulty = {
        "insert": core[:at] + new + core[at:],
        "delete": core[:at] + core[at + 1 :],
        "replace": core[:at] + new + core[at + 1 :],
        "swap": core[:at] + core[at : at + 2][::-1] + core[at + 2 :],
    }[kind]
    # one character alone meets half the register: it is no key
    assume(len(place + core + trade) > 2 and len(place + faulty + trade) > 2)
    assume(core not in words().trades and faulty not in words().trades)
    assume(len(core + trade) > 1 and len(faulty + trade) > 1)
    assert keys(place + core + trade + form) & asked(place + faulty + trade + form)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_keys_are_few_and_telling(name: str) -> None:
    found = near_keys(parts_of(text_key(name)))
    assert len(found) == len(set(found)) <= MAX_KEYS
    assert all(len(key) > 1 for key in found)


@given(st.text(character, max_size=30))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


def test_look_alikes_are_written_as_names_are_compared() -> None:
    groups = load_own("data/lookalikes.yaml", "lookalikes.schema.json")["groups"]
    characters = [char for group in groups for char in group.split(" ")]
    assert [char for char in characters if text_key(char) != char] == []


@pytest.mark.parametrize(
    ("one", "other", "alike"), [("贷款", "货款", True), ("浦发", "普发", False), ("", "", True)]
)
def test_what_looks_alike(one: str, other: str, alike: bool) -> None:
    assert look_alike(one, other) is alike
