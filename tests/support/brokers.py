"""The brokers that workers are tested on, by one set of words."""

from typing import Any, Protocol

from finadwatch.cluster.broker import PREFIX, application, queue_of, redis_client
from finadwatch.cluster.hold import UNACKED
from tests.support.office import VISIBILITY_S
from tests.support.rabbitmq import RabbitServer
from tests.support.redis import RedisServer

#: The source whose queue the tests look at.
SOURCE = "apple"
_QUEUE = queue_of(SOURCE)


class Broker(Protocol):
    """A running broker. `junk` counts what `soil` puts on the queue."""

    url: str
    junk: int

    def at_rest(self) -> bool:
        """Whether nothing waits on the queue, and (where the broker tells) nothing is unacknowledged."""
        ...

    def lose(self) -> None:
        """Empty the queue, as a broker does that lost its disk."""
        ...

    def soil(self) -> None:
        """Put on the queue what is no message at all."""
        ...


class OnRedis:
    """Redis."""

    junk = 5

    def __init__(self, server: RedisServer) -> None:
        self.url = server.url
        self._client = redis_client(server.url)
        self._queue = f"{PREFIX}{_QUEUE}"

    def at_rest(self) -> bool:
        return not self._client.llen(self._queue) and not self._client.zcard(UNACKED)

    def lose(self) -> None:
        self._client.delete(self._queue)

    def soil(self) -> None:
        self._client.lpush(self._queue, b"no json", b"\xff\xfe", "[]", '{"body": 1}', "[" * 100_000)


class OnRabbit:
    """RabbitMQ; its queue is removed first, for a server serves several tests."""

    junk = 4

    def __init__(self, server: RabbitServer) -> None:
        self.url = server.url
        with self._connection() as connection:
            connection.default_channel.queue_delete(_QUEUE)

    def _connection(self) -> Any:
        return application(self.url, VISIBILITY_S, [SOURCE]).connection_for_write()

    def at_rest(self) -> bool:
        with self._connection() as connection:
            told = connection.default_channel.queue_declare(_QUEUE, passive=True)
        return int(told.message_count) == 0

    def lose(self) -> None:
        with self._connection() as connection:
            connection.default_channel.queue_purge(_QUEUE)

    def soil(self) -> None:
        with self._connection() as connection:
            producer = connection.Producer()
            for body, media_type in (
                (b"no json", "application/json"),
                (b"\xff\xfe", "application/json"),
                (b"[]", "application/json"),
                (b"[" * 100_000, "application/json"),
            ):
                producer.publish(body, routing_key=_QUEUE, content_type=media_type, content_encoding="utf-8")
