"""Fixtures of the tests of commands. `broker` is each broker in turn, marked `redis` or `rabbitmq`."""

from collections.abc import Iterator

import pytest

from tests.support.brokers import Broker, OnRabbit, OnRedis
from tests.support.redis import redis_server


@pytest.fixture(
    params=[
        pytest.param("redis", marks=pytest.mark.redis),
        pytest.param("rabbitmq", marks=pytest.mark.rabbitmq),
    ]
)
def broker(request: pytest.FixtureRequest) -> Iterator[Broker]:
    """Each broker, its queue empty."""
    if request.param == "redis":
        with redis_server() as server:
            yield OnRedis(server)
    else:
        yield OnRabbit(request.getfixturevalue("rabbit"))
