import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.model.vocabulary import Matched
from licences.english import chinese_names, english_key, english_parts
from licences.index import Index
from licences.tabledata import load_own
from tests.support.licence_lists import entry, whitelist

ROWS = [
    ("plain", "China Merchants Bank", ("招商银行",)),
    ("registered", "China Merchants Bank Co., Ltd.", ("招商银行",)),
    ("upper-case-and-full-width", "ＣＨＩＮＡ　MERCHANTS BANK", ("招商银行",)),
    ("by-sound", "Ping An Bank", ("平安银行",)),
    ("run-together", "PingAn Bank", ("平安银行",)),
    ("abbreviated", "icbc", ("工商银行",)),
    ("apostrophe", "Bank of Xi’an", ("西安银行",)),
    ("article", "The Industrial and Commercial Bank of China Limited", ("工商银行",)),
    ("two-names", "CICC", ("中金公司", "中国国际金融")),
    ("brackets", "Citibank (China) Co., Ltd.", ("花旗银行",)),
    ("one-more-word", "China Merchants Bank Wealth", ()),
    ("another", "Yunxiu Bank", ()),
    ("only-a-form", "Co., Ltd.", ()),
    ("chinese", "招商银行", ()),
    ("nothing", "", ()),
]


@pytest.mark.parametrize(("name", "chinese"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_what_an_english_name_stands_for(name: str, chinese: tuple[str, ...]) -> None:
    assert chinese_names(name) == chinese


def test_an_english_name_points_to_an_entry_and_proves_nothing() -> None:
    index = Index([whitelist(entry("招商银行", id="bank"))])
    found = index.name("China Merchants Bank Co., Ltd.")
    assert found is not None
    assert found.matched is Matched.BRAND
    assert [hit.entry.id for hit in found.hits] == ["bank"]


def test_an_entrys_own_english_brand_is_found_with_its_legal_form() -> None:
    index = Index([whitelist(entry("云岫银行", id="bank", brands=("Yunxiu Bank",)))])
    found = index.name("YUNXIU BANK CO., LTD.")
    assert found is not None
    assert found.matched is Matched.BRAND


PARTS = [
    ("plain", "Shanghai Yunxiu Technology Co., Ltd.", "上海|yunxiu|technology"),
    ("place-in-brackets", "Yunxiu (Shanghai) Technology Co., Ltd.", "上海|yunxiu|technology"),
    ("syllables-apart", "Yun Xiu Shang Hai Technology", "上海|yunxiu|technology"),
    ("other-forms", "YUNXIU TECH LIMITED LIABILITY COMPANY", "|yunxiu|technology"),
    ("letters-of-a-form", "Yunxiu Technologies L.L.C.", "|yunxiu|technology"),
    ("two-words-for-one", "Yunxiu Small Loans Limited", "|yunxiu|microcredit"),
    ("hyphen", "Yunxiu Micro-credit Company Limited", "|yunxiu|microcredit"),
    ("ampersand", "Yunxiu Science & Technology", "|yunxiu|technology"),
    (
        "several-words-of-trade",
        "Yunxiu Equity Investment Fund Mgmt",
        "|yunxiu|equityinvestmentfundmanagement",
    ),
    ("not-read-as-written", "Chongqing Yunxiu Leasing", "重庆|yunxiu|leasing"),
    ("place-is-the-name", "Bank of Shanghai", "|上海|bank"),
    ("trade-alone", "Microcredit Limited", "|microcredit|"),
]


@pytest.mark.parametrize(("name", "parts"), [row[1:] for row in PARTS], ids=[row[0] for row in PARTS])
def test_an_english_name_is_taken_apart(name: str, parts: str) -> None:
    found = english_parts(name)
    assert found is not None
    assert "|".join([found.region, found.core, found.trade]) == parts


@pytest.mark.parametrize("name", ["", "Co., Ltd.", "云岫科技", "Yunxiu 科技"])
def test_what_is_not_english_has_no_english_parts(name: str) -> None:
    assert english_parts(name) is None


@given(
    st.lists(
        st.sampled_from(
            ["Yun", "Xiu", "(Shanghai)", "Tech", "Micro-credit", "Fund", "Co., Ltd.", "LLC", "&"]
        ),
        max_size=8,
    )
)
def test_letter_case_and_legal_form_change_no_part(pieces: list[str]) -> None:
    name = " ".join(pieces)
    one, other = english_parts(name), english_parts(f"{name.upper()} Company Limited")
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert (one.regions, one.core, one.trade) == (other.regions, other.core, other.trade)


def test_every_name_of_the_table_has_a_key_of_its_own_length() -> None:
    names = load_own("data/english.yaml", "english.schema.json")["names"]
    assert [name for group in names.values() for name in group if len(english_key(name)) < 2] == []
