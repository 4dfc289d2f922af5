"""Absence from lists: only where they together name everyone, are fresh, and are about all places that matter."""

import itertools
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from findings.model.codes import uscc_check_character
from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import LicenceStatus, Product
from licences.model import FirmEntry, ListKind
from licences.registers import Registers
from licences.resolve import resolve
from licences.scope import scope_table
from licences.stored import StoredList
from licences.watch import Standing, watch
from tests.licences.conftest import AS_OF, NOW, Importer, Writer
from tests.support.licence_lists import (
    FRESH,
    ON,
    STALE,
    business_register,
    code,
    entry,
    registers,
    whitelist,
)

LOAN = Product.LOAN
STRANGER = "快快网络科技有限公司"
BANKS = ("bank", "policy_bank", "consumer_finance", "auto_finance", "financial_leasing", "loan_company")
#: One list of each kind of lender: who is on it, what it names every holder of, and whose it is.
PARTS = {
    "banks": (entry("云岫银行"), BANKS, ()),
    "lenders": (entry("霁川小贷", "small_loan"), ("small_loan",), ("上海",)),
    "pawn": (entry("松间典当", "pawn"), ("pawn",), ("上海",)),
}


def _part(name: str, as_of: date = FRESH, **fields: object) -> StoredList:
    holder, types, territory = PARTS[name]
    given_fields = {"id": name, "products": (), "licence_types": types, "territory": territory} | fields
    return whitelist(holder, as_of=as_of, **given_fields)


def _status(
    lists: Registers, name: str | None = STRANGER, region: str | None = "上海", **fields: object
) -> LicenceStatus:
    clues = AdvertiserClues(declared=name, region=region, **fields)  # type: ignore[arg-type]
    return resolve(clues, LOAN, ON, lists).licence.status


WHOLE = [_part(name) for name in PARTS]
N, U = LicenceStatus.NOT_FOUND, LicenceStatus.UNKNOWN


def test_lists_that_together_name_all_lenders_prove_that_one_is_none() -> None:
    found = resolve(AdvertiserClues(declared=STRANGER, region="上海"), LOAN, ON, registers(*WHOLE)).licence
    assert found.status is N
    assert found.reason.count(str(FRESH)) == len(WHOLE)


def test_the_oldest_of_them_dates_the_verdict() -> None:
    lists = registers(_part("banks", as_of=date(2026, 10, 1)), *WHOLE[1:])
    found = resolve(AdvertiserClues(declared=STRANGER, region="上海"), LOAN, ON, lists).licence
    assert (found.status, found.as_of) == (N, date(2026, 10, 1))
    assert (found.list_version or "").startswith("banks@")


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("fault", ["missing", "stale", "incomplete", "elsewhere", "of-nothing"])
def test_one_list_short_is_unknown(name: str, fault: str) -> None:
    faulty = {
        "missing": [],
        "stale": [_part(name, as_of=STALE)],
        "incomplete": [_part(name, complete=False)],
        "elsewhere": [_part(name, territory=("北京",))],
        "of-nothing": [_part(name, licence_types=())],
    }[fault]
    found = resolve(
        AdvertiserClues(declared=STRANGER, region="上海"),
        LOAN,
        ON,
        registers(*(one for one in WHOLE if one.register.id != name), *faulty),
    ).licence
    assert found.status is U
    title = scope_table().titles[PARTS[name][1][0]]
    assert title in found.reason


@pytest.mark.parametrize(
    ("name", "region", "status"),
    [
        (STRANGER, "上海", N),
        (STRANGER, None, U),  # a local lender of which place?
        ("上海" + STRANGER, None, N),
        ("上海" + STRANGER, "上海", N),
        ("北京" + STRANGER, "上海", U),  # Beijing's lists may have it
        (STRANGER, "北京", U),
        ("快快借", "上海", U),  # lists of registered names have no brands
    ],
)
def test_where_ad_and_firm_belong_counts(name: str, region: str | None, status: LicenceStatus) -> None:
    assert _status(registers(*WHOLE), name, region) is status


def test_the_business_register_says_where_a_firm_belongs() -> None:
    firm = FirmEntry(id="f", name=STRANGER, uscc=code(7), seat="重庆")
    assert _status(registers(*WHOLE, business_register(firm))) is U


def test_a_code_says_where_a_firm_was_registered() -> None:
    for region, status in (("310000", N), ("500000", U)):
        first = f"91{region}MA0000001"
        assert _status(registers(*WHOLE), uscc=(first + uscc_check_character(first),)) is status


def test_a_city_is_no_province() -> None:
    local = [_part(name, territory=("深圳",) if name != "banks" else ()) for name in PARTS]
    assert _status(registers(*local), region="深圳") is N
    assert _status(registers(*local), region="广东") is U


def test_an_older_list_that_is_still_fresh_speaks() -> None:
    """The newest list of a business may grow old sooner than another."""
    lists = registers(
        whitelist(entry("甲银行"), id="short", as_of=date(2026, 11, 10), max_age_days=5),
        whitelist(entry("甲银行"), id="long", as_of=FRESH),
    )
    assert _status(lists) is N


