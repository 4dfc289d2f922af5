"""A process that is killed with signal 9 just before its n-th request to Elasticsearch."""

import os
import signal
from collections.abc import Callable

from elastic_transport import Transport

from findings.store import FindingStore
from tests.support.stores import again

Work = Callable[[FindingStore], object]


def killed(url: str, request: int, work: Work) -> bool:
    """Do some work in a process of its own that is killed before its n-th request; whether it was."""
    _, status = _child(url, request, work)
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


def requests_of(url: str, work: Work) -> int:
    """Do some work in a process of its own; how many requests that took."""
    said, status = _child(url, 0, work)
    assert status == 0
    return int(said)


def _child(url: str, request: int, work: Work) -> tuple[str, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        sent = _count(request)
        with again(url) as store:
            work(store)
        os.write(writing, str(sent[0]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    return said, os.waitpid(child, 0)[1]


def _count(deadly: int) -> list[int]:
    """Count this process's requests from now on, and die before the one of that number."""
    sent = [0]
    real = Transport.perform_request

    def counted(*args: object, **more: object) -> object:
        sent[0] += 1
        if sent[0] == deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*args, **more)  # type: ignore[arg-type]

    Transport.perform_request = counted  # type: ignore[method-assign,assignment]
    return sent
