"""A home and an app store on loopback whose answer to `卡住` is held back until a test lets it go."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from tests.support.authority import Authority
from tests.support.cache import share_patterns
from tests.support.cli import run_finadwatch
from tests.support.web import Site, Visit, html

#: Seconds until the messages of a dead worker go to another one.
VISIBILITY_S = 4

_APP = {
    "trackId": 1,
    "trackName": "顺心贷",
    "bundleId": "example.shunxin",
    "sellerName": "Shunxin Example Ltd",
    "trackViewUrl": "https://apps.example/1",
    "description": "不看征信，额度高，放款快",
}


@contextmanager
def running(home: Path, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A command in a process group of its own; what it says lands in `<command>.log`. It is ended at last."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
    with (home / f"{words[0]}.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "finadwatch", *words],
            env={**clean, "FINADWATCH_HOME": str(home)},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


class Office:
    """Use it as a context. `held` is set once the held-back answer was asked for; `release` lets it go."""

    def __init__(self, folder: Path, hanlp: Path, broker: str | None = None) -> None:
        self.home = folder / "home"
        self.home.mkdir()
        share_patterns(self.home)
        self.broker = broker
        self.release = threading.Event()
        self.held = threading.Event()
        authority = Authority(folder / "ca")
        self.shop = Site({"/search": self._search}, tls=authority.context("itunes.apple.com"))
        self.pages = Site({"licai.example/": html("<title>理财</title><p>保本保息，年化12%，稳赚不赔")})
        self._ca = authority.file
        self._hanlp = hanlp

    def __enter__(self) -> "Office":
        self.shop.__enter__()
        self.pages.__enter__()
        self.configure(self.home)
        return self

    def __exit__(self, *raised: Any) -> None:
        self.release.set()
        self.pages.__exit__(*raised)
        self.shop.__exit__(*raised)

    def configure(self, home: Path) -> None:
        """Give a home the configuration that leads to this office's pages and broker."""
        config: dict[str, Any] = {
            "models": {"hanlp": str(self._hanlp)},
            # The held-back answer must outlast whatever a test does meanwhile, also on a slow machine.
            "crawl": {"pace": 0, "navigation_timeout_s": 600},
            "network": {
                "hosts": {"itunes.apple.com": "127.0.0.1", "licai.example": "127.0.0.1"},
                "ports": {"443": self.shop.port, "80": self.pages.port},
                "ca_file": str(self._ca),
            },
        }
        if self.broker:
            config |= {"broker": self.broker, "broker_visibility_s": VISIBILITY_S}
        (home / "config.yaml").write_text(json.dumps(config), "utf-8")

    def _search(self, visit: Visit) -> None:
        (word,) = parse_qs(urlsplit(visit.path).query)["term"]
        if word == "卡住" and not self.release.is_set():
            self.held.set()
            self.release.wait(500)
        visit.answer(200, json.dumps({"resultCount": 1, "results": [_APP]}), "application/json")

    def plan(self, *sources: dict[str, Any], title: str = "巡查", **more: Any) -> str:
        """Write a plan file and return its path."""
        path = self.home / f"{title}.yaml"
        path.write_text(json.dumps({"title": title, "sources": list(sources), **more}), "utf-8")
        return str(path)

    def call(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run a command that must succeed."""
        ran = run_finadwatch(self.home, *words)
        assert ran.returncode == 0, ran.stderr
        return ran

    def running(
        self, *words: str, home: Path | None = None
    ) -> AbstractContextManager["subprocess.Popen[bytes]"]:
        """`running` in the home of the office, or another."""
        return running(home or self.home, *words)

    def said(self, command: str) -> str:
        """What the runs of a command said."""
        return (self.home / f"{command}.log").read_text("utf-8")

    def store(self) -> FindingStore:
        """The store of the home."""
        return open_store(f"sqlite:///{self.home}/finadwatch.db")

    def searched(self) -> Counter[str]:
        """How often each word was asked of the shop."""
        asked = (parse_qs(urlsplit(path).query).get("term") for _, path in self.shop.seen)
        return Counter(word for words in asked if words for word in words)


def until(true: Callable[[], bool], seconds: float = 300) -> None:
    """Wait until something is so; a machine that does much else may take its time."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "this did not become true in time"
        time.sleep(0.1)


def sightings(store: FindingStore) -> Counter[str]:
    """Sightings of every stored ad, by task."""
    ads = [hit.ad.id for hit in store.search(SearchQuery(limit=100)).hits]
    return Counter(sighting.task_id for ad in ads for sighting in store.sightings(ad))
