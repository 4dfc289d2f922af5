"""A name like a licensee's: may it be the licensee, or is it known to be another firm?"""

import pytest

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import LicenceStatus, Product
from licences.model import FirmEntry
from licences.resolve import check_name, resolve
from tests.support.licence_lists import ON, business_register, code, entry, registers, whitelist

LISTED = entry("棠溪小贷", "small_loan", full_name="虚城棠溪小额贷款有限公司", uscc=code(1), region="全国")
UNCODED = entry("霁川典当", "pawn", full_name="虚城霁川典当有限公司", region="全国")


def _firm(name: str, serial: int | None, *former: str) -> FirmEntry:
    number = code(serial) if serial is not None else None
    return FirmEntry(id=f"firms:{name}", name=name, uscc=number, former_names=former)


#: A name that is like a listed one, what the business register knows, and whether it may be the listed firm.
NAMES = [
    ("nobody-knows-it", "棠溪小额贷款有限公司", (), True),
    ("another-firm-of-that-name", "棠溪小额贷款有限公司", (_firm("棠溪小额贷款有限公司", 2),), False),
    ("the-firm-itself-by-its-code", "棠溪小额贷款有限公司", (_firm("棠溪小额贷款有限公司", 1),), True),
    ("another-spelling", "虚城棠溪小额货款有限公司", (_firm("虚城棠溪小额货款有限公司", 2),), False),
    (
        "the-firm-itself-by-its-former-name",
        "霁川典当有限公司",
        (_firm("霁川典当有限公司", 3, "虚城霁川典当有限公司"),),
        True,
    ),
    ("another-firm-where-the-list-has-no-code", "霁川典当有限公司", (_firm("霁川典当有限公司", 3),), False),
    ("a-firm-of-no-code", "霁川典当有限公司", (_firm("霁川典当有限公司", None),), False),
    (
        "one-of-two-of-that-name",
        "棠溪小额贷款有限公司",
        (_firm("棠溪小额贷款有限公司", 2), _firm("棠溪小额贷款有限公司", 1)),
        True,
    ),
]


@pytest.mark.parametrize(
    ("name", "firms", "may_be"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES]
)
def test_a_registered_firm_of_its_own_is_no_misspelt_licensee(
    name: str, firms: tuple[FirmEntry, ...], may_be: bool
) -> None:
    lists = registers(whitelist(LISTED, UNCODED), business_register(*firms))
    found = check_name(name, Product.LOAN, ON, lists).licence
    assert found.status is (LicenceStatus.UNCONFIRMED if may_be else LicenceStatus.NOT_FOUND)
    assert may_be is (found.entry is not None)
    assert may_be or "相近" in "".join(found.remarks)


def test_the_code_of_another_registered_firm_says_who_it_is() -> None:
    lists = registers(whitelist(LISTED), business_register(_firm("望舒网络科技有限公司", 2)))
    ad = AdvertiserClues(declared="棠溪小额贷款有限公司", uscc=(code(2),))
    found = resolve(ad, Product.LOAN, ON, lists).licence
    assert found.status is LicenceStatus.NOT_FOUND
    assert "望舒网络科技有限公司" in "".join(found.remarks)


def test_many_firms_of_near_names_do_not_hide_the_licensee() -> None:
    neighbours = [_firm(f"虚城棠溪{word}有限公司", serial) for serial, word in enumerate(WORDS, start=10)]
    lists = registers(whitelist(LISTED), business_register(*neighbours))
    near = lists.index.near("虚城棠溪小额贷款股份公司")
    assert [similar.entry for similar in near] == [LISTED]


WORDS = ("小额贷款咨询", "小额贷欵", "小额货款", "小额贷款服务", "小额借款", "小贷", "小额放款", "小额贷教")
