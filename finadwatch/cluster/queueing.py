"""Puts a plan's tasks on the queues, and waits for a run to be done."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from finadwatch.cluster.attempts import MOST, given_up
from finadwatch.cluster.broker import TASK, answering, application, redis_client
from finadwatch.cluster.errors import ChunkFailed
from finadwatch.cluster.messages import chunks, written
from finadwatch.context import Desk, on_terminal
from finadwatch.crawling import new_run
from finadwatch.i18n import t
from finadwatch.show import progress
from findings.query import Coverage

if TYPE_CHECKING:
    from crawlers.plan import Plan

#: Seconds between two looks at the store while waiting.
_LOOK_S = 2.0


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """A run whose tasks wait on the queues."""

    run_id: str
    tasks: tuple[str, ...]
    messages: int


def queue_plan(desk: Desk, plan: "Plan", store_url: str | None, broker: str) -> Queued:
    """Record a run in the store and queue all its tasks.

    Raises BrokerAway and StoreAway before anything is recorded; BrokerAway also if the broker
    goes away between two messages (what was queued is then crawled; queue the plan again for the rest).
    """
    redis_client(broker).close()
    run, tasks = new_run(desk, plan)
    with desk.store(store_url, create=True) as store:
        store.put_run(run)
    app = application(broker, desk.config.broker_visibility_s)
    messages = 0
    with answering(broker), app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, timeout=5)
        producer = app.amqp.Producer(connection)
        for chunk in chunks(plan, run, tasks):
            app.send_task(TASK, args=[written(chunk)], queue=chunk.queue, producer=producer, retry=False)
            messages += 1
    return Queued(run_id=run.id, tasks=tuple(task.id for task in tasks), messages=messages)


def wait_for(
    desk: Desk,
    queued: Queued,
    store_url: str | None,
    broker: str,
    sleep: Callable[[float], None] = time.sleep,
) -> Coverage:
    """Wait until every task of a run is stored, and return its coverage.

    Raises ChunkFailed once only tasks are left that the workers gave up; StoreAway, BrokerAway.
    """
    wanted = set(queued.tasks)
    client = redis_client(broker)
    told = -1
    with desk.store(store_url) as store:
        while True:
            done = wanted & store.done_tasks(queued.run_id)
            if on_terminal() and len(done) != told:
                told = len(done)
                progress(t(f"[{told}/{len(wanted)}] 已入库", f"[{told}/{len(wanted)}] stored"))
            if done == wanted:
                return store.coverage(queued.run_id)
            with answering(broker):
                lost = given_up(client, queued.run_id)
            if wanted <= done | lost:
                raise ChunkFailed(queued.run_id, len(wanted - done), MOST)
            sleep(_LOOK_S)
