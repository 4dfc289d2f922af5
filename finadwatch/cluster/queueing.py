"""Puts a plan's tasks on the queues, and waits for a run to be done."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from finadwatch.cluster.broker import TASK, answering, application, queue_of, require_answer
from finadwatch.cluster.messages import chunks, written
from finadwatch.context import Desk, on_terminal
from finadwatch.crawling import say_notices, say_unfinished
from finadwatch.i18n import t
from finadwatch.ledger import (
    end_if_done,
    hold_plan,
    kept_plan,
    new_run,
    only_one,
    open_by_source,
    to_resume,
    write_down,
)
from finadwatch.show import progress
from findings.model.records import Run
from findings.query import Coverage
from findings.store import FindingStore

if TYPE_CHECKING:
    from crawlers.plan import Plan

#: Seconds between two looks at the store while waiting.
_LOOK_S = 2.0
#: Seconds for RabbitMQ to take and confirm a message. Full on disk or in memory, it keeps senders waiting for ever.
CONFIRM_S = 30.0


class Queued(msgspec.Struct, frozen=True, kw_only=True):
    """A run of which so many tasks were put on the queues."""

    run_id: str
    tasks: int
    messages: int


def queue_plan(
    desk: Desk, plan: "Plan", store_url: str | None, broker: str, due: datetime | None = None
) -> Queued:
    """Record a run with its ledger in the store and queue all its tasks; for a `due` time of its
    schedule, or for the person who asks.

    Raises BrokerAway and StoreAway before anything is recorded; BrokerAway also if the broker
    goes away between two messages (what was queued is then crawled; `queue_again` does the rest);
    PlanBusy, DueTaken for a plan with a schedule.
    """
    require_answer(broker)
    run = new_run(desk, plan, queued=True, due=due)
    with desk.store(store_url, create=True) as store, hold_plan(store, plan):
        only_one(store, plan, run)
        say_unfinished(store, run)
        say_notices(desk, plan)
        with store.hold(run.id):
            return _queue_open(desk, store, write_down(desk, store, run, plan), plan, broker)


def queue_again(desk: Desk, run_id: str, store_url: str | None, broker: str) -> Queued:
    """Queue the open tasks of a run (the newest unfinished one for an empty id), whose messages may be lost.

    One that still waits in another message does no harm: a worker skips what is stored, and of one
    source a chunk at a time is crawled. Raises NothingToResume, NotInStore, RunTaken, PlanBusy, BrokerAway.
    """
    require_answer(broker)
    with desk.store(store_url, create=True) as store:
        run = to_resume(store, run_id)
        plan = kept_plan(store, run)
        with store.hold(run.id), hold_plan(store, plan):
            run = replace(run, queued=True, exit=None)
            if run.tasks is None:
                run = write_down(desk, store, run, plan)
            else:
                store.put_run(run)
            queued = _queue_open(desk, store, run, plan, broker)
            end_if_done(desk, store, run)
            return queued


def _queue_open(desk: Desk, store: FindingStore, run: Run, plan: "Plan", broker: str) -> Queued:
    app = application(broker, desk.config.broker_visibility_s, desk.sources())
    messages = tasks = 0
    waiting = chain.from_iterable(open_by_source(desk, store, run, plan).values())
    with answering(broker), _producer(app) as producer:
        for chunk in chunks(plan, run, waiting):
            app.send_task(
                TASK,
                args=[written(chunk)],
                queue=queue_of(chunk.source),
                producer=producer,
                retry=False,
                timeout=CONFIRM_S,
            )
            messages += 1
            tasks += len(chunk.tasks)
    return Queued(run_id=run.id, tasks=tasks, messages=messages)


@contextmanager
def _producer(app: Any) -> Iterator[Any]:
    """A connection's producer. After a fault it is left without a farewell: a full broker would never read one."""
    connection = app.connection_for_write()
    try:
        connection.ensure_connection(max_retries=1, timeout=5)
        yield app.amqp.Producer(connection)
    except BaseException:
        connection.collect(socket_timeout=1)
        raise
    connection.release()


def wait_for(
    desk: Desk,
    queued: Queued,
    store_url: str | None,
    sleep: Callable[[float], None] = time.sleep,
) -> Coverage:
    """Wait until every task of a run is stored, and return its coverage; those that the workers gave
    up end in `error`. Raises StoreAway."""
    told = -1
    with desk.store(store_url) as store:
        while True:
            counts = store.task_counts(queued.run_id)
            if on_terminal() and counts.done != told:
                told = counts.done
                progress(t(f"[{told}/{told + counts.open}] 已入库", f"[{told}/{told + counts.open}] stored"))
            if not counts.open:
                return store.coverage(queued.run_id)
            sleep(_LOOK_S)
