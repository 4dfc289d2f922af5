"""Batches of bundles of which one is made ready while the one before is written: the same is stored as one by one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from findings.errors import WriteRefused
from findings.model.records import CaptureBundle
from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from findings.stores.elastic import store as elastic
from tests.support import records as make
from tests.support.casebooks import file_of

pytestmark = pytest.mark.elastic

LONG = "资金周转找我们，额度最高20万元，日息低至万分之二，最快5分钟到账，随借随还，全程线上办理，第{}期"


def _bundles() -> list[CaptureBundle]:
    """Ads seen again, and ones nearly the same, in other batches than the first of them."""
    ads = [
        make.ad("保本保息", make.finding(), url="https://a.example/"),
        make.ad(LONG.format(1), make.finding(3), url="https://b.example/1"),
        make.ad("稳赚不赔", url="https://c.example/", title="\ud800断"),
        make.ad(LONG.format(2), url="https://b.example/2", first_seen=make.minutes(5)),
    ]
    pages = [ads[:2], ads[2:3], ads[:1], ads[3:], [ads[1], ads[3]], ads[2:]]
    return [make.bundle(*some, page=page, at=make.minutes(page)) for page, some in enumerate(pages)]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of one bundle."""
    monkeypatch.setattr(elastic, "BATCH", 1)


@pytest.mark.usefixtures("small")
def test_what_is_made_ahead_is_what_is_stored(empty_elastic: FindingStore, tmp_path: Path) -> None:
    bundles = _bundles()
    assert empty_elastic.write_many(iter(bundles)) == len(bundles)
    with open_store(f"sqlite:///{tmp_path / 'one.db'}") as other:
        other.create()
        for bundle in bundles:
            other.write(bundle)
        for store in (empty_elastic, other):
            assert store.search(SearchQuery()).total == 4
        cases = {case.id for case in other.cases(SearchQuery())}
        assert {case.id for case in empty_elastic.cases(SearchQuery())} == cases
        assert len(cases) == 3
        for ad in (ad for bundle in bundles for ad in bundle.ads):
            assert empty_elastic.ad(ad.id) == other.ad(ad.id)
            assert empty_elastic.sightings(ad.id) == other.sightings(ad.id)
        for case_id in cases:
            assert file_of(empty_elastic, case_id).facts == file_of(other, case_id).facts
    assert len(empty_elastic.done_tasks("r1")) == len(bundles)
    assert list(empty_elastic.casebook().trail()) == []


@pytest.mark.usefixtures("small")
def test_what_comes_before_a_bundle_that_is_refused_is_stored(empty_elastic: FindingStore) -> None:
    first, second, *_ = _bundles()

    def given() -> Iterator[CaptureBundle]:
        yield from (first, second)
        yield make.bundle(make.ad("坏", make.finding(score=2.0)), page=7)

    with pytest.raises(WriteRefused, match="out of range"):
        empty_elastic.write_many(given())
    assert empty_elastic.search(SearchQuery()).total == 3
