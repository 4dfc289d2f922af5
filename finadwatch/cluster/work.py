"""What a worker does with one message: check it, hold its source, crawl what is not yet stored."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from msgspec.structs import replace

from crawlers.sources import load_sources
from finadwatch.cluster.attempts import MOST, Attempts
from finadwatch.cluster.broker import redis_client
from finadwatch.cluster.errors import ChunkFailed, RunElsewhere, SourceBusy
from finadwatch.cluster.hold import Hold
from finadwatch.cluster.messages import Chunk, read_chunk
from finadwatch.context import Desk
from finadwatch.crawling import crawl_tasks, settings
from finadwatch.i18n import language, t
from finadwatch.show import progress
from findings.model.errors import FinAdWatchError, ServiceAway
from findings.store import FindingStore

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
        sources = load_sources()
        chunk = read_chunk(message, sources)
        config = self.desk.config
        try:
            client = redis_client(self.broker)
            with Hold(
                client,
                chunk.source,
                delivery_tag,
                visibility_s=config.broker_visibility_s,
                wait_s=WAIT_S,
                rest_s=sources[chunk.source].pacing.delay_s * config.crawl.pace,
            ):
                return self._crawl(chunk, Attempts(client, chunk))
        except SourceBusy:
            return False
        except ServiceAway as away:
            progress(away.said(language()))
            self.sleep(PAUSE_S)
            return False
        except KeyboardInterrupt:
            return False

    def _crawl(self, chunk: Chunk, attempts: Attempts) -> bool:
        begun = attempts.begin()
        try:
            with self.desk.store(self.store_url, create=True) as store:
                missing = _missing(chunk, store)
                if missing.tasks and begun > MOST:
                    attempts.give_up(task.id for task in missing.tasks)
                    raise ChunkFailed(chunk.run.id, len(missing.tasks), MOST)
                if missing.tasks:
                    spiders = settings(self.desk, missing.plan, allow_private=self.allow_private)
                    crawl_tasks(
                        self.desk, self.desk.judge(), missing.plan, missing.tasks, spiders, self.store_url
                    )
                    progress(
                        t(
                            f"来源 {chunk.source}：监测 {chunk.run.id} 的 {len(missing.tasks)} 个任务已入库",
                            f"source {chunk.source}: {len(missing.tasks)} tasks of run {chunk.run.id} stored",
                        )
                    )
                self._end_run(chunk, store)
        except (ServiceAway, KeyboardInterrupt):
            attempts.undo()
            raise
        except ChunkFailed:
            raise
        except Exception as error:  # whatever it was, an acknowledged message would be a lost one
            said = error.said(language()) if isinstance(error, FinAdWatchError) else repr(error)
            progress(t(f"一批任务未能完成，稍后重试：{said}", f"a chunk failed and is tried again: {said}"))
            self.sleep(PAUSE_S)
            return False
        attempts.end()
        return True

    def _end_run(self, chunk: Chunk, store: FindingStore) -> None:
        """The worker that stores the run's last task writes down when it ended."""
        if len(store.done_tasks(chunk.run.id)) >= chunk.of:
            store.put_run(replace(chunk.run, ended_at=self.desk.now()))


def _missing(chunk: Chunk, store: FindingStore) -> Chunk:
    """The chunk without the tasks whose captures are stored. Raises RunElsewhere."""
    if all(run.id != chunk.run.id for run in store.runs()):
        raise RunElsewhere(chunk.run.id, store.url)
    done = store.done_tasks(chunk.run.id)
    return replace(chunk, tasks=tuple(task for task in chunk.tasks if task.id not in done))
