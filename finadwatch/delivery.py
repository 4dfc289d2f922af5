"""How judged bundles get into the store: at once into a file, by way of the outbox over the network.

A SQLite store is itself a file of this machine that a bundle is on when `write` returns: an outbox
before it would write everything twice. A store over the network may be away when a page was fetched.
"""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO, Protocol

import msgspec

from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.intake import Writes
from finadwatch.show import progress
from findings.errors import BundlesWaiting, LettersDead, OutboxFull
from findings.model.crawl import Task
from findings.model.errors import FinAdWatchError
from findings.model.records import CaptureBundle
from findings.outbox.courier import Courier

#: Seconds that a crawl which broke off goes on sending while the store takes.
LINGER_S = 5.0
#: Seconds between two looks whether a full outbox has room again.
_LOOK_S = 0.5


class Delivery(Protocol):
    """The way into one store."""

    def writer(self) -> Writes:
        """Where captures are written to; a new one for each caller."""
        ...

    def held(self, run_id: str) -> set[str]:
        """Ids of the tasks of a run that need not be fetched although the store has no capture of them.

        Ask before the ledger is read: what is sent in between is in one of the two.
        """
        ...

    def tasks(
        self, streams: Mapping[str, Iterable[Task]], held: Collection[str]
    ) -> dict[str, Iterable[Task]]:
        """The tasks to fetch by source, as they can be read while the store is away."""
        ...

    def settle(self, run_id: str, tasks: Collection[str] | None = None) -> None:
        """Wait until what was written of a run (of some tasks of it) is in the store.

        Raises BundlesWaiting, LettersDead.
        """
        ...


@contextmanager
def deliver(desk: Desk, store_url: str) -> Iterator[Delivery]:
    """The way into a store; over the network, what waits from earlier is sent too while the context lasts."""
    if store_url.startswith("sqlite:"):
        yield _Straight(desk, store_url)
        return
    way = _ByOutbox(desk, store_url)
    try:
        yield way
    except BundlesWaiting:
        raise
    except BaseException as error:
        way.leave(0 if isinstance(error, KeyboardInterrupt) else LINGER_S)
        raise
    finally:
        way.close()


class _Straight:
    """Into a file of this machine."""

    def __init__(self, desk: Desk, store_url: str) -> None:
        self._desk = desk
        self._url = store_url

    def writer(self) -> Writes:
        return self._desk.store(self._url)

    def held(self, run_id: str) -> set[str]:
        return set()

    def tasks(
        self, streams: Mapping[str, Iterable[Task]], held: Collection[str]
    ) -> dict[str, Iterable[Task]]:
        return dict(streams)

    def settle(self, run_id: str, tasks: Collection[str] | None = None) -> None:
        return


class _ByOutbox:
    """By way of the outbox, with a courier that sends meanwhile."""

    def __init__(self, desk: Desk, store_url: str) -> None:
        self._desk = desk
        self._url = store_url
        self._outbox = desk.outbox()
        self._courier = Courier(lambda: desk.outbox(sender=True), lambda: desk.store(store_url), store_url)
        self._courier.start()

    def writer(self) -> Writes:
        return _Puts(self._desk, self._url, self._courier)

    def held(self, run_id: str) -> set[str]:
        return self._outbox.waiting_tasks(self._url, run_id) | self._outbox.dead_tasks(self._url, run_id)

    def tasks(
        self, streams: Mapping[str, Iterable[Task]], held: Collection[str]
    ) -> dict[str, Iterable[Task]]:
        found: dict[str, Iterable[Task]] = {}
        for source, tasks in streams.items():
            file, count = _written_down(task for task in tasks if task.id not in held)
            if count:
                found[source] = _read_back(file)
        return found

    def settle(self, run_id: str, tasks: Collection[str] | None = None) -> None:
        wanted = None if tasks is None else frozenset(tasks)

        def left() -> int:
            if wanted is None:
                return self._outbox.waiting(self._url, run_id)
            return len(wanted & self._outbox.waiting_tasks(self._url, run_id))

        self._courier.settle(left, self._desk.config.outbox.patience_s)
        dead = frozenset(self._outbox.dead_tasks(self._url, run_id))
        if wanted is not None:
            dead &= wanted
        if dead:
            raise LettersDead(run_id, dead)

    def leave(self, seconds: float) -> None:
        """After a crawl that broke off: send for a moment, and say what is left."""
        try:
            self._courier.settle(lambda: self._outbox.waiting(self._url), seconds)
        except BundlesWaiting as left:
            progress(
                t(
                    f"发件箱中有 {left.waiting} 份结果待发，下次抓取或 finadwatch outbox send 时发送",
                    f"{left.waiting} bundles wait in the outbox; the next crawl sends them, or finadwatch outbox send",
                )
            )
        except FinAdWatchError as error:  # the outbox itself: the crawl ends with what broke it off
            progress(error.said(language()))

    def close(self) -> None:
        """Stop sending."""
        self._courier.stop()
        self._outbox.close()


class _Puts:
    """Puts bundles into the outbox; a full one is waited for while the store takes from it."""

    def __init__(self, desk: Desk, store_url: str, courier: Courier) -> None:
        self._outbox = desk.outbox()
        self._url = store_url
        self._courier = courier
        self._patience_s = desk.config.outbox.patience_s

    def write(self, bundle: CaptureBundle) -> None:
        """Put a bundle; a full outbox is waited for while the store takes what is in it. Raises OutboxFull."""
        least: int | None = None
        until = 0.0
        while True:
            try:
                return self._outbox.put(self._url, bundle)
            except OutboxFull:
                waiting = self._outbox.waiting(self._url)
                if least is None or waiting < least:
                    least, until = waiting, time.monotonic() + self._patience_s
                if self._courier.trouble is not None or time.monotonic() >= until:
                    raise
                time.sleep(_LOOK_S)

    def close(self) -> None:
        """Let the file go."""
        self._outbox.close()


def _written_down(tasks: Iterable[Task]) -> tuple[IO[bytes], int]:
    """A nameless file of these tasks: no ledger can be read while its store is away, nor all of it held in memory."""
    file = TemporaryFile()  # noqa: SIM115
    count = 0
    for task in tasks:
        file.write(msgspec.json.encode(task) + b"\n")
        count += 1
    file.seek(0)
    return file, count


def _read_back(file: IO[bytes]) -> Iterator[Task]:
    with file:
        for line in file:
            yield msgspec.json.decode(line, type=Task)
