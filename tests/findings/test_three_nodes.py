"""One of three nodes is killed while bundles are stored: none is lost, none doubled."""

import threading

import pytest

from findings.errors import StoreAway
from findings.model.records import CaptureBundle
from findings.query import SearchQuery
from findings.store import FindingStore
from tests.support import records as make
from tests.support.clusters import Cluster
from tests.support.stores import again

pytestmark = [pytest.mark.elastic, pytest.mark.slow, pytest.mark.timeout(900)]

BUNDLES, KILLED_AT = 60, 20


def bundle(page: int) -> CaptureBundle:
    own = make.ad(f"第{page}则保本", make.finding())
    return make.bundle(own, make.ad("处处可见的保本", make.finding()), page=page)


def all_there(store: FindingStore) -> None:
    wanted = [bundle(page) for page in range(BUNDLES)]
    assert store.done_tasks("r1") == {one.capture.task.id for one in wanted}
    assert store.search(SearchQuery()).total == BUNDLES + 1
    assert store.coverage().sightings == 2 * BUNDLES
    shared = wanted[0].ads[1]
    assert len(store.sightings(shared.id)) == BUNDLES
    case = store.case(shared.case_id)
    assert case is not None
    assert store.ad(shared.id) in case.ads


@pytest.mark.parametrize("node", [1, 2])
def test_a_node_killed_while_indexing_loses_and_doubles_nothing(
    empty_cluster: FindingStore, cluster: Cluster, node: int
) -> None:
    written = threading.Semaphore(0)
    failed: list[BaseException] = []

    def work(worker: int) -> None:
        try:
            with again(empty_cluster.url) as own:
                for page in range(worker, BUNDLES, 2):
                    for _ in range(20):
                        try:
                            own.write(bundle(page))
                            break
                        except StoreAway:  # as the outbox does: what was not confirmed is sent again
                            continue
                    written.release()
        except BaseException as error:
            failed.append(error)
            written.release(BUNDLES)

    workers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for worker in workers:
        worker.start()
    for _ in range(KILLED_AT):
        written.acquire()
    cluster.nodes[node].kill()
    for worker in workers:
        worker.join()
    assert failed == []
    try:
        all_there(empty_cluster)
    finally:
        cluster.start(node)
    all_there(empty_cluster)
