"""How often each chunk was begun, and which tasks were given up: small counters on the broker.

A chunk that kills its worker (a page that crashes the process, memory running out) would come
back for ever; after `MOST` beginnings without an end it is given up and its tasks are named.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from finadwatch.cluster.broker import PREFIX
from finadwatch.cluster.messages import Chunk

if TYPE_CHECKING:
    from redis import Redis

#: Beginnings of one chunk, those that ended because a service was away not counted.
MOST = 5
#: Counters vanish after so many seconds: a week.
_KEPT_S = 7 * 24 * 3600


class Attempts:
    """The counter of one chunk."""

    def __init__(self, client: "Redis", chunk: Chunk) -> None:
        self._client = client
        self._chunk = chunk
        self._key = f"{PREFIX}begun:{chunk.tasks[0].id}"

    def begin(self) -> int:
        """Count a beginning and return how many there were, this one included."""
        with self._client.pipeline() as pipe:
            pipe.incr(self._key)
            pipe.expire(self._key, _KEPT_S)
            return int(pipe.execute()[0])

    def undo(self) -> None:
        """This beginning did not count: a service was away, or a person stopped the worker."""
        self._client.decr(self._key)

    def end(self) -> None:
        """The chunk is done."""
        self._client.delete(self._key)

    def give_up(self, tasks: Iterable[str]) -> None:
        """Name tasks that will get no capture."""
        key = _failed(self._chunk.run.id)
        with self._client.pipeline() as pipe:
            pipe.sadd(key, *tasks)
            pipe.expire(key, _KEPT_S)
            pipe.execute()
        self.end()


def given_up(client: "Redis", run_id: str) -> set[str]:
    """Ids of the tasks of a run that were given up."""
    members: set[bytes] = client.smembers(_failed(run_id))  # type: ignore[assignment]
    return {member.decode() for member in members}


def forgive(client: "Redis", run_id: str) -> None:
    """Forget which tasks of a run were given up: they are tried anew."""
    client.delete(_failed(run_id))


def _failed(run_id: str) -> str:
    return f"{PREFIX}failed:{run_id}"
