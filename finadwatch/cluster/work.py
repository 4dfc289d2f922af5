"""What a worker does with one message: check it, hold its source, crawl what is not yet stored."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from finadwatch.cluster.attempts import MOST, Attempts
from finadwatch.cluster.errors import ChunkFailed, RunElsewhere, SourceBusy
from finadwatch.cluster.hold import message_kept, source_held
from finadwatch.cluster.messages import Chunk, read_chunk
from finadwatch.context import Desk
from finadwatch.crawling import crawl_tasks, settings
from finadwatch.delivery import deliver
from finadwatch.i18n import language, t
from finadwatch.ledger import Feed, end_if_done
from finadwatch.show import progress
from findings.errors import LettersDead
from findings.model.crawl import Capture, Task
from findings.model.errors import FinAdWatchError, ServiceAway
from findings.model.records import CaptureBundle, Run
from findings.model.vocabulary import Outcome
from findings.query import TaskCounts
from findings.store import FindingStore, Hold

#: Seconds a worker waits before it hands back a message that it could not finish.
PAUSE_S = 10.0
#: Seconds a worker waits for a source that another one crawls, before it looks at other queues.
WAIT_S = 5.0


@dataclass(frozen=True)
class Hands:
    """What a worker works with: its own settings, none of the message's."""

    desk: Desk
    store_url: str | None
    broker: str
    allow_private: bool
    sleep: Callable[[float], None] = time.sleep

    def take(self, message: object, delivery_tag: str) -> bool:
        """Work through one message; True when it is done, False when it must come back.

        Raises BadMessage and ChunkFailed for one that must not come back.
        """
        sources = self.desk.sources()
        chunk = read_chunk(message, sources)
        config = self.desk.config
        try:
            with (
                message_kept(self.broker, delivery_tag, config.broker_visibility_s),
                self.desk.store(self.store_url, create=True) as store,
                source_held(
                    store,
                    chunk.source,
                    wait_s=WAIT_S,
                    rest_s=sources[chunk.source].pacing.delay_s * config.crawl.pace,
                    sleep=self.sleep,
                ) as hold,
            ):
                return self._crawl(chunk, store, hold)
        except SourceBusy:
            return False
        except ServiceAway as away:
            progress(away.said(language()))
            self.sleep(PAUSE_S)
            return False
        except KeyboardInterrupt:
            return False

    def _crawl(self, chunk: Chunk, store: FindingStore, hold: Hold) -> bool:
        attempts = Attempts(self.desk.config.home / "crawl" / "begun", chunk.tasks[0].id)
        begun = attempts.begin()
        try:
            with deliver(self.desk, store.url) as delivery:
                run = _run(chunk, store)
                held = delivery.held(run.id)
                missing = tuple(task for task in chunk.tasks if store.capture(task.id) is None)
                # What waits in this machine's outbox since an earlier try needs no second fetch.
                fetched = tuple(task for task in missing if task.id not in held)
                if fetched and begun > MOST:
                    self._give_up(store, run, fetched, f"given up: {MOST}")
                    attempts.end()
                    raise ChunkFailed(run.id, len(fetched), MOST)
                if fetched:
                    spiders = settings(self.desk, chunk.plan, allow_private=self.allow_private)
                    feed = Feed({chunk.source: fetched})
                    counts = TaskCounts(done=0, open=len(fetched))
                    crawl_tasks(
                        self.desk,
                        self.desk.judge(),
                        chunk.plan,
                        feed,
                        spiders,
                        delivery,
                        counts,
                        hold.confirm,
                    )
                if missing:
                    # Not before the store has it: the outbox would go with this machine's disk.
                    delivery.settle(run.id, [task.id for task in missing])
                    progress(
                        t(
                            f"来源 {chunk.source}：监测 {run.id} 的 {len(missing)} 个任务已入库",
                            f"source {chunk.source}: {len(missing)} tasks of run {run.id} stored",
                        )
                    )
                # The worker that stores the run's last task writes down when it ended.
                end_if_done(self.desk, store, run)
        except (ServiceAway, KeyboardInterrupt):
            attempts.undo()
            raise
        except ChunkFailed:
            raise
        except LettersDead as dead:  # fetched again they would be refused again: somebody must see to them
            progress(dead.said(language()))
            lost = tuple(task for task in chunk.tasks if task.id in dead.tasks)
            self._give_up(store, _run(chunk, store), lost, "refused by the store")
        except Exception as error:  # whatever it was, an acknowledged message would be a lost one
            said = error.said(language()) if isinstance(error, FinAdWatchError) else repr(error)
            progress(t(f"一批任务未能完成，稍后重试：{said}", f"a chunk failed and is tried again: {said}"))
            self.sleep(PAUSE_S)
            return False
        attempts.end()
        return True

    def _give_up(self, store: FindingStore, run: Run, tasks: Iterable[Task], why: str) -> None:
        """Let tasks end in `error`: the run ends, its coverage shows them, nothing waits for them for ever."""
        for task in tasks:
            lost = Capture(task=task, outcome=Outcome.ERROR, at=self.desk.now(), url=task.url, detail=why)
            store.write(CaptureBundle(capture=lost, ads=(), sightings=()))
        end_if_done(self.desk, store, run)


def _run(chunk: Chunk, store: FindingStore) -> Run:
    """The run of a message as the store has it. Raises RunElsewhere."""
    run = next((run for run in store.runs() if run.id == chunk.run.id), None)
    if run is None:
        raise RunElsewhere(chunk.run.id, store.url)
    return run
