"""What a worker holds while it works on a chunk; both lapse by themselves when it is killed.

- The source, in the store, as a run is held: at most one chunk of a source is crawled at a time,
  over all machines and with either broker, so that its pacing stays one. It stays held for the
  source's delay afterwards.
- The message. RabbitMQ gives it to another worker once the connection of this one is gone. On
  Redis kombu does so once it was taken longer ago than the visibility timeout (the score in its
  sorted set): that is renewed here, so the timeout need not outlast the longest chunk.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from finadwatch.cluster.broker import PREFIX, by_redis, redis_client
from finadwatch.cluster.errors import SourceBusy
from findings.errors import RunTaken
from findings.store import FindingStore, Hold

if TYPE_CHECKING:
    from redis import Redis

#: kombu's sorted set of messages taken and not acknowledged: delivery tag → when taken (Unix time).
UNACKED = f"{PREFIX}unacked_index"
#: Seconds between two questions whether a source is free.
_ASK_S = 0.5
#: Seconds between two renewals of a message at most.
_LONGEST_BEAT_S = 7.5


@contextmanager
def source_held(
    store: FindingStore, source: str, *, wait_s: float, rest_s: float, sleep: Callable[[float], None]
) -> Iterator[Hold]:
    """Hold a source while the context lasts and for `rest_s` after it; wait for it up to `wait_s`.

    Raises SourceBusy on entry.
    """
    with ExitStack() as held:
        until = time.monotonic() + wait_s
        while True:
            try:
                hold = held.enter_context(store.hold(f"source {source}"))
                break
            except RunTaken as taken:
                if time.monotonic() >= until:
                    raise SourceBusy(source) from taken
                sleep(_ASK_S)
        try:
            yield hold
        except KeyboardInterrupt:
            raise
        except BaseException:
            sleep(rest_s)
            raise
        sleep(rest_s)


@contextmanager
def message_kept(broker: str, delivery_tag: str, visibility_s: float) -> Iterator[None]:
    """Keep a message from going to another worker while the context lasts. Raises BrokerAway on entry."""
    if not by_redis(broker):
        yield
        return
    client = redis_client(broker)
    over = threading.Event()
    beat_s = min(_LONGEST_BEAT_S, visibility_s / 4)
    beats = threading.Thread(
        target=_keep, args=(client, delivery_tag, beat_s, over), name="message", daemon=True
    )
    beats.start()
    try:
        yield
    finally:
        over.set()
        beats.join()
        client.close()


def _keep(client: "Redis", delivery_tag: str, beat_s: float, over: threading.Event) -> None:
    from redis.exceptions import RedisError

    while True:
        # A broker that is away or restarts: the chunk goes on, whoever gets it too skips what is
        # stored, and the next beat tries again.
        with suppress(RedisError):
            client.zadd(UNACKED, {delivery_tag: time.time()}, xx=True)
        if over.wait(beat_s):
            return
