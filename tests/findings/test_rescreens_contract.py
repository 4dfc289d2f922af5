"""Archives judged anew: the same on both stores."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from findings.cases.fingerprint import fingerprint
from findings.model.casework import AuditAction, Exclusion
from findings.model.judgement import FormFinding, Judgement
from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState, FormDuty, Level, LicenceStatus, Severity
from findings.query import SearchQuery
from findings.rescreening.job import Counts, Progress
from findings.store import FindingStore
from findings.stores.elastic import rescreens as on_elastic
from findings.stores.sqlite import rescreens as on_sqlite
from tests.support import records as make
from tests.support import rescreening as anew
from tests.support.casebooks import file_of, set_state
from tests.support.stores import changed_record

NEW = make.judgement(make.finding(2), ruleset="2026.11.2")
NOTHING = make.judgement(ruleset="2026.11.2")


def fill(store: FindingStore, count: int, **more: Any) -> list[AdRecord]:
    """So many ads, each a case of its own, of two captures."""
    ads = [make.ad(f"第{n}款理财", url=f"https://s{n}.example/", **more) for n in range(count)]
    store.write(make.bundle(*ads[::2], page=1))
    store.write(make.bundle(*ads[1::2], page=2))
    return ads


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of two ads."""
    for module in (on_sqlite, on_elastic):
        monkeypatch.setattr(module, "MOST", 2)


@pytest.mark.usefixtures("small")
def test_every_ad_is_read_once_and_only_what_changed_is_written(store: FindingStore) -> None:
    ads = fill(store, 9)
    job, book = anew.job(slices=3), store.rescreens()
    assert book.begin(job) == job
    seen: Counter[str] = Counter()
    answers = {ads[0].id: NEW, ads[3].id: NEW}
    slices = anew.through(book, job, answers, lambda ad: seen.update([ad]))
    assert seen == Counter(ad.id for ad in ads)
    tally = sum((one.tally for one in slices), start=Progress(number=0).tally)
    assert (tally.judged, tally.changed, tally.unchanged, tally.failed) == (9, 2, 7, 0)
    assert tally.categories == {2: Counts(gained=2)}
    for ad in ads:
        wanted = replace(ad, judgement=NEW, judged_at=ad.judged_at + timedelta(days=1))
        assert store.ad(ad.id) == (wanted if ad.id in answers else ad)
    assert {hit.ad.id for hit in store.search(SearchQuery(categories=(2,))).hits} == set(answers)
    for ad in ads[:2]:
        facts = file_of(store, ad.case_id).facts
        assert (facts.categories, facts.sightings) == ((2,) if ad is ads[0] else (), 1)
    assert seen == Counter(ad.id for ad in ads)
    assert all(one.done for one in anew.through(book, job, answers, lambda ad: seen.update([ad])))
    assert seen == Counter(ad.id for ad in ads)  # nothing was judged again


def test_an_ad_comes_with_its_last_sighting(store: FindingStore) -> None:
    (ad,) = fill(store, 1)
    again = make.bundle(ad, page=3, at=make.minutes(90))
    sighting = replace(again.sightings[0], region="上海", evidence=(make.evidence("ad_screenshot"),))
    store.write(replace(again, sightings=(sighting,)))
    (archived,) = store.rescreens().read(anew.job(), Progress(number=0)).ads
    assert archived.last is not None
    assert (archived.last.at, archived.last.region) == (make.minutes(90), "上海")
    assert [ref.role for ref in archived.last.evidence] == ["ad_screenshot"]
    assert replace(archived.ad, tokens=ad.tokens) == ad


def test_what_was_judged_by_others_meanwhile_is_judged_once_more(store: FindingStore) -> None:
    ads = fill(store, 3)
    job, book = anew.job(), store.rescreens()
    book.begin(job)
    batch = book.read(job, Progress(number=0))
    part = anew.part(Progress(number=0), batch, {ad.id: NEW for ad in ads})
    crawled = replace(ads[1], judgement=NOTHING, judged_at=make.minutes(5))
    store.write(make.bundle(crawled, page=9, at=make.minutes(5)))
    progress = book.write(job, part)
    assert (progress.again, progress.tally.changed, progress.done) == ((ads[1].id,), 2, False)
    assert store.ad(ads[1].id) == crawled
    (done,) = anew.through(book, job, {ads[1].id: NEW})
    assert (done.again, done.tally.changed, done.tally.judged) == ((), 3, 3)
    stands = store.ad(ads[1].id)
    assert stands is not None
    assert stands.judgement == NEW


