"""The broker, Redis or RabbitMQ: its address, whether it answers, and the Celery application that speaks through it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click

from finadwatch.cluster.errors import BrokerAway, BrokerUrlError, ClusterMissing
from finadwatch.config import Config
from finadwatch.i18n import t

if TYPE_CHECKING:
    from redis import Redis

#: Before every key on the broker: other applications on the same Redis, with another visibility
#: timeout, must not bring our messages back early.
PREFIX = "finadwatch:"
#: The names of the task types: a chunk of a crawl, a slice of a rescreen.
TASK, RESCREEN_TASK = "finadwatch.crawl", "finadwatch.rescreen"
#: The queue of rescreens.
RESCREEN = "rescreen"
#: Addresses of brokers begin so: Redis, RabbitMQ, each also over TLS.
SCHEMES = ("redis://", "rediss://", "amqp://", "amqps://")
#: Seconds for a connection, and for an answer that is not waited for on purpose.
_CONNECT_S = 3
_ANSWER_S = 10
#: Seconds within which a process of a worker must have started.
_ALIVE_S = 120


def broker_url(config: Config, given: str | None) -> str:
    """The broker that a call means: the command line, else the configuration.

    Raises BrokerUrlError, also for a password on the command line, where every user of the
    machine could read it; click.UsageError where there is no broker at all.
    """
    if given and urlsplit(given).password:
        raise BrokerUrlError(
            without_password(given),
            "a password does not belong on the command line; set FINADWATCH_BROKER or broker: in the configuration",
            "命令行上不应出现密码；请用环境变量 FINADWATCH_BROKER 或配置项 broker",
        )
    url = given or config.broker
    if not url:
        raise click.UsageError(
            t(
                "请给出 --broker redis://主机:6379/0，或设置 FINADWATCH_BROKER",
                "give --broker redis://host:6379/0, or set FINADWATCH_BROKER",
            )
        )
    if not url.startswith(SCHEMES) or not urlsplit(url).hostname:
        raise BrokerUrlError(
            without_password(url),
            "give redis://host:6379/0 or amqp://host:5672//",
            "格式应为 redis://主机:6379/0 或 amqp://主机:5672//",
        )
    return url


def by_redis(url: str) -> bool:
    """Whether a broker is Redis; else it is RabbitMQ."""
    return url.startswith("redis")


def without_password(url: str) -> str:
    """The address as it may be shown."""
    head, at, host = url.rpartition("@")
    return f"{head.partition('://')[0]}://{host}" if at else url


def queue_of(source: str) -> str:
    """The queue of a source."""
    return f"crawl.{source}"


def require_cluster() -> None:
    """Raise ClusterMissing unless the extra `cluster` is installed."""
    if find_spec("celery") is None or find_spec("redis") is None:
        raise ClusterMissing


def require_answer(url: str) -> None:
    """Raise BrokerAway if a broker does not answer now, within seconds."""
    if by_redis(url):
        redis_client(url).close()
        return
    require_cluster()
    from kombu.connection import Connection

    with (
        answering(url),
        Connection(url, connect_timeout=_CONNECT_S) as connection,  # type: ignore[no-untyped-call]
    ):
        connection.ensure_connection(max_retries=1, timeout=_ANSWER_S)


def redis_client(url: str) -> "Redis":
    """A client whose every call ends within seconds. Raises BrokerAway if the broker does not answer now."""
    require_cluster()
    from redis import Redis

    client = Redis.from_url(url, socket_connect_timeout=_CONNECT_S, socket_timeout=_ANSWER_S)
    with answering(url):
        client.ping()
    return client


@contextmanager
def answering(url: str) -> Iterator[None]:
    """Within it, what the broker's clients raise becomes BrokerAway."""
    from amqp.exceptions import AMQPError, MessageNacked
    from kombu.exceptions import OperationalError
    from redis.exceptions import RedisError

    try:
        yield
    except (RedisError, OperationalError, AMQPError, MessageNacked, ConnectionError, TimeoutError) as error:
        reason = str(error) or type(error).__name__
        raise BrokerAway(without_password(url), " ".join(reason.split())) from error


def application(url: str, visibility_s: float, sources: Iterable[str], more: Iterable[str] = ()) -> Any:
    """The Celery application: JSON only, acknowledged after the work, no results kept; one queue a source, and `more`.

    `visibility_s` counts for Redis: a message that is neither acknowledged nor kept (see
    `message_kept`) for so long is given to another worker. The sweep that does so runs every tenth
    of it: kombu's own pace, 100 seconds, would come on top of it. RabbitMQ confirms each message
    once it is on disk, and gives one back as soon as its worker's connection ends. Its queues are
    durable classic ones: of quorum queues a worker could only take a message each, not one of all,
    so that a busy one would keep every other source's tasks from idle workers.
    """
    require_cluster()
    from celery import Celery
    from kombu.entity import Exchange, Queue

    app = Celery("finadwatch", broker=url, set_as_current=False)
    app.conf.task_queues = [
        Queue(name, Exchange(name), name)  # type: ignore[no-untyped-call]
        for name in (*map(queue_of, sources), *more)
    ]
    if by_redis(url):
        app.conf.update(
            broker_transport="finadwatch.cluster.transport:SteadyTransport",
            broker_transport_options={
                "global_keyprefix": PREFIX,
                "socket_connect_timeout": _CONNECT_S,
                "unacked_mutex_expire": max(2, int(visibility_s / 10)),
                "unacked_restore_interval": max(1, int(visibility_s / 10)),
                "unacked_restore_throttle": 1,
                "visibility_timeout": visibility_s,
            },
        )
    else:
        app.conf.update(broker_transport_options={"confirm_publish": True})
    app.conf.update(
        accept_content=["json"],
        # A broker that restarts finds its workers again: also one that went between `require_answer` and
        # the first connection, and one that answers before it can serve (a queue of RabbitMQ's that is not
        # loaded yet, a Redis without room on its disk): such refusals would end the worker.
        broker_channel_error_retry=True,
        broker_connection_max_retries=None,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=_CONNECT_S,
        task_acks_late=True,
        task_ignore_result=True,
        task_reject_on_worker_lost=True,
        task_serializer="json",
        # A chunk goes on while its broker is away: its message comes back, and finds its captures stored.
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_enable_remote_control=False,  # who reaches the broker must not command workers
        worker_max_tasks_per_child=1,  # Twisted's reactor starts once a process
        worker_prefetch_multiplier=1,
        # Celery kills a new process whose sign of life it has not read within so long: with its own 4 seconds
        # all that start while the worker waits for a broker, or on a busy machine, again and again.
        worker_proc_alive_timeout=_ALIVE_S,
        worker_redirect_stdouts=False,
    )
    return app