def test_a_code_alone_is_missing_only_from_lists_of_codes() -> None:
    for coded, status in ((True, N), (False, U)):
        lists = registers(whitelist(entry("云岫银行", uscc=code(1)), coded=coded))
        clues = AdvertiserClues(uscc=(code(9),))
        assert resolve(clues, LOAN, ON, lists).licence.status is status


@pytest.mark.parametrize(("rows", "coded"), [((1, 2), True), ((1, None), False)])
def test_an_import_says_whether_every_entry_has_its_code(
    load: Importer, csv_file: Writer, folder: Path, rows: tuple[int | None, ...], coded: bool
) -> None:
    lines = [f"云岫{number}银行,bank,{code(number) if number else ''}" for number in rows]
    load(csv_file("name,licence_type,uscc", *lines))
    (one,) = (found for found in Registers.load(folder).lists if found.register.id == "test")
    assert one.register.coded is coded


def test_official_lists_of_a_province_prove_it_once_all_are_in(
    load: Importer, csv_file: Writer, folder: Path
) -> None:
    files = {
        "nfra": ("机构名称,机构类型", "云岫银行股份有限公司,商业银行", []),
        "small_loan": ("公司名称", "上海霁川小额贷款有限公司", ["上海"]),
        "pawn": ("公司名称", "上海松间典当有限公司", ["上海"]),
    }
    for register, (head, row, territory) in files.items():
        clues = AdvertiserClues(declared="上海" + STRANGER)
        assert resolve(clues, LOAN, NOW.date(), Registers.load(folder)).licence.status is U
        load(csv_file(head, row), register=register, as_of=AS_OF, territory=territory)
    assert resolve(clues, LOAN, NOW.date(), Registers.load(folder)).licence.status is N


def test_only_products_reserved_for_licensed_firms_are_covered_together() -> None:
    table = scope_table()
    everything = whitelist(
        entry("云岫银行"), id="all", products=(), licence_types=tuple(table.allowed), coded=True
    )
    clues = AdvertiserClues(declared=STRANGER)
    for product in Product:
        found = resolve(clues, product, ON, registers(everything)).licence
        assert (found.status is N) == (product in table.reserved), product


@given(
    st.lists(st.sampled_from([*itertools.product(PARTS, ["fresh", "stale", "partial", "far"])]), max_size=8)
)
def test_whatever_lists_there_are_absence_needs_all_kinds(parts: list[tuple[str, str]]) -> None:
    made: dict[str, dict[str, object]] = {
        "fresh": {},
        "stale": {"as_of": STALE},
        "partial": {"complete": False},
        "far": {"territory": ("北京",)},
    }
    lists = [
        _part(name, **({"id": f"{name}{number}", **made[fault]}))  # type: ignore[arg-type]
        for number, (name, fault) in enumerate(parts)
    ]
    whole = {name for name, fault in parts if fault == "fresh"} == set(PARTS)
    assert (_status(registers(*lists)) is N) == whole


def test_a_refused_firm_is_missing_under_none_of_its_names(
    load: Importer, csv_file: Writer, folder: Path
) -> None:
    rows = [f"云岫银行股份有限公司,bank,{code(1)}", f"海棠银行,bank,{code(2)[:-1]}I"]
    report = load(csv_file("name,licence_type,uscc", *rows))
    assert len(report.refused) == 1
    lists = Registers.load(folder)
    for asked in ("海棠银行", "海棠银行股份有限公司", "海棠银行股份有限公司虚城分行"):
        assert resolve(AdvertiserClues(declared=asked), LOAN, NOW.date(), lists).licence.status is not N
    # whose row was refused is not known by its code either
    assert resolve(AdvertiserClues(uscc=(code(2),)), LOAN, NOW.date(), lists).licence.status is U
    assert resolve(AdvertiserClues(declared=STRANGER), LOAN, NOW.date(), lists).licence.status is N
    assert {row.refused for row in lists.status(ON) if row.register == "test"} == {1}


def test_watch_counts_absence_in_lists_of_the_firms_own_place() -> None:
    lists = registers(
        whitelist(
            entry("云岫"), products=tuple(Product), territory=("上海",), unread=("上海未读贷款有限公司",)
        )
    )

    def standing(name: str, seat: str | None) -> Standing:
        firm = FirmEntry(id=name, name=name, seat=seat)
        return next(iter(watch([firm], lists, ON))).standing

    assert standing("上海银河财富管理有限公司", "上海") is Standing.NOT_FOUND
    assert standing("重庆银河财富管理有限公司", "重庆") is Standing.UNKNOWN
    assert standing("银河财富管理有限公司", None) is Standing.UNKNOWN


def test_lists_of_other_kinds_cover_nothing() -> None:
    kinds = {one.register.kind for one in registers(*WHOLE, business_register()).naming("small_loan")}
    assert kinds == {ListKind.LICENCE}
