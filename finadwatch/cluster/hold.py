"""A worker's hold on what it works on, kept alive on the broker while it lives.

Two things are held, and both lapse by themselves when the worker is killed:

- the source: at most one chunk of a source is crawled at a time, over all machines, so that its
  pacing stays one. After the chunk it stays held for the source's delay;
- the message: kombu gives a message to another worker once it was taken longer ago than the
  visibility timeout (the score in its sorted set). The hold renews that, so the timeout need not
  outlast the longest chunk, and a dead worker's chunk comes back within minutes.
"""

import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from finadwatch.cluster.broker import PREFIX
from finadwatch.cluster.errors import SourceBusy

if TYPE_CHECKING:
    from redis import Redis

#: kombu's sorted set of messages taken and not acknowledged: delivery tag → when taken (Unix time).
UNACKED = f"{PREFIX}unacked_index"
#: A source is held at most so long after its worker died, in seconds.
_LONGEST_LEASE_S = 30.0


class Hold:
    """Holds one source and one message while the context lasts. Raises SourceBusy on entry.

    `wait_s` is how long to wait for the source, `rest_s` how long it stays held afterwards.
    """

    def __init__(
        self,
        client: "Redis",
        source: str,
        delivery_tag: str,
        *,
        visibility_s: float,
        wait_s: float,
        rest_s: float,
    ) -> None:
        self._client = client
        self._source = source
        self._tag = delivery_tag
        self._wait_s = wait_s
        self._rest_s = rest_s
        lease = min(_LONGEST_LEASE_S, visibility_s)
        self._beat_s = lease / 4
        self._lock = client.lock(f"{PREFIX}source:{source}", timeout=lease, sleep=0.2, thread_local=False)
        self._over = threading.Event()
        self._beats = threading.Thread(target=self._keep, name="hold", daemon=True)

    def __enter__(self) -> Self:
        self._touch()
        if not self._lock.acquire(blocking_timeout=self._wait_s):
            raise SourceBusy(self._source)
        self._beats.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from redis.exceptions import RedisError

        self._over.set()
        self._beats.join()
        try:
            if self._rest_s > 0:
                self._lock.extend(self._rest_s, replace_ttl=True)
            else:
                self._lock.release()
        except RedisError:
            return  # lapsed, or the broker is away: nothing left to let go

    def _keep(self) -> None:
        from redis.exceptions import RedisError

        while not self._over.wait(self._beat_s):
            try:
                self._touch()
                self._lock.reacquire()
            except RedisError:
                # The broker is away or restarted. The chunk goes on: whoever gets it too skips what
                # is stored. The next beat tries again.
                continue

    def _touch(self) -> None:
        self._client.zadd(UNACKED, {self._tag: time.time()}, xx=True)
