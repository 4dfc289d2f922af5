"""A code beside a name, where the list of licences has no codes."""

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import LicenceStatus, Product
from licences.model import FirmEntry
from licences.resolve import resolve
from tests.support.licence_lists import ON, business_register, code, entry, registers, whitelist

NAME = "云岫银行股份有限公司"
AD = AdvertiserClues(declared=NAME, uscc=(code(9),))
LISTED = whitelist(entry("云岫银行"))


def test_a_code_that_no_list_knows_is_told() -> None:
    found = resolve(AD, Product.LOAN, ON, registers(LISTED)).licence
    assert found.status is LicenceStatus.LICENSED
    assert any(code(9) in remark and "无法核对" in remark for remark in found.remarks)


def test_the_business_register_settles_whose_it_is() -> None:
    for name, status in (
        (NAME, LicenceStatus.LICENSED),
        ("快快网络科技有限公司", LicenceStatus.CONTRADICTED),
    ):
        firm = FirmEntry(id="f", name=name, uscc=code(9))
        found = resolve(AD, Product.LOAN, ON, registers(LISTED, business_register(firm))).licence
        assert found.status is status
        assert not any("无法核对" in remark for remark in found.remarks)
