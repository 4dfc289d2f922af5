"""Firms that use a watch word: which licence clears them, and what old lists prove."""

from datetime import date

from findings.model.vocabulary import Product
from licences.model import EntryStatus, FirmEntry, FirmStatus
from licences.registers import Registers
from licences.watch import Standing, Watched, watch
from tests.support.licence_lists import FRESH, ON, STALE, code, entry, registers, whitelist

FUNDS = (Product.FUND, Product.PRIVATE_FUND)


def firm(name: str, **fields: object) -> FirmEntry:
    return FirmEntry(id=f"firms:{name}", name=name, **fields)  # type: ignore[arg-type]


def watched(*firms: FirmEntry, lists: Registers, everything: bool = False) -> list[Watched]:
    return list(watch(firms, lists, ON, everything=everything))


def one(name: str, lists: Registers, **fields: object) -> Watched:
    (found,) = watched(firm(name, **fields), lists=lists, everything=True)
    return found


LISTED = entry("星河", "fund_manager", full_name="星河基金管理有限公司", uscc=code(1))
LISTS = registers(whitelist(LISTED, products=FUNDS))


def test_a_licence_of_the_trade_clears_by_full_name_or_code_only() -> None:
    assert one("星河基金管理有限公司", LISTS).standing is Standing.LICENSED
    assert one("星河新基金管理有限公司", LISTS, uscc=code(1)).standing is Standing.LICENSED
    assert one("星河基金有限公司", LISTS).standing is Standing.NOT_FOUND
    assert one("星河基金管理（深圳）有限公司", LISTS).standing is Standing.NOT_FOUND


def test_the_name_with_another_code_is_another_firm() -> None:
    assert one("星河基金管理有限公司", LISTS, uscc=code(2)).standing is Standing.NOT_FOUND


def test_a_branch_rides_on_its_head_office_though_it_has_a_code_of_its_own() -> None:
    assert one("星河基金管理有限公司上海分公司", LISTS, uscc=code(2)).standing is Standing.LICENSED


def test_a_licence_of_another_trade_does_not_justify_the_word() -> None:
    lists = registers(whitelist(entry("星河", "pawn", full_name="星河基金管理有限公司")))
    found = one("星河基金管理有限公司", lists)
    assert found.standing is Standing.OTHER_LICENCE
    assert found.entry == "test:星河:pawn"


def test_an_ended_licence_and_a_hint_clear_nobody() -> None:
    ended = entry("星河", "fund_manager", full_name="星河基金管理有限公司", status=EntryStatus.REVOKED)
    past = entry("星河", "fund_manager", full_name="星河基金管理有限公司", valid_to=date(2020, 1, 1))
    for gone in (ended, past):
        assert one("星河基金管理有限公司", registers(whitelist(gone))).standing is Standing.ENDED
    hints = registers(whitelist(LISTED, hints=True, complete=False))
    assert one("星河基金管理有限公司", hints).standing is Standing.HINT


def test_the_best_licence_speaks() -> None:
    other = entry("星河", "pawn", full_name="星河基金管理有限公司")
    assert one("星河基金管理有限公司", registers(whitelist(other, LISTED))).standing is Standing.LICENSED


def test_absence_counts_only_in_fresh_lists_of_all_products_of_the_word() -> None:
    name = "银河基金管理有限公司"
    assert one(name, LISTS).standing is Standing.NOT_FOUND
    assert one(name, LISTS).as_of == FRESH
    assert one(name, registers()).standing is Standing.UNKNOWN
    assert one(name, registers()).as_of is None
    partly = registers(whitelist(LISTED, products=(Product.FUND,)))
    assert one(name, partly).standing is Standing.UNKNOWN
    old = one(name, registers(whitelist(LISTED, products=FUNDS, as_of=STALE)))
    assert (old.standing, old.stale) == (Standing.UNKNOWN, True)


def test_a_match_in_a_stale_list_is_licensed_and_marked_stale() -> None:
    found = one("星河基金管理有限公司", registers(whitelist(LISTED, products=FUNDS, as_of=STALE)))
    assert (found.standing, found.stale) == (Standing.LICENSED, True)


def test_a_word_that_no_licence_justifies_is_told_whoever_uses_it() -> None:
    lists = registers(whitelist(entry("星河", "bank", full_name="星河P2P银行有限公司")))
    assert one("星河P2P银行有限公司", lists).standing is Standing.OTHER_LICENCE


def test_licensed_firms_and_firms_struck_off_are_left_out_unless_asked_for() -> None:
    firms = (
        firm("星河基金管理有限公司"),
        firm("银河理财有限公司", status=FirmStatus.CANCELLED),
        firm("银河支付有限公司", status=FirmStatus.REVOKED, abnormal="通过登记的住所无法联系", seat="上海"),
        firm("银河软件有限公司"),
    )
    (found,) = watched(*firms, lists=LISTS)
    assert (found.word, found.abnormal, found.seat) == ("支付", "通过登记的住所无法联系", "上海")
    assert found.tell == ("pboc",)
    assert len(watched(*firms, lists=LISTS, everything=True)) == 3


def test_a_word_in_name_and_scope_is_told_once_by_its_name() -> None:
    (found,) = watched(firm("银河支付有限公司", business_scope="支付；软件"), lists=LISTS)
    assert found.where == "name"
