"""Entries of a negative list that are added and ended by hand."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import LicenceStatus, Product
from licences.errors import ListingRefused
from licences.listings import OWN, add_listing, end_listing, new_entry
from licences.model import NegativeEntry
from licences.registers import Registers
from licences.resolve import resolve
from licences.staging import store_version
from tests.support.licence_lists import FRESH, code, stored, whitelist

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DAY = date(2026, 10, 8)
FIRM = "满仓投资顾问有限公司"
LATER = date(2026, 11, 25)


def listing(name: str = FIRM, **more: object) -> NegativeEntry:
    values: dict[str, object] = {
        "authority": "虚城金融监管局",
        "listed_on": DAY,
        "document": "虚金监〔2026〕3号",
    }
    return new_entry(name, **(values | more))  # type: ignore[arg-type]


def status(folder: Path, on: date, **clues: object) -> LicenceStatus:
    asked = AdvertiserClues(**clues)  # type: ignore[arg-type]
    return resolve(asked, Product.SECURITIES, on, Registers.load(folder)).licence.status


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "lists"


@pytest.mark.parametrize(
    "clues",
    [
        {"declared": FIRM},
        {"icp_owner": "满仓投资顾问有限责任公司"},
        {"uscc": (code(77),)},
        {"host": "m.mancang.example"},
        {"app_package": "com.Mancang.app"},
    ],
    ids=["name", "owner-in-another-spelling", "code", "host", "package"],
)
def test_an_added_entry_counts_from_its_day(folder: Path, clues: dict[str, object]) -> None:
    entry = listing(uscc=code(77), domains=("mancang.example",), app_packages=("com.mancang.app",))
    add_listing(folder, entry, "张三", NOW)
    assert status(folder, LATER, **clues) is LicenceStatus.LISTED_NEGATIVE
    assert status(folder, date(2026, 10, 7), **clues) is not LicenceStatus.LISTED_NEGATIVE


def test_every_change_is_a_version_and_says_who_made_it(folder: Path) -> None:
    first = add_listing(folder, listing(), "张三", NOW)
    before = (folder / OWN / f"{first}.jsonl").read_bytes()
    second = add_listing(folder, listing("空仓咨询有限公司"), "李四", NOW)
    third = end_listing(folder, listing().id, LATER, "王五", NOW)
    assert sorted(stored(folder, OWN)) == sorted({first, second, third})
    assert (folder / OWN / f"{first}.jsonl").read_bytes() == before
    own = next(one for one in Registers.load(folder).lists if one.register.id == OWN)
    kept = {entry.name: entry for entry in own.entries() if isinstance(entry, NegativeEntry)}
    assert {name: entry.recorded_by for name, entry in kept.items()} == {
        FIRM: "王五",
        "空仓咨询有限公司": "李四",
    }
    assert kept[FIRM].recorded_at == "2026-11-22T08:00:00+00:00"
    # and the older version still says what it said
    old = Registers.load(folder, versions={OWN: second})
    asked = AdvertiserClues(declared=FIRM)
    after = date(2026, 11, 26)
    assert resolve(asked, Product.LOAN, after, old).licence.status is LicenceStatus.LISTED_NEGATIVE
    assert status(folder, after, declared=FIRM) is not LicenceStatus.LISTED_NEGATIVE


def test_an_entry_is_in_force_on_its_last_day(folder: Path) -> None:
    add_listing(folder, listing(expires=LATER), "张三", NOW)
    assert status(folder, LATER, declared=FIRM) is LicenceStatus.LISTED_NEGATIVE


def test_a_name_that_many_bear_is_not_matched(folder: Path) -> None:
    add_listing(folder, listing("每日牛股", match_name=False, domains=("niugu.example",)), "张三", NOW)
    assert status(folder, LATER, declared="每日牛股") is not LicenceStatus.LISTED_NEGATIVE
    assert status(folder, LATER, declared="每日牛股", host="niugu.example") is LicenceStatus.LISTED_NEGATIVE


REFUSED: list[tuple[str, dict[str, object], str]] = [
    ("wrong-code", {"uscc": "91990000MA0000001A"}, "校验位"),
    ("no-host", {"domains": ("http://[",)}, "不是域名"),
    ("shared-platform", {"domains": ("weixin.qq.com",)}, "共用"),
    ("ends-before-it-begins", {"expires": date(2026, 1, 1)}, "早于"),
    ("no-name", {"name": "  "}, "名称为空"),
    ("long-authority", {"authority": "局" * 301}, "认定机关"),
    ("one-letter", {"name": "X"}, "过短"),
]


@pytest.mark.parametrize(("given", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_listed(given: dict[str, object], said: str) -> None:
    with pytest.raises(ListingRefused) as refused:
        listing(**given)  # type: ignore[arg-type]
    assert said in refused.value.zh


def test_the_same_entry_is_not_added_twice(folder: Path) -> None:
    add_listing(folder, listing(), "张三", NOW)
    with pytest.raises(ListingRefused):
        add_listing(folder, listing(), "李四", NOW)
    assert len(stored(folder, OWN)) == 1


@pytest.mark.parametrize(("entry_id", "register"), [("negative-own:0", OWN), ("x:0", "x"), ("..:0", "..")])
def test_what_is_not_there_cannot_be_ended(folder: Path, entry_id: str, register: str) -> None:
    add_listing(folder, listing(), "张三", NOW)
    with pytest.raises(ListingRefused):
        end_listing(folder, entry_id, LATER, "李四", NOW, register=register)
    assert len(stored(folder, OWN)) == 1


def test_an_entry_cannot_end_before_it_was_listed(folder: Path) -> None:
    add_listing(folder, listing(), "张三", NOW)
    with pytest.raises(ListingRefused):
        end_listing(folder, listing().id, date(2026, 10, 7), "李四", NOW)


def test_a_list_of_licensees_takes_no_negative_entry(folder: Path) -> None:
    register = whitelist(as_of=FRESH).register
    store_version(folder, register, (), NOW.isoformat())
    with pytest.raises(ListingRefused):
        add_listing(folder, listing(), "张三", NOW, register=register.id)
