"""Which words of an ad count as its sender's."""

import pytest

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import Product
from licences.claims import Place, read_clues, shown_name, signs
from licences.names import text_key
from licences.question import Question
from tests.support.licence_lists import ON, code, entry, registers, whitelist


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("【云岫银行】您好", True),
        ("您好，回复TD退订【云岫银行】", True),
        ("轻松借款 Copyright © 2019-2026 云岫银行 沪ICP备00000000号", True),
        ("轻松借款 云岫银行 版权所有 联系我们", True),
        ("本月起云岫银行有活动", False),
    ],
)
def test_signature(text: str, signed: bool) -> None:
    assert signs(text_key(text), text_key("云岫银行")) is signed


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        (None, None),
        ("", None),
        ("广告", None),
        ("yunxiu.example", None),
        ("https://yunxiu.example/x", None),
        (" 云岫银行 ", "云岫银行"),
        ("Yunxiu Bank", "Yunxiu Bank"),
    ],
)
def test_shown_name(shown: str | None, name: str | None) -> None:
    assert shown_name(shown) == name


def test_claims_are_ordered_strongest_first() -> None:
    bank = entry("云岫银行", uscc=code(1), licence_no="B9901H199000001", brands=("岫行",))
    clues = AdvertiserClues(
        declared="岫行",
        names=("云岫银行股份有限公司",),
        uscc=(code(1),),
        licence_numbers=("B9901H199000001",),
    )
    reading = read_clues(Question(clues, Product.LOAN, ON, registers(whitelist(bank))))
    assert [claim.place for claim in reading.facts] == [Place.CODE]
    assert [claim.place for claim in reading.claims] == [Place.LICENCE_NO, Place.DECLARED]
    assert [claim.place for claim in reading.mentions] == [Place.MENTIONED]
    assert reading.subject == "岫行"
