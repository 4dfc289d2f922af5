"""Lists asked as one answer as each of them would, whichever are merged."""

from datetime import timedelta

import pytest

from licences import segments
from licences.index import Index
from licences.model import (
    Entry,
    FilingEntry,
    FirmEntry,
    ListKind,
    Register,
    Shareholder,
)
from licences.stored import StoredList
from tests.support.licence_lists import FRESH, STALE, entry, whitelist

NEW = whitelist(entry("云岫银行"), entry("海棠小贷"), id="new")
OLD = whitelist(entry("松间支付"), entry("云岫银行"), id="old", as_of=FRESH - timedelta(days=9))
HINTS = whitelist(entry("云岫银行"), entry("岭上证券"), id="hints", hints=True)
EMPTY = whitelist(id="empty")


@pytest.mark.parametrize("small", [0, 1, 20_000], ids=["each-by-itself", "some", "merged"])
def test_lists_that_prove_more_come_first(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SMALL", small)
    index = Index([HINTS, OLD, EMPTY, NEW], ["海棠小贷业"])
    found = index.name("云岫银行股份有限公司")
    assert found is not None
    assert [hit.register.id for hit in found.hits] == ["new", "old", "hints"]
    assert [hit.entry.name for hit in index.short.get("岭上证券")] == ["岭上证券"]
    assert [hit.entry.name for hit in index.short.get("松间支付")] == ["松间支付"]
    assert index.short.get("无此机构") == ()
    text = "松间支付与岭上证券及海棠小贷业"
    assert [word for _, word in index.in_text(text)] == ["松间支付", "岭上证券"]


def _other(kind: ListKind, *entries: Entry) -> StoredList:
    register = Register(id=kind.value, title_zh="t", kind=kind, as_of=STALE, max_age_days=31, source="t")
    return StoredList.of(register, entries)


FIRM = FirmEntry(
    id="1",
    name="云岫数科有限责任公司",
    uscc="91990000MA0000001X",
    former_names=("虚城网络有限公司",),
    shareholders=(Shareholder(name="欧阳岫"),),
)
FILING = FilingEntry(
    id="1", number="沪ICP备2026000001号-3", owner="云岫数科有限公司", domains=("yunxiu.example", "weibo.com")
)
INDEX = Index([NEW, _other(ListKind.FIRMS, FIRM), _other(ListKind.FILINGS, FILING)])


@pytest.mark.parametrize("asked", ["91990000ma0000001x", "云岫数科有限公司", "虚城网络有限公司"])
def test_a_firm_by_code_name_and_former_name(asked: str) -> None:
    assert [hit.entry for hit in INDEX.firm_of(asked)] == [FIRM]


def test_a_firm_of_the_business_register_is_no_licensee() -> None:
    assert INDEX.name("云岫数科有限公司") is None
    assert list(INDEX.in_text("云岫数科有限公司")) == []
    assert INDEX.firm_of("云岫银行股份有限公司") == ()


def test_filings_by_host_and_number() -> None:
    assert [hit.entry for hit in INDEX.filing_of_host("m.yunxiu.example")] == [FILING]
    assert [hit.entry for hit in INDEX.filing_of_number("沪ICP备2026000001号")] == [FILING]
    assert INDEX.filing_of_host("yunxiu.example.evil.example") == ()
    assert INDEX.filing_of_host("weibo.com") == ()


@pytest.mark.parametrize("small", [0, 20_000], ids=["each-by-itself", "merged"])
def test_a_slip_leads_to_the_entry_and_its_list(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(segments, "SMALL", small)
    meant = entry("棠溪小贷", full_name="虚城棠溪澜小额贷款有限公司")
    index = Index([NEW, whitelist(meant, id="local", as_of=FRESH - timedelta(days=3)), HINTS])
    found = index.near("虚城棠溪谰小额贷款有限公司")
    assert [(one.entry.id, one.register.id) for one in found] == [(meant.id, "local")]
    assert index.near("上海毫不相干网络科技有限公司") == ()


def test_a_name_that_another_firm_bears_is_no_slip() -> None:
    licensed = whitelist(entry("棠溪小贷", full_name="虚城棠溪澜小额贷款有限公司"))
    asked = "虚城棠溪蓝小额贷款有限公司"
    other = FirmEntry(id="2", name="虚城棠溪蓝网络科技有限公司")
    assert [similar.probable for similar in Index([licensed]).near(asked)] == [True]
    known = Index([licensed, _other(ListKind.FIRMS, other)]).near(asked)
    assert [similar.probable for similar in known] == [False]


def test_a_core_is_counted_in_every_list_that_was_merged() -> None:
    lists = [NEW, whitelist(entry("云岫典当", full_name="虚城云岫典当有限公司"), id="other")]
    (one,) = segments.segments(list(enumerate(lists)))
    assert [one.core_count(core) for core in ("云岫", "海棠", "松间")] == [2, 1, 0]
