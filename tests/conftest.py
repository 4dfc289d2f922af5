"""What tests of several rooms share: a home of their own, the built models, the command line.

Choose the narrowest: `home` is empty; `hanlp` builds HanLP's component once a machine (a second);
`call` runs the command line in `home`, with that component configured.
"""

import os
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings

from tests.support import elasticsearch
from tests.support.cache import cache, share_patterns
from tests.support.cli import run_finadwatch
from tests.support.rabbitmq import RabbitServer, rabbit_server
from tests.support.redis import redis_server

# Timings are measured in benchmarks/, not tested: a slow machine fails no property.
settings.register_profile("house", deadline=None)
# `make check` names this one; `make test` tries every property four times as often.
settings.register_profile("fast", settings.get_profile("house"), max_examples=25)
settings.load_profile("house")

Call = Callable[..., "subprocess.CompletedProcess[str]"]

#: Tests that share a server, or would starve each other's browser, stay in one process of `pytest -n`.
_TOGETHER = ("elastic", "browser", "rabbitmq")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Group tests by the server they use."""
    for item in items:
        shared = next((name for name in _TOGETHER if item.get_closest_marker(name)), None)
        if shared:
            item.add_marker(pytest.mark.xdist_group(shared))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A FINADWATCH_HOME that nothing was done in yet."""
    return tmp_path / "home"


@pytest.fixture(scope="session")
def hanlp() -> Path:
    """The folder of HanLP's default component, built for tests and kept between runs."""
    from models.build import CONVERTER, build_hanlp

    # A folder for each converter: checkouts of two versions would build one folder in turns.
    return build_hanlp(cache() / f"hanlp-{CONVERTER}")


@pytest.fixture
def call(home: Path, hanlp: Path) -> Call:
    """`run_finadwatch` in this test's home; `stdin` and `env` as keywords."""
    home.mkdir(exist_ok=True)
    share_patterns(home)
    (home / "config.yaml").write_text(f"models: {{hanlp: '{hanlp}'}}\n", "utf-8")
    return partial(run_finadwatch, home)


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The address of a real server: the one given, one left running by the script, or a new one."""
    given = os.environ.get("FINADWATCH_TEST_ELASTICSEARCH")
    running = elasticsearch.running()
    if given or running:
        yield given or running.url
        return
    server = elasticsearch.start()
    yield server.url
    server.stop()


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The address of a real, empty Redis server (up in a tenth of a second, so each test has its own)."""
    with redis_server() as server:
        yield server.url


@pytest.fixture(scope="session")
def rabbit() -> Iterator[RabbitServer]:
    """A real RabbitMQ server (up in ten seconds or more, so the tests of a session share it)."""
    with rabbit_server() as server:
        yield server
