import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.index import Index
from licences.relations import Relation
from licences.similar import MOST
from tests.support.licence_lists import entry, whitelist

NAMES = (
    "上海云岫小额贷款有限公司",
    "上海丹崖小额贷款有限公司",
    "北京云澜小额贷款有限公司",
    "北京云溪小额贷款有限公司",
    "上海云霁科技有限公司",
    "重庆市渝中区鹤亭融资担保有限公司",
    "丹崖棠梧银行股份有限公司",
    "上海澜溪棠梧资产管理有限公司",
)
LISTED = Index(
    [
        whitelist(
            entry(
                NAMES[0], id=NAMES[0], full_name=NAMES[0], brands=("Shanghai Yunxiu Microcredit Co., Ltd.",)
            ),
            *(entry(name, id=name, full_name=name) for name in NAMES[1:]),
            entry("鹤亭消费金融", id="鹤亭", full_name="鹤亭消费金融股份有限公司", brands=("鹤亭分期",)),
        )
    ]
)

FOUND = [
    ("look-alike", "上海云袖小额贷款有限公司", NAMES[0]),
    ("sound-alike", "上海云秀小额贷款有限公司", NAMES[0]),
    ("any-other-character", "上海云把小额贷款有限公司", NAMES[0]),
    ("dropped", "上海岫小额贷款有限公司", NAMES[0]),
    ("doubled", "上海云岫岫小额贷款有限公司", NAMES[0]),
    ("swapped", "上海岫云小额贷款有限公司", NAMES[0]),
    ("slip-in-the-place", "上诲云岫小额贷款有限公司", NAMES[0]),
    ("slip-in-a-long-place", "重庆市渝巾区鹤亭融资担保有限公司", NAMES[5]),
    ("slip-that-looks-like-a-place", "重庆市渝中中区鹤亭融资担保有限公司", NAMES[5]),
    ("slip-in-the-trade", "上海云岫小额货款有限公司", NAMES[0]),
    ("slip-in-the-form", "上海云岫小额贷款有限公同", NAMES[0]),
    ("many-look-alikes", "上诲云袖小额货款有眼公司", NAMES[0]),
    ("traditional", "上海雲袖小額貸款有限公司", NAMES[0]),
    ("without-place", "云岫小额贷款", NAMES[0]),
    ("short-trade", "上海云岫小贷", NAMES[0]),
    ("core-alone", "云岫", NAMES[0]),
    ("place-in-brackets", "云岫（上海）小额贷款有限公司", NAMES[0]),
    ("another-form", "上海云岫小额贷款股份有限公司", NAMES[0]),
    ("district-alone", "渝中鹤亭担保有限公司", NAMES[5]),
    ("short-trade", "上海云岫贷款有限公司", NAMES[0]),
    ("places-in-brackets", "鹤亭（重庆市渝中区）融资担保有限公司", NAMES[5]),
    ("district-in-brackets", "鹤亭（渝中）融资担保有限公司", NAMES[5]),
    ("swapped-over-the-border", "上海云小岫额贷款有限公司", NAMES[0]),
    ("slips-in-two-parts", "上海云袖小额贷次有限公司", NAMES[0]),
    ("english", "YUNXIU (SHANGHAI) MICRO-CREDIT COMPANY LIMITED", NAMES[0]),
    ("english-of-another-place", "Beijing Yunxiu Microcredit Co., Ltd.", None),
    ("district-short", "渝中鹤亭融担", NAMES[5]),
    ("long-core", "上海澜溪棠新资产管理有限公司", NAMES[7]),
    ("brand", "鹤亭分斯", "鹤亭"),
    ("another-firms-core", "上海云霁小额贷款有限公司", None),
    ("a-chosen-character", "上海云鑫小额贷款有限公司", None),
    ("an-added-character", "上海新云岫小额贷款有限公司", None),
    ("a-place-for-a-core", "上海云南小额贷款有限公司", None),
    ("one-of-two", "北京云小额贷款有限公司", None),
    ("another-place", "北京云岫小额贷款有限公司", None),
    ("another-trade", "上海云岫融资担保有限公司", None),
    ("short-core-without-place", "云把小额贷款", None),
    ("nobody", "虚城松砚筠荻小额贷款有限公司", None),
    ("a-word", "贷款", None),
    ("nothing", "", None),
    ("a-text", NAMES[0] * 20, None),
]


@pytest.mark.parametrize(("name", "found"), [row[1:] for row in FOUND], ids=[row[0] for row in FOUND])
def test_what_a_name_may_mean(name: str, found: str | None) -> None:
    probable = (similar.entry.id for similar in LISTED.near(name) if similar.probable)
    assert next(probable, None) == found


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("上海云霁小额贷款有限公司", NAMES[0]),
        ("上海云鑫小额贷款有限公司", NAMES[0]),
        ("上海新云岫小额贷款有限公司", NAMES[0]),
    ],
)
def test_another_firms_name_that_is_close_is_shown_and_not_meant(name: str, like: str) -> None:
    first = LISTED.near(name)[0]
    assert (first.entry.id, first.probable) == (like, False)


def test_a_branch_and_a_subsidiary_are_told_apart() -> None:
    branch = LISTED.near("丹崖棠梧银行股份有限公司虚城分行")[0]
    assert branch.relation is Relation.BRANCH
    below = LISTED.near("丹崖棠梧银行理财有限责任公司")
    assert [similar for similar in below if similar.relation is not Relation.SUBSIDIARY] == []


@given(st.one_of(st.text(max_size=90), st.text(st.sampled_from("上海云岫小额贷款有限公司分行"), max_size=30)))
def test_suggestions_are_few_ranked_and_never_certain_of_another_name(name: str) -> None:
    found = LISTED.near(name)
    ranks = [(similar.probable, similar.likeness.score) for similar in found]
    assert ranks == sorted(ranks, reverse=True)
    assert len(found) <= MOST
    assert all(0 < score <= 1 for _, score in ranks)
