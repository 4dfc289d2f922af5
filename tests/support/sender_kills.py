"""A sender that is killed again and again while others put, and what must be in the store at the end.

As a program it is the one who puts: it goes on behind the last bundle whose `put` returned, which
it writes down after each, so a bundle that the outbox took and lost would be missing at the end.
"""

import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from findings.errors import IndexMissing
from findings.model.records import CaptureBundle, Run
from findings.outbox.box import Outbox
from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make

#: One ad in so many bundles is seen again and again; every so many-th bundle is refused by any store.
_POOL, _REFUSED = 40, 53
_RUN = "r1"


def bundle_of(page: int, own: int = 1) -> CaptureBundle:
    """The bundle of a page: ads of its own, and one that others have too; some are refused.

    Of a refused one every ad of its own is: Elasticsearch may keep the good ads of a bundle that it refuses.
    """
    ads = [
        make.ad(f"第{page}款理财，保本保息", make.finding(), url=f"https://p{page}.licai{n}.example/")
        for n in range(own)
    ]
    shared = make.ad(f"第{page % _POOL}号公用广告，稳赚不赔", make.finding())
    if refused(page):
        ads = [msgspec.structs.replace(ad, embedding=(float("inf"),)) for ad in ads]
    return make.bundle(*ads, shared, run=_RUN, page=page)


def refused(page: int) -> bool:
    """Whether a store refuses the bundle of a page."""
    return page % _REFUSED == 7


def expected(pages: int, own: int = 1) -> dict[str, int]:
    """What the store holds of so many pages."""
    good = [page for page in range(pages) if not refused(page)]
    shared = {page % _POOL for page in good}
    return {
        "captures": len(good),
        "ads": own * len(good) + len(shared),
        "sightings": (own + 1) * len(good),
    }


def check(store: FindingStore, outbox: Outbox, pages: int, own: int = 1) -> dict[str, int]:
    """Assert that each bundle is in the store once or a dead letter, and return the figures."""
    wanted = expected(pages, own)
    coverage = store.coverage(_RUN)
    found = {
        "captures": sum(sum(source.outcomes.values()) for source in coverage.sources),
        "ads": store.search(SearchQuery(limit=1)).total,
        "sightings": coverage.sightings,
    }
    assert found == wanted
    documents: dict[str, int] = {}
    for part in store.status():
        kind = next((kind for kind in wanted if kind in part.name), None)
        if kind is not None and part.state != "closed":
            documents[kind] = documents.get(kind, 0) + part.documents
    assert {kind: documents[kind] for kind in ("captures", "sightings")} == {
        kind: wanted[kind] for kind in ("captures", "sightings")
    }
    good = {make.task(_RUN, page=page).id for page in range(pages) if not refused(page)}
    assert store.done_tasks(_RUN) == good
    bad = {make.task(_RUN, page=page).id for page in range(pages) if refused(page)}
    assert outbox.dead_tasks(store.url, _RUN) == bad
    assert outbox.waiting(store.url) == 0
    return found | {"dead": len(bad)}


def forget(store: FindingStore) -> None:
    """Remove the indices of a store from a server that others use too."""
    if store.url.startswith("http"):
        with (
            Elasticsearch(store.url.partition("?")[0], request_timeout=120) as client,
            suppress(IndexMissing),
        ):
            client.indices.delete(index=[part.name for part in store.status()])


class State(msgspec.Struct):
    """Where a marathon stands."""

    store: str
    seed: int
    rounds: int = 0
    kills: int = 0
    puts_killed: int = 0
    killed_at: list[int] = []
    seconds: float = 0.0