def test_a_part_of_a_slice_that_went_on_without_it_changes_nothing(store: FindingStore) -> None:
    (ad,) = fill(store, 1)
    job, book = anew.job(), store.rescreens()
    book.begin(job)
    batch = book.read(job, Progress(number=0))
    late = anew.part(Progress(number=0), batch, {ad.id: NEW})
    other = anew.part(Progress(number=0), batch, {})
    done = book.write(job, other)
    assert book.write(job, late) == done == book.progress(job)[0]
    assert store.ad(ad.id) == ad


def test_form_duties_stay(store: FindingStore) -> None:
    missed = FormFinding(FormDuty.UNMARKED, Level.CLEAR, Severity.LOW, (), "未标明", "标明")
    (ad,) = fill(store, 1, judgement=make.judgement(form=(missed,)))
    job, book = anew.job(), store.rescreens()
    book.begin(job)
    anew.through(book, job, {ad.id: NEW})
    stands = store.ad(ad.id)
    assert stands is not None
    assert stands.judgement == replace(NEW, form=(missed,))


@pytest.mark.parametrize(
    ("judgement", "state"),
    [
        pytest.param(NEW, CaseState.OPEN, id="new-rules"),
        pytest.param(
            make.judgement(make.finding(2), licence=LicenceStatus.NOT_FOUND),
            CaseState.EXCLUDED,
            id="new-lists-alone",
        ),
        pytest.param(
            make.judgement(make.finding(4), ruleset="2026.11.2"), CaseState.EXCLUDED, id="unchanged"
        ),
    ],
)
def test_an_excluded_case_comes_back_when_rules_changed_what_its_ads_are(
    store: FindingStore, judgement: Judgement, state: CaseState
) -> None:
    (ad,) = fill(store, 1, judgement=make.judgement(make.finding(4)))
    exclusion = Exclusion(
        by="li", at=make.NOON, reason="误报", fingerprints=(fingerprint(ad),), ruleset="2026.11.1"
    )
    set_state(store.casebook(), ad.case_id, CaseState.EXCLUDED, exclusion=exclusion)
    job, book = anew.job(), store.rescreens()
    book.begin(job)
    anew.through(book, job, {ad.id: judgement})
    assert file_of(store, ad.case_id).state is state
    actions = [entry.draft.action for entry in store.casebook().trail_of(ad.case_id)]
    woken = [AuditAction.WOKEN] if state is CaseState.OPEN else []
    assert actions == [AuditAction.STATE, *woken]
    assert store.search(SearchQuery(states=(state,))).total == 1


@pytest.mark.usefixtures("small")
def test_only_ads_that_are_asked_for_are_read(store: FindingStore) -> None:
    ads = fill(store, 5)
    more = fill(store, 4, source="sogou")
    job, book = anew.job(query=SearchQuery(words="理财", sources=("sogou",))), store.rescreens()
    book.begin(job)
    seen: list[str] = []
    anew.through(book, job, {ad.id: NEW for ad in (*ads, *more)}, seen.append)
    assert sorted(seen) == sorted(ad.id for ad in more)
    assert store.search(SearchQuery(categories=(2,))).total == 4


def test_what_the_store_would_not_take_is_named_and_stays(store: FindingStore) -> None:
    one, other = fill(store, 2)
    changed_record(store, one.id, {"from_tomorrow": 1})
    job, book = anew.job(), store.rescreens()
    book.begin(job)
    (done,) = anew.through(book, job, {one.id: NEW, other.id: NEW})
    assert (done.tally.changed, done.tally.failed) == (1, 1)
    (failure,) = done.tally.failures
    assert failure.ad_id == one.id
    assert "from_tomorrow" in failure.reason
    assert store.ad(one.id) == one


def test_rescreens_are_kept(store: FindingStore) -> None:
    fill(store, 1)
    book = store.rescreens()
    first, later = anew.job(), anew.job(id="j1-1", begun_at=make.minutes(5), slices=2)
    book.begin(first)
    book.begin(later)
    assert book.begin(replace(first, by="他人")) == first
    assert book.jobs() == [later, first]
    assert book.progress(later) == [Progress(number=0), Progress(number=1)]
    book.end(replace(first, ended_at=make.minutes(9)))
    assert book.job(first.id) == replace(first, ended_at=make.minutes(9))
    assert book.job("j1-none") is None
