"""What only Elasticsearch can get wrong about cases: files of an older store, intents left behind, slow processes."""

from datetime import UTC, datetime

import pytest
from elasticsearch import Elasticsearch
from msgspec.structs import replace

from findings.casebook import CaseQuery, Conflict
from findings.model.vocabulary import CaseState
from findings.store import FindingStore
from findings.stores.elastic import changing
from findings.stores.elastic.case_files import CaseFiles, Pending
from findings.stores.elastic.names import Names
from tests.support import records as make
from tests.support.casebooks import draft, file_of

pytestmark = pytest.mark.elastic


@pytest.fixture
def server(elasticsearch_url: str) -> Elasticsearch:
    return Elasticsearch(elasticsearch_url)


def files_of(store: FindingStore, server: Elasticsearch) -> CaseFiles:
    return CaseFiles(server, store.url, Names(store.url.partition("?prefix=")[2] + "-"))


def test_cases_without_a_file_get_one_when_the_store_is_migrated(
    empty_elastic: FindingStore, server: Elasticsearch
) -> None:
    ads = [make.ad(f"第{n}个", make.finding(), case_id=f"c1-{n}") for n in range(3)]
    empty_elastic.write(make.bundle(*ads))
    before = empty_elastic.casebook().files(CaseQuery())
    index = empty_elastic.url.partition("?prefix=")[2] + "-cases"
    for case_id in ("c1-0", "c1-2"):
        server.delete(index=index, id=case_id, refresh=True)
    assert empty_elastic.casebook().files(CaseQuery()).total == 1
    empty_elastic.migrate(lambda done, total: None)
    assert empty_elastic.casebook().files(CaseQuery()) == before


def _intent(store: FindingStore, server: Elasticsearch, *cases: str, since: datetime) -> None:
    """Leave the intent of a change of several cases as a process would that was killed before it decided."""
    files = files_of(store, server)
    first = min(cases)
    for there in files.read(cases).values():
        wanted = replace(there.file, state=CaseState.CONFIRMED, version=2)
        pending = Pending("t1", draft(*cases), first, False, since, cases, {}, True, wanted)
        assert not files.write([(there.file, pending, there)])


def test_an_intent_that_was_left_behind_is_taken_back(
    empty_elastic: FindingStore, server: Elasticsearch
) -> None:
    empty_elastic.write(make.bundle(*(make.ad(f"{n}", case_id=f"c1-{n}") for n in range(2))))
    _intent(empty_elastic, server, "c1-0", "c1-1", since=make.NOON)
    told = empty_elastic.casebook().change(
        [replace(file_of(empty_elastic, "c1-1"), state=CaseState.UNSURE)], draft("c1-1")
    )
    assert not isinstance(told, Conflict)
    assert (told[0].version, told[0].state) == (2, CaseState.UNSURE)
    assert file_of(empty_elastic, "c1-0").version == 1
    assert all(
        there.pending is None for there in files_of(empty_elastic, server).read(["c1-0", "c1-1"]).values()
    )
    assert len(list(empty_elastic.casebook().trail())) == 1


def test_what_another_process_is_about_to_change_is_read_as_it_stands(
    empty_elastic: FindingStore, server: Elasticsearch
) -> None:
    empty_elastic.write(make.bundle(*(make.ad(f"{n}", case_id=f"c1-{n}") for n in range(2))))
    _intent(empty_elastic, server, "c1-0", "c1-1", since=datetime.now(UTC))
    assert file_of(empty_elastic, "c1-1").version == 1
    empty_elastic.write(make.bundle(make.ad("0", case_id="c1-0"), run="r2"))
    assert file_of(empty_elastic, "c1-0").facts.sightings == 2
    assert all(there.pending for there in files_of(empty_elastic, server).read(["c1-0", "c1-1"]).values())


def test_a_change_waits_for_another_and_goes_on_when_that_was_given_up(
    empty_elastic: FindingStore, server: Elasticsearch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "INTENT_S", 0.5)
    empty_elastic.write(make.bundle(*(make.ad(f"{n}", case_id=f"c1-{n}") for n in range(2))))
    _intent(empty_elastic, server, "c1-0", "c1-1", since=datetime.now(UTC))
    file = replace(file_of(empty_elastic, "c1-0"), state=CaseState.UNSURE)
    told = empty_elastic.casebook().change([file], draft("c1-0"))
    assert not isinstance(told, Conflict)
    assert told[0].state is CaseState.UNSURE
