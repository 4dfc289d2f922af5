"""Elasticsearch killed under load and started again later: a server of its own, put to without a pause."""

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from findings.errors import StoreAway
from findings.model.records import Run
from findings.outbox.box import Outbox
from findings.outbox.courier import Courier
from findings.stores import open_store
from tests.support import elasticsearch
from tests.support import records as make
from tests.support.sender_kills import bundle_of, check


class Outage:
    """One outage: a courier sends, a thread puts, and the server is killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "outbox.db"
        self._server = elasticsearch.start()
        self._store = open_store(self._server.url)
        self._pages = 0
        self._away: list[type] = []
        self._grown_to = 0
        self._seconds = 0.0
        self._over = threading.Event()

    def _outbox(self) -> Outbox:
        return Outbox(self._path, 2000, sender=True)

    def go(self, seconds: float, a_second: float) -> None:
        """Put `a_second` bundles a second all the while; the server is away for `seconds`."""
        self._store.create()
        self._store.put_run(Run(id="r1", plan="断网演练", started_at=make.NOON))
        url = self._server.url
        courier = Courier(self._outbox, lambda: open_store(url), url)
        putting = threading.Thread(target=self._put, args=(1 / a_second,))
        with self._outbox() as outbox:
            courier.start()
            putting.start()
            while not self._store.done_tasks("r1"):
                time.sleep(0.1)
            began = time.monotonic()
            self._server.kill()
            time.sleep(seconds)
            self._grown_to = outbox.waiting(url)
            self._away.append(type(courier.trouble))
            self._server = elasticsearch.restart(self._server)
            self._seconds = time.monotonic() - began
            self._over.set()
            putting.join()
            courier.settle(lambda: outbox.waiting(url), patience_s=300)
            courier.stop()

    def _put(self, pause_s: float) -> None:
        with self._outbox() as outbox:
            while not self._over.wait(pause_s):
                outbox.put(self._server.url, bundle_of(self._pages))
                self._pages += 1

    def check(self) -> dict[str, Any]:
        """Assert that nothing was lost or doubled, and return the figures."""
        assert self._away == [StoreAway]
        with self._outbox() as outbox:
            found = check(self._store, outbox, self._pages)
        return {**found, "away_s": round(self._seconds), "grown_to": self._grown_to}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._store.close()
        self._server.stop()
