from datetime import date

from findings.model.vocabulary import Product
from licences.model import ListKind
from tests.support.licence_lists import FRESH, ON, STALE, blacklist, entry, negative, registers, whitelist


def test_only_complete_lists_of_the_business_cover_a_product() -> None:
    lists = registers(
        whitelist(entry("云岫银行"), as_of=STALE, id="old"),
        whitelist(entry("云岫银行"), id="new"),
        whitelist(entry("云岫银行"), id="partial", complete=False),
        whitelist(entry("云岫银行"), id="other", products=(Product.FUND,)),
        blacklist(negative("某某", "a.example")),
    )
    assert [one.register.id for one in lists.covering(Product.LOAN)] == ["new", "old"]


def test_status_of_a_day() -> None:
    lists = registers(whitelist(entry("云岫银行"), as_of=STALE), blacklist(negative("某某", "a.example")))
    rows = lists.status(ON)
    assert [(row.kind, row.as_of, row.entries, row.stale) for row in rows] == [
        (ListKind.LICENCE, STALE, 1, True),
        (ListKind.NEGATIVE, FRESH, 1, False),
    ]
    assert not lists.status(date(2025, 1, 2))[0].stale


def test_short_names_for_a_segmenter() -> None:
    lists = registers(
        whitelist(
            entry("云岫银行", brands=("岫行", "云岫快贷")), entry("海棠股份有限公司"), entry("商业银行")
        )
    )
    assert lists.short_names() == ("云岫快贷", "云岫银行")
