"""Case files of every store, and what is counted in them. Each test runs on SQLite and, marked `elastic`, on a real server."""

from msgspec.structs import replace

from findings.casebook import CaseQuery
from findings.cases.facts import facts_of, part_of, seen_in
from findings.model.vocabulary import CaseState, Device, LicenceStatus, Severity
from findings.store import FindingStore
from tests.support import records as make
from tests.support.casebooks import file_of


def test_an_ad_that_is_stored_has_a_file(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding(3), make.finding(2), licence=LicenceStatus.NOT_FOUND)
    bundle = make.bundle(ad)
    store.write(bundle)
    file = file_of(store, ad.case_id)
    assert (file.id, file.version, file.state, file.merged_into) == (ad.case_id, 1, CaseState.OPEN, None)
    assert file.facts == facts_of([part_of(ad)], seen_in(bundle.sightings))
    assert file.facts.categories == (2, 3)
    assert file.facts.severity is Severity.HIGH
    assert file.facts.title == "星河理财"
    assert file.priority > 0
    assert list(store.casebook().trail()) == []


def test_no_file_of_what_was_never_seen(store: FindingStore) -> None:
    book = store.casebook()
    assert book.file("c1-none") is None
    assert book.files(CaseQuery()).total == 0
    assert list(book.trail()) == []
    assert list(book.trail_of("c1-none")) == []


def test_facts_grow_with_sightings_and_variants_of_the_case(store: FindingStore) -> None:
    first = make.ad("保本", make.finding(2, Severity.LOW, 0.5))
    other = make.ad("保本", make.finding(3, Severity.HIGH, 0.7), source="sogou", title="星河理财",
                    first_seen=make.minutes(7))  # fmt: skip
    reworded = make.ad("保本！", case_id=first.case_id, source="so360")
    assert other.case_id == first.case_id
    store.write(make.bundle(first))
    store.write(make.bundle(first, run="r2", at=make.minutes(9)))
    store.write(make.bundle(other, source="sogou", at=make.minutes(7)))
    before = file_of(store, first.case_id).facts
    assert (before.ads, before.variants, before.sightings, before.runs) == (2, 1, 3, 2)
    assert before.sources == ("baidu", "sogou")
    assert (before.first_seen, before.last_seen) == (make.NOON, make.minutes(9))
    assert (before.severity, before.score) == (Severity.HIGH, 0.7)
    assert before.categories == (2, 3)
    store.write(make.bundle(reworded, source="so360", page=2))
    after = file_of(store, first.case_id).facts
    assert (after.ads, after.variants, after.sightings) == (3, 2, 4)


def test_places_and_devices_are_those_of_the_sightings(store: FindingStore) -> None:
    ad = make.ad("保本", make.finding())
    for page, (region, device) in enumerate(
        [("上海", Device.DESKTOP), ("四川", Device.MOBILE), (None, Device.MOBILE)]
    ):
        bundle = make.bundle(ad, page=page)
        seen = replace(bundle.sightings[0], region=region, device=device)
        store.write(replace(bundle, sightings=(seen,)))
    facts = file_of(store, ad.case_id).facts
    assert facts.regions == ("上海", "四川")
    assert facts.devices == ("desktop", "mobile")
    assert (facts.sightings, facts.runs) == (3, 1)


def test_a_bundle_written_twice_counts_once(store: FindingStore) -> None:
    bundle = make.bundle(make.ad("一", make.finding()), make.ad("二"))
    store.write(bundle)
    before = store.casebook().files(CaseQuery())
    store.write(bundle)
    assert store.casebook().files(CaseQuery()) == before


def test_a_later_judgement_changes_the_facts(store: FindingStore) -> None:
    old = make.ad("保本", make.finding(2))
    store.write(make.bundle(old))
    new = replace(
        old, judged_at=make.minutes(5), judgement=make.judgement(make.finding(5, Severity.LOW, 0.4))
    )
    store.write(make.bundle(new))
    facts = file_of(store, old.case_id).facts
    assert (facts.categories, facts.severity, facts.score, facts.sightings) == ((5,), Severity.LOW, 0.4, 1)
    assert file_of(store, old.case_id).version == 1


def test_an_ad_seen_and_judged_again_in_one_batch_counts_once(store: FindingStore) -> None:
    old = make.ad("保本", make.finding(2))
    new = replace(old, judged_at=make.minutes(5), judgement=make.judgement(make.finding(5)))
    assert store.write_many([make.bundle(old), make.bundle(new, page=2), make.bundle(old, page=3)]) == 3
    facts = file_of(store, old.case_id).facts
    assert (facts.ads, facts.sightings, facts.categories) == (1, 3, (5,))


def test_facts_are_those_of_all_ads_and_sightings_however_they_came(store: FindingStore) -> None:
    ads = [
        make.ad(f"保本{n}", make.finding(2 + n), case_id="c1-one", source=s)
        for n in range(3)
        for s in ("baidu", "sogou")
    ]
    bundles = [
        make.bundle(
            *ads[start : start + 3],
            run=f"r{n}",
            page=start,
            source=ads[start].source,
            at=make.minutes(n * 10 + start),
        )
        for n in range(3)
        for start in range(4)
    ]
    for bundle in bundles[:5]:
        store.write(bundle)
    store.write_many(bundles[3:])
    sightings = {s.id: s for bundle in bundles for s in bundle.sightings}
    assert file_of(store, "c1-one").facts == facts_of(map(part_of, ads), seen_in(sightings.values()))
