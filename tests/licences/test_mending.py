import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.likeness import Slot
from licences.mending import readings
from licences.names import text_key
from licences.parts import parts_of
from licences.wordlists import words

READ = [
    ("look-alike-in-the-place", "上诲云岫科技有限公司", "上海|云岫|科技", Slot.PLACE),
    ("place-turned", "海上云岫科技有限公司", "上海|云岫|科技", Slot.PLACE),
    ("more-in-a-place", "上云海云岫科技有限公司", "上海|云岫|科技", Slot.PLACE),
    ("long-place-lost-one", "哈滨市云岫科技有限公司", "哈尔滨|云岫|科技", Slot.PLACE),
    ("long-place-turned", "恩施土家族族苗自治州云岫科技有限公司", "恩施|云岫|科技", Slot.PLACE),
    (
        "place-behind-a-place",
        "甘肃阿克塞哈萨克施自治县云岫科技有限公司",
        "甘肃阿克塞|云岫|科技",
        Slot.PLACE,
    ),
    ("look-alike-in-the-trade", "上海云岫小额货款有限公司", "上海|云岫|小额贷款", Slot.TRADE),
    ("trade-lost-one", "上海云岫业保理有限公司", "上海|云岫|商业保理", Slot.TRADE),
    ("trade-turned", "上海云岫券证有限公司", "上海|云岫|证券", Slot.TRADE),
    ("any-character-in-the-trade", "上海云岫融把租赁有限公司", "上海|云岫|融资租赁", Slot.TRADE),
    ("core-in-the-trade", "上海云融岫资租赁有限公司", "上海|云融|融资租赁", Slot.TRADE),
]


@pytest.mark.parametrize(("name", "meant", "slot"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_word_is_known_through_one_fault(name: str, meant: str, slot: Slot) -> None:
    first = next(iter(readings(parts_of(text_key(name)))))
    assert "|".join([first.parts.region, first.parts.core, first.parts.trade]) == meant
    assert [where for where, _ in first.faults] == [slot]


def test_place_and_trade_are_mended_together() -> None:
    first, *others = readings(parts_of(text_key("上诲云岫小额货款有限公司")))
    assert (first.parts.region, first.parts.core, first.parts.trade) == ("上海", "云岫", "小额贷款")
    assert [slot for slot, _ in first.faults] == [Slot.PLACE, Slot.TRADE]
    assert len(others) == 2


@pytest.mark.parametrize("name", ["渝中云岫小额贷款", "云岫（渝中）小额贷款有限公司"])
def test_a_districts_short_form_is_seen_beside_a_core(name: str) -> None:
    read = [(one.parts.region, one.parts.core, one.faults) for one in readings(parts_of(text_key(name)))]
    assert ("渝中", "云岫", ()) in read


SOUND = [
    ("plain", "上海云岫科技有限公司"),
    ("one-character-before-a-trade", "上海云岫保险有限公司"),  # no 再保险
    ("short-word", "上海云岫科佳有限公司"),
    ("no-word", "云岫"),
    ("nothing", ""),
]


@pytest.mark.parametrize("name", [row[1] for row in SOUND], ids=[row[0] for row in SOUND])
def test_a_sound_name_is_left_alone(name: str) -> None:
    assert list(readings(parts_of(text_key(name)))) == []


place = st.sampled_from(sorted(word for word, place in words().places.items() if place.alone))
trade = st.sampled_from(sorted(words().trades))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_readings_are_few(name: str) -> None:
    assert len(list(readings(parts_of(text_key(name))))) <= 5


@given(place, trade)
def test_right_words_are_not_mended(here: str, what: str) -> None:
    found = list(readings(parts_of(text_key(f"{here}岫峣{what}有限公司"))))
    assert [fault for reading in found for fault in reading.faults] == []
