"""kill −9 between any two requests of writing a part in Elasticsearch: nothing is lost, written or judged twice."""

from typing import Any

import pytest
from elasticsearch import Elasticsearch

from findings.model.casework import AuditAction, Exclusion
from findings.model.vocabulary import CaseState
from findings.query import SearchQuery
from findings.rescreening.job import Progress
from findings.review.chain import verify
from findings.store import FindingStore
from findings.stores.elastic import changing, rescreens
from tests.support import records as make
from tests.support import rescreening as anew
from tests.support.casebooks import file_of, set_state
from tests.support.request_kills import killed
from tests.support.stores import server_of

pytestmark = [pytest.mark.elastic, pytest.mark.slow]

NEW = make.judgement(make.finding(2), ruleset="2026.11.2")


def test_a_part_killed_at_any_request_is_ended_by_whoever_comes_next(
    empty_elastic: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The part changes one ad of an open case and one of an excluded one, which wakes."""
    monkeypatch.setattr(changing, "INTENT_S", 0.0)
    store, noted = empty_elastic, 0
    for request in range(1, 80):
        ads = [
            make.ad(f"第{request}期{n}", make.finding(4), source=f"s{request}", case_id=f"c1-{request}-{n}")
            for n in range(3)
        ]
        store.write(make.bundle(*ads, page=request))
        excluded = Exclusion(by="li", at=make.NOON, reason="误报", fingerprints=(), ruleset="2026.11.1")
        set_state(store.casebook(), ads[1].case_id, CaseState.EXCLUDED, exclusion=excluded)
        job = anew.job(id=f"j1-{request}", query=SearchQuery(sources=(f"s{request}",)))
        book = store.rescreens()
        book.begin(job)
        answers = {ad.id: NEW for ad in ads[:2]}
        part = anew.part(Progress(number=0), book.read(job, Progress(number=0)), answers)
        got_through = not killed(
            store.url, request, lambda own, job=job, part=part: own.rescreens().write(job, part)
        )
        settled = book.settle(job, 0)
        noted += settled.done
        judged: list[str] = []
        (done,) = anew.through(book, job, answers, judged.append)
        assert judged == ([] if settled.done else sorted(ad.id for ad in ads))
        assert (done.tally.changed, done.tally.unchanged, done.again) == (2, 1, ())
        for ad in ads:
            stands = store.ad(ad.id)
            assert stands is not None
            assert (stands.judgement == NEW) == (ad.id in answers)
        assert [file_of(store, ad.case_id).facts.categories for ad in ads] == [(2,), (2,), (4,)]
        assert file_of(store, ads[1].case_id).state is CaseState.OPEN
        trail = [entry.draft.action for entry in store.casebook().trail_of(ads[1].case_id)]
        assert trail == [AuditAction.STATE, AuditAction.WOKEN]
        book.close()
        if got_through:
            break
    assert verify(store.casebook().trail()).sound
    assert request > 10
    assert noted > 5, "no kill came after the part was noted"


def test_a_point_in_time_that_is_gone_is_made_anew(
    empty_elastic: FindingStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescreens, "MOST", 2)
    points: list[str] = []
    opened = Elasticsearch.open_point_in_time

    def noted(client: Elasticsearch, **how: Any) -> Any:
        point = opened(client, **how)
        points.append(point["id"])
        return point

    monkeypatch.setattr(Elasticsearch, "open_point_in_time", noted)
    store = empty_elastic
    ads = [make.ad(f"第{n}期") for n in range(5)]
    store.write(make.bundle(*ads))
    job, book = anew.job(), store.rescreens()
    book.begin(job)
    seen: list[str] = []

    def lose(ad_id: str) -> None:
        seen.append(ad_id)
        with server_of(store.url) as client:
            client.options(ignore_status=404).close_point_in_time(id=points[-1])

    anew.through(book, job, {}, lose)
    book.close()
    assert seen == sorted(ad.id for ad in ads)
    assert len(points) >= 3
