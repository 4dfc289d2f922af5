"""A rescreen over many machines: a message a slice, its progress in the store.

A message says which slice of which rescreen; what is to be judged and how far it came is in the store. So a message
that comes twice, or after its slice is done, does no harm, and a worker goes on where a killed one was.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from finadwatch.cluster.attempts import MOST, Attempts
from finadwatch.cluster.broker import RESCREEN, RESCREEN_TASK, answering, application, require_answer
from finadwatch.cluster.errors import BadMessage, RescreenElsewhere, SliceFailed
from finadwatch.cluster.hold import message_kept
from finadwatch.cluster.work import PAUSE_S
from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.rescreening.beginning import end_if_done, require_versions
from finadwatch.rescreening.errors import OtherVersions
from finadwatch.rescreening.judging import Bench
from finadwatch.rescreening.says import Teller
from finadwatch.show import progress
from findings.errors import RunTaken
from findings.model.errors import FinAdWatchError, ServiceAway
from findings.rescreening.job import MAX_SLICES, Job
from findings.rescreens import slice_name
from findings.store import FindingStore

#: Raised when a worker of an older release could misread a message.
VERSION = 1
#: Seconds after which a worker hands a slice back to the queue, to go on in a process of fresh memory; well below the
#: half hour after which RabbitMQ takes a message back.
PART_S = 600.0
#: Seconds between two looks at the store while waiting.
_LOOK_S = 2.0


class SliceMessage(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message."""

    version: int
    job: str
    slice: int


def queue_rescreen(desk: Desk, store: FindingStore, job: Job, broker: str) -> int:
    """Queue the slices that are not done, and return how many. Raises BrokerAway."""
    require_answer(broker)
    app = application(broker, desk.config.broker_visibility_s, (), more=(RESCREEN,))
    messages = 0
    with answering(broker), app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1, timeout=5)
        producer = app.amqp.Producer(connection)
        for one in store.rescreens().progress(job):
            if not one.done:
                message = SliceMessage(version=VERSION, job=job.id, slice=one.number)
                app.send_task(
                    RESCREEN_TASK,
                    args=[msgspec.to_builtins(message)],
                    queue=RESCREEN,
                    producer=producer,
                    retry=False,
                )
                messages += 1
    return messages


def wait_for_rescreen(
    store: FindingStore, job: Job, teller: Teller, sleep: Callable[[float], None] = time.sleep
) -> Job:
    """Wait until the workers are through. Raises StoreAway."""
    book = store.rescreens()
    while True:
        for one in book.progress(job):
            teller(one)
        kept = book.job(job.id)
        if kept is not None and kept.ended_at is not None:
            return kept
        sleep(_LOOK_S)


@dataclass(frozen=True)
class RescreenHands:
    """What a worker of rescreens works with: its own settings, none of the message's."""

    desk: Desk
    store_url: str | None
    broker: str
    sleep: Callable[[float], None] = time.sleep

    def take(self, message: object, delivery_tag: str) -> bool:
        """Work on one slice; True when it is done, False when its message must come back.

        Raises BadMessage and SliceFailed for one that must not come back.
        """
        wanted = read_message(message)
        try:
            with (
                message_kept(self.broker, delivery_tag, self.desk.config.broker_visibility_s),
                self.desk.store(self.store_url, create=True) as store,
            ):
                job = store.rescreens().job(wanted.job)
                if job is None:
                    raise RescreenElsewhere(wanted.job, store.url)
                if wanted.slice >= job.slices:
                    raise BadMessage(f"rescreen {job.id} has no slice {wanted.slice}")
                with store.hold(slice_name(job, wanted.slice)):
                    return self._work(store, job, wanted.slice)
        except (ServiceAway, OtherVersions) as away:
            progress(away.said(language()))
        except RunTaken:  # a process that ends in time; if it is killed, this message is what goes on
            pass
        except KeyboardInterrupt:
            return False
        self.sleep(PAUSE_S)
        return False

    def _work(self, store: FindingStore, job: Job, number: int) -> bool:
        """Go on with a slice until it is done, or for a while; whether it is done."""
        attempts = Attempts(self.desk.config.home / "rescreens" / "begun", f"{job.id} {number}")
        if attempts.begin() > MOST:
            attempts.end()
            raise SliceFailed(job.id, number, MOST)
        book = store.rescreens()
        try:
            now = book.settle(job, number)
            if not now.done:
                judge = self.desk.judge()
                require_versions(judge, job)
                bench, until = Bench(judge, self.desk.evidence(), job.as_of), time.monotonic() + PART_S
                while not now.done and time.monotonic() < until:
                    now = book.write(job, bench.part(now, book.read(job, now)))
        except (ServiceAway, OtherVersions, KeyboardInterrupt):
            attempts.undo()
            raise
        except Exception as error:  # whatever it was, an acknowledged message would be a lost one
            said = error.said(language()) if isinstance(error, FinAdWatchError) else repr(error)
            progress(t(f"一片未能判完，稍后重试：{said}", f"a slice failed and is tried again: {said}"))
            self.sleep(PAUSE_S)
            return False
        finally:
            book.close()
        attempts.end()
        if now.done:
            end_if_done(self.desk, store, job)
            progress(
                t(
                    f"重新判定 {job.id}：第 {number + 1}/{job.slices} 片完成，{now.tally.judged} 条，变更 {now.tally.changed}",
                    f"rescreen {job.id}: slice {number + 1} of {job.slices} done, {now.tally.judged} ads, "
                    f"{now.tally.changed} changed",
                )
            )
        return now.done


def read_message(raw: object) -> SliceMessage:
    """Read one message. Raises BadMessage."""
    try:
        message = msgspec.convert(raw, SliceMessage)
    except (msgspec.ValidationError, RecursionError) as error:
        raise BadMessage(str(error)) from error
    if message.version != VERSION:
        raise BadMessage(f"it is of version {message.version}, this worker reads {VERSION}")
    if not 0 <= message.slice < MAX_SLICES:
        raise BadMessage(f"there is no slice {message.slice}")
    return message


def register_rescreens(app: Any, hands: RescreenHands) -> None:
    """Make `hands` what the application does with a message of a rescreen."""
    from celery.exceptions import Reject

    @app.task(name=RESCREEN_TASK, bind=True)  # type: ignore[untyped-decorator]
    def rescreen_slice(self: Any, *words: object, **named: object) -> None:
        message = words[0] if len(words) == 1 and not named else None
        tag = str(self.request.properties.get("delivery_tag") or "")
        try:
            done = hands.take(message, tag)
        except (BadMessage, SliceFailed) as final:
            progress(final.said(language()))
            raise Reject(str(final), requeue=False) from None
        if not done:
            raise Reject("not finished", requeue=True)
