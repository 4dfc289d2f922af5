"""The bundled lists: hints with dates, and hosts that an association named."""

import time
from datetime import date

import pytest

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import LicenceStatus, Product
from licences.hosts import is_shared
from licences.model import ListKind
from licences.registers import Registers
from licences.resolve import resolve
from licences.scope import scope_table

ON = date(2026, 11, 22)


@pytest.fixture(scope="module")
def bundled() -> Registers:
    return Registers.load(None)


def test_every_bundled_whitelist_is_a_dated_hint(bundled: Registers) -> None:
    lists = [one.register for one in bundled.licence_lists]
    assert sum(len(one) for one in bundled.lists) > 1_400
    assert all(one.hints and not one.complete and one.stale(ON) for one in lists)
    assert {one.as_of.year for one in lists} == {2018, 2021, 2023, 2025}


def test_every_entry_has_a_known_type_and_an_id_of_its_own(bundled: Registers) -> None:
    entries = [entry for one in bundled.licence_lists for entry in one.entries()]
    assert {entry.licence_type for entry in entries} <= scope_table().allowed.keys()
    assert len({entry.id for entry in entries}) == len(entries)


def test_nobody_is_cleared_and_nobody_missing(bundled: Registers) -> None:
    for one in bundled.licence_lists:
        for entry in one.entries():
            clues = AdvertiserClues(declared=entry.full_name or entry.name)
            found = resolve(clues, Product.LOAN, ON, bundled).licence
            assert (found.status, found.stale) == (LicenceStatus.UNCONFIRMED, True), entry


@pytest.mark.parametrize(
    ("clues", "status"),
    [
        (AdvertiserClues(declared="工行"), LicenceStatus.UNCONFIRMED),
        (AdvertiserClues(text="【工商银行】您的积分即将到期"), LicenceStatus.UNCONFIRMED),
        (AdvertiserClues(text="诚招工行为规范的员工行政人员"), LicenceStatus.UNKNOWN),
        (AdvertiserClues(text="据上海证券交易所和中国银行业协会的数据"), LicenceStatus.UNKNOWN),
        (AdvertiserClues(declared="招联金融", icp_owner="快快网络科技有限公司"), LicenceStatus.CONTRADICTED),
        (AdvertiserClues(declared="快快网络科技有限公司"), LicenceStatus.UNKNOWN),
        (AdvertiserClues(host="m.bxcl888.com"), LicenceStatus.LISTED_NEGATIVE),
        (AdvertiserClues(declared="倍享策略"), LicenceStatus.LISTED_NEGATIVE),
        (AdvertiserClues(declared="恭喜你获得3只股票"), LicenceStatus.UNKNOWN),
        (AdvertiserClues(declared="华泰投资"), LicenceStatus.UNKNOWN),
        (AdvertiserClues(host="blog.sina.com.cn"), LicenceStatus.UNKNOWN),
        (AdvertiserClues(host="mp.weixin.qq.com"), LicenceStatus.UNKNOWN),
    ],
    ids=lambda value: str(value)[:60],
)
def test_verdicts_on_the_bundled_lists_alone(
    bundled: Registers, clues: AdvertiserClues, status: LicenceStatus
) -> None:
    assert resolve(clues, Product.LOAN, ON, bundled).licence.status is status


def test_the_negative_list_names_no_shared_platform(bundled: Registers) -> None:
    hosts = [host for one in bundled.lists for entry in one.entries() for host in entry.domains]
    assert len(hosts) > 50
    assert not any(is_shared(host) for host in hosts)


def test_status_lists_every_register(bundled: Registers) -> None:
    rows = bundled.status(ON)
    assert {row.kind for row in rows} == {ListKind.LICENCE, ListKind.NEGATIVE}
    assert all(row.entries and row.stale and row.source for row in rows)


def test_loading_and_asking_are_quick() -> None:
    """Measured 25 ms and 10,000 a second, in processor time: another process on the core doesn't count."""
    started = time.process_time()
    lists = Registers.load(None)
    assert lists.index.short
    assert time.process_time() - started < 5
    clues = AdvertiserClues(
        declared="快快贷", names=("快快网络科技有限公司",), text="凭身份证就能办理的贷款" * 20
    )
    started = time.process_time()
    for _ in range(500):
        resolve(clues, Product.LOAN, ON, lists)
    assert time.process_time() - started < 5  # measured 0.05 s
