"""Which words a name or a scope of business uses, and which only look like it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.watchwords import Where, watch_table

TABLE = watch_table()
SIXTEEN = (
    "交易所", "交易中心", "金融", "资产管理", "理财", "基金", "基金管理", "投资管理", "财富管理", "股权投资基金",
    "网贷", "网络借贷", "p2p", "股权众筹", "互联网保险", "支付",
)  # fmt: skip


def in_name(name: str) -> dict[str, bool]:
    return {use.word.word: use.weak for use in TABLE.in_name(name)}


def in_scope(scope: str) -> dict[str, bool]:
    return {use.word.word: use.weak for use in TABLE.in_scope(scope)}


def test_the_words_are_the_sixteen_of_the_plan() -> None:
    assert sorted(TABLE.words) == sorted(SIXTEEN)


@pytest.mark.parametrize("word", SIXTEEN)
def test_every_word_is_found_in_a_name_and_in_a_scope(word: str) -> None:
    assert in_name(f"上海星河{word}示例有限公司") == {word: False}
    assert in_scope(f"软件开发；从事{word}，商务咨询") == {word: False}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("上海星河股权投资基金管理有限公司", ["股权投资基金"]),
        ("上海星河基金管理有限公司", ["基金管理"]),
        ("上海星河金融資產管理有限公司", ["金融", "资产管理"]),
        ("星河Ｐ２Ｐ有限公司", ["p2p"]),
        ("星河p 2 p网贷有限公司", ["p2p", "网贷"]),
        ("星河P-2-P有限公司", ["p2p"]),
        ("星河APP2PAY有限公司", []),
        ("星河慈善基金会", []),
        ("上海金融街物业有限公司", []),
        ("星河非金融服务有限公司", []),
        ("上海代理财务有限公司", []),
        ("冶金融资租赁有限公司", []),
        ("镍基金属材料有限公司", []),
        ("星河基金属理财有限公司", ["理财"]),
        ("", []),
    ],
)
def test_the_longest_word_counts_and_a_look_alike_does_not(name: str, words: list[str]) -> None:
    assert list(in_name(name)) == words


@pytest.mark.parametrize(
    ("scope", "words"),
    [
        ("企业管理咨询（不得从事吸收存款、代客理财等金融业务）", {}),
        ("资产管理，不含金融、证券", {"资产管理": False}),
        ("不含金融、支付，投资管理", {"投资管理": False}),
        ("除金融、证券外的咨询；投资管理", {"投资管理": False}),
        ("除依法须经批准的项目外，资产管理", {"资产管理": False}),
        ("金融业务除外；理财", {"理财": False}),
        ("拆除、支付", {"支付": False}),
        ("拆除外墙、支付", {"支付": False}),
        ("（未经金融监管部门批准，不得从事理财、支付）", {}),
        ("资金、融资咨询", {}),
        ("接受金融机构委托从事金融信息技术外包", {"金融": True}),
        ("支付终端设备销售", {"支付": True}),
        ("支付终端设备销售；支付", {"支付": False}),
        ("国有资产管理", {"资产管理": True}),
        ("股權眾籌平台", {"股权众筹": False}),
    ],
)
def test_what_a_scope_excludes_or_only_serves_is_no_use_or_a_weak_one(
    scope: str, words: dict[str, bool]
) -> None:
    assert in_scope(scope) == words


def test_a_use_says_where_it_stands() -> None:
    (name,), (scope,) = TABLE.in_name("星河理财有限公司"), TABLE.in_scope("代客理财；保洁")
    assert (name.where, scope.where) == (Where.NAME, Where.SCOPE)
    assert scope.quoted == "代客理财"


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    for use in (*TABLE.in_name(text), *TABLE.in_scope(text)):
        assert use.word.word in use.quoted


@given(st.lists(st.sampled_from([*SIXTEEN, "软件", "、", "，", "；", "不得", "除外", "不含"]), max_size=12))
def test_a_scope_never_finds_more_than_its_clauses_apart(parts: list[str]) -> None:
    found = in_scope("；".join(parts))
    assert set(found) <= set(SIXTEEN)


def test_a_scope_without_end_is_read_to_a_bound() -> None:
    assert in_scope("软件、" * 100_000 + "理财") == {}