class SenderMarathon:
    """Rounds of `share` bundles put and sent, both by processes that are killed; all state is in one folder.

    A bundle has `own` ads, and one that others have too. Of a round up to `reach` bundles are sent
    before the kill.
    """

    def __init__(
        self,
        folder: Path,
        store_url: str,
        share: int,
        kills: int,
        seed: int,
        *,
        own: int = 1,
        reach: int = 1,
    ) -> None:
        self.folder = folder
        self.share = share
        self.kills = kills
        self.own = own
        self.reach = reach
        self._note = folder / "state.json"
        state = None
        if self._note.exists():
            state = msgspec.json.decode(self._note.read_bytes(), type=State)
            # A server that was started for the tests that were interrupted took its data with it.
            if not state.store.startswith(store_url):
                state = None
                shutil.rmtree(folder)
        folder.mkdir(parents=True, exist_ok=True)
        fresh = f"{store_url}?prefix=k{secrets.token_hex(6)}" if store_url.startswith("http") else store_url
        self.state = state or State(store=fresh, seed=seed)
        self._keep()
        with self.store() as store:
            store.create()
            store.put_run(Run(id=_RUN, plan="抗中断发送", started_at=make.NOON))

    def store(self) -> FindingStore:
        """The store."""
        return open_store(self.state.store)

    def outbox(self) -> Outbox:
        """The outbox."""
        return Outbox(self.folder / "outbox" / "outbox.db", 2000)

    def _keep(self) -> None:
        new = self._note.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(self.state))
        new.replace(self._note)

    def _start(self, *words: str) -> "subprocess.Popen[bytes]":
        clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
        with (self.folder / "said.log").open("ab") as said:
            return subprocess.Popen(
                [sys.executable, "-m", *words],
                env={**clean, "FINADWATCH_HOME": str(self.folder)},
                cwd=Path(__file__).parents[2],
                stdout=said,
                stderr=said,
                start_new_session=True,
            )

    def _putting(self, pages: int) -> "subprocess.Popen[bytes]":
        words = (str(self.folder), self.state.store, str(pages), str(self.own))
        return self._start("tests.support.sender_kills", *words)

    def _sending(self) -> "subprocess.Popen[bytes]":
        return self._start("finadwatch", "outbox", "send")

    def go(self) -> None:
        """Put and send with kills, then to the end; each round is remembered."""
        while self.state.kills < self.kills:
            with self._timed():
                self._round()
            self._keep()
        with self._timed():
            # One more, and with it the one whose `put` returned to nobody.
            assert self._putting(_acked(self.folder) + 1).wait() == 0
            assert self._sending().wait() in (0, 1)
        self._keep()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.state.seconds += time.monotonic() - began

    def _round(self) -> None:
        """Put some more and kill a sender in the middle of its work; every fifth time the one who puts too.

        A sender that was faster than its kill makes no difference: the next round puts more.
        """
        chance = random.Random(f"{self.state.seed} {self.state.rounds}")
        self.state.rounds += 1
        had = _acked(self.folder)
        put = self._putting(had + self.share)
        send: subprocess.Popen[bytes] | None = None
        try:
            with self.outbox() as outbox:
                _until(lambda: put.poll() is not None or _acked(self.folder) >= had + self.share // 2)
                before, began = self._gone(outbox), time.monotonic()
                send = sending = self._sending()
                if chance.random() < 0.2:  # while it starts
                    time.sleep(chance.uniform(0, 1.5))
                else:
                    goal = before + 1 + chance.randint(1, self.reach)
                    _until(lambda: sending.poll() is not None or self._gone(outbox) >= goal)
                    time.sleep(chance.uniform(0, (time.monotonic() - began) / 2))
                if self.state.kills % 5 == 4 and put.poll() is None:
                    _kill(put)
                    self.state.puts_killed += 1
                if send.poll() is None:
                    _kill(send)
                    self.state.kills += 1
                    self.state.killed_at.append(self._gone(outbox))
                _until(lambda: put.poll() is not None)
        finally:
            for process in (put, send):
                if process is not None:
                    _kill(process)

    def _gone(self, outbox: Outbox) -> int:
        """How many bundles were put and wait no more."""
        return _acked(self.folder) - outbox.waiting(self.state.store)

    def check(self) -> dict[str, Any]:
        """Assert that nothing was lost or doubled, and return the figures."""
        with self.store() as store, self.outbox() as outbox:
            found = check(store, outbox, _acked(self.folder), self.own)
            forget(store)
        return {
            **found,
            "kills": self.state.kills,
            "putting_killed": self.state.puts_killed,
            "sent_when_killed": self.state.killed_at,
            "seconds": round(self.state.seconds),
        }


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _until(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.02)


def _acked(folder: Path) -> int:
    """How many bundles were put: of each `put` that returned one byte was written."""
    try:
        return (folder / "acked").stat().st_size
    except FileNotFoundError:
        return 0


def put_all(folder: Path, store: str, pages: int, own: int) -> None:
    """Put the bundles that were not put yet."""
    with Outbox(folder / "outbox" / "outbox.db", 2000) as outbox, (folder / "acked").open("ab", 0) as acked:
        for page in range(_acked(folder), pages):
            outbox.put(store, bundle_of(page, own))
            acked.write(b".")


if __name__ == "__main__":
    put_all(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    print(json.dumps({"put": int(sys.argv[3])}))
