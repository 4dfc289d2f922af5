"""Backup and restore on Elasticsearch killed between any two of their requests: the last whole backup stands,
the store is the old one or the new one, or the next call makes it so."""

import secrets
from collections.abc import Iterator

import pytest

from findings.backup.manifest import Manifest
from findings.errors import IndexMissing
from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState
from findings.review.chain import verify
from findings.store import FindingStore
from tests.support import records as make
from tests.support.casebooks import set_state
from tests.support.request_kills import Work, killed, requests_of
from tests.support.stores import again, server_of

#: Where a call is killed: one place of it in `make test`, every one by `make endurance`.
SOME = (0.6,)
EVERY = tuple(number / 1000 for number in range(1, 1001))

pytestmark = [pytest.mark.elastic, pytest.mark.slow, pytest.mark.timeout(600)]
places = pytest.mark.parametrize(
    "shares",
    [
        pytest.param(SOME, id="some"),
        pytest.param(EVERY, id="every", marks=[pytest.mark.endurance, pytest.mark.timeout(0)]),
    ],
)


def silent(done: int, total: int) -> None:
    return


def nothing(_: Manifest) -> None:
    return


@pytest.fixture
def place(empty_elastic: FindingStore) -> str:
    """A folder that takes snapshots."""
    with server_of(empty_elastic.url) as client:
        nodes = client.nodes.info(metric="settings")["nodes"]
    (repo,) = next(iter(nodes.values()))["settings"]["path"]["repo"]
    return f"{repo}/{secrets.token_hex(6)}"


@pytest.fixture
def other(empty_elastic: FindingStore) -> Iterator[FindingStore]:
    """Another store on the same server, never created."""
    server, prefix = empty_elastic.url.partition("?")[0], f"t{secrets.token_hex(6)}"
    with again(f"{server}?prefix={prefix}") as opened:
        yield opened
    with server_of(server) as client:
        client.indices.delete(index=there(opened))
        client.options(ignore_status=404).indices.delete_index_template(name=f"{prefix}-*")


def there(store: FindingStore) -> list[str]:
    """The indices of a store, also those of restores that are under way."""
    prefix = store.url.partition("?prefix=")[2]
    with server_of(store.url) as client:
        return sorted(client.indices.get_alias(index=f"{prefix}-*,restoring-*-{prefix}-*").body)


def add(store: FindingStore, number: int) -> AdRecord:
    """Store one more ad, and work on its case."""
    ad = make.ad(f"第{number}期保本保息", make.finding(), url=f"https://p{number}.example/")
    store.write(make.bundle(ad, page=number))
    set_state(store.casebook(), ad.case_id, CaseState.CONFIRMED)
    return ad


def whole(store: FindingStore) -> int:
    """How many ads a store has; that each has its sighting, its case and an entry in a sound trail."""
    coverage, checked = store.coverage(), verify(store.casebook().trail())
    assert checked.sound
    assert coverage.ads == coverage.sightings == checked.entries
    return coverage.ads


def points(store: FindingStore, work: Work, shares: tuple[float, ...]) -> list[int]:
    """The requests before which a call is killed."""
    total = requests_of(store.url, work)
    return sorted({max(1, round(total * share)) for share in shares})


@places
def test_a_killed_backup_leaves_the_one_before(
    empty_elastic: FindingStore, other: FindingStore, place: str, shares: tuple[float, ...]
) -> None:
    store = empty_elastic
    add(store, 0)

    def work(own: FindingStore) -> None:
        own.backup(place, lambda: None, silent)

    taken, stopped = 1, 0
    for number, request in enumerate(points(store, work, shares), start=1):
        add(store, number)
        stopped += killed(store.url, request, work)
        other.restore(place, nothing, silent, replace=True)
        assert whole(other) in (taken, number + 1)
        work(store)
        taken = number + 1
    assert stopped
    other.restore(place, nothing, silent, replace=True)
    assert whole(other) == whole(store) == taken


@places
def test_a_killed_restore_leaves_the_old_store_or_the_new_or_goes_on(
    empty_elastic: FindingStore, place: str, shares: tuple[float, ...]
) -> None:
    store = empty_elastic
    kept = [add(store, number) for number in range(3)]
    store.backup(place, lambda: None, silent)

    def work(own: FindingStore) -> None:
        own.restore(place, nothing, silent, replace=True)

    for number, request in enumerate(points(store, work, shares), start=10):
        later = add(store, number)
        killed(store.url, request, work)
        try:
            assert whole(store) == (4 if store.ad(later.id) else 3)
        except IndexMissing:  # between the old indices and the new: the next call needs no leave to go on
            store.restore(place, nothing, silent, replace=False)
        else:
            work(store)
        assert whole(store) == 3
        assert [store.ad(ad.id) for ad in kept] == kept
        assert not [index for index in there(store) if index.startswith("restoring-")]
