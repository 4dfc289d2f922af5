"""A file of layout 4 is searched like a new one once it is opened."""

import sqlite3
from contextlib import closing
from pathlib import Path

from msgspec.structs import replace

from findings.model.vocabulary import Device
from findings.query import Facet, SearchQuery
from findings.stores import open_store
from tests.findings.test_store_sqlite import layout_of_version_4
from tests.support import records as make

OURS = ("ad_terms", "terms", "ad_facts", "ad_kinds", "ad_names", "ad_vectors", "searches")


def test_what_ads_are_searched_by_is_made_of_their_records(tmp_path: Path) -> None:
    file = tmp_path / "findings.db"
    url = f"sqlite:///{file}"
    ad = make.ad("保本", make.finding(rules=("a.rule",)), advertiser_shown="云岫理财", embedding=(1.0,) * 256)
    later = make.bundle(ad, page=2, at=make.minutes(60))
    queries = (
        SearchQuery(rules=("a.rule",)), SearchQuery(advertisers=("云岫",)), SearchQuery(domains=("example",)),
        SearchQuery(devices=(Device.MOBILE,)), SearchQuery(seen_since=make.minutes(60)), SearchQuery(min_score=0.9),
        SearchQuery(words="保本", categories=(2,)),
    )  # fmt: skip
    with open_store(url) as store:
        store.create()
        store.write(make.bundle(ad))
        store.write(replace(later, sightings=(replace(later.sightings[0], device=Device.MOBILE),)))
        wanted = [store.search(replace(query, facets=tuple(Facet))) for query in queries]
    with closing(sqlite3.connect(file)) as old:
        for table in OURS:
            old.execute(f"DROP TABLE {table}")
        old.execute("CREATE INDEX ads_newest ON ads (first_seen DESC, id)")
        old.commit()
    layout_of_version_4(file)
    with open_store(url) as store:
        store.create()
        assert [store.search(replace(query, facets=tuple(Facet))) for query in queries] == wanted
        assert [one.ad.id for one in store.meaning((1.0,) * 256, SearchQuery())] == [ad.id]
        assert [stored for stored, _ in store.arrivals(SearchQuery(), 0)] == [0]
    assert all(answer.total == 1 for answer in wanted)
