"""A crawl that is killed again and again, and what must be left of it: each task once, each ad once.

`Marathon` keeps all its state in one folder, so that a harness which is itself interrupted goes on
where it was: the number of kills, the run, the reference.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from findings.errors import IndexMissing
from findings.evidence import FolderEvidenceStore
from findings.model.crawl import Capture, EvidenceRef
from findings.model.records import Run
from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from tests.support.authority import Authority
from tests.support.cache import share_patterns
from tests.support.web import Site, Visit, html

_POOL = 40
#: Words of the apps, so that several categories are found and most ads are some promotion.
_CLAIMS = ("保本保息", "稳赚不赔", "不看征信", "年化收益12%", "零风险", "下款快")


def _app(number: int) -> dict[str, Any]:
    return {
        "trackId": number,
        "trackName": f"顺心{number}号",
        "bundleId": f"example.shunxin{number}",
        "sellerName": f"Shunxin {number} Example Ltd",
        "trackViewUrl": f"https://apps.example/{number}",
        "description": f"第{number}款理财产品，{_CLAIMS[number % len(_CLAIMS)]}，投资有风险。",
    }


class Replica:
    """An app store and some pages on loopback: what they say depends on what they are asked alone."""

    def __init__(self, folder: Path, words: int, pages: int) -> None:
        authority = Authority(folder / "ca")
        self.asked: Counter[str] = Counter()
        self.words = [f"词{n}" for n in range(words)]
        self.urls = [f"http://licai.example/{n}" for n in range(pages)]
        self.authority = authority.file
        self._shop = Site({"/search": self._search}, tls=authority.context("itunes.apple.com"))
        self._pages = Site(
            {
                f"licai.example/{n}": html(
                    f"<meta charset=utf-8><title>理财{n}</title><p>第{n}期，{_CLAIMS[n % len(_CLAIMS)]}"
                )
                for n in range(pages)
            }
        )

    def __enter__(self) -> "Replica":
        self._shop.__enter__()
        self._pages.__enter__()
        return self

    def __exit__(self, *raised: Any) -> None:
        self._pages.__exit__(*raised)
        self._shop.__exit__(*raised)

    @property
    def tasks(self) -> int:
        """Tasks of the plan."""
        return len(self.words) + len(self.urls)

    def plan(self) -> dict[str, Any]:
        """A plan that asks for all of it."""
        sources = [{"source": "apple", "keywords": self.words}]
        if self.urls:
            sources.append({"source": "watchlist", "urls": self.urls})
        return {"title": "抗中断巡查", "sources": sources}

    def network(self) -> dict[str, Any]:
        """The part of the configuration that leads to it."""
        return {
            "hosts": {"itunes.apple.com": "127.0.0.1", "licai.example": "127.0.0.1"},
            "ports": {"443": self._shop.port, "80": self._pages.port},
            "ca_file": str(self.authority),
        }

    def _search(self, visit: Visit) -> None:
        (word,) = parse_qs(urlsplit(visit.path).query)["term"]
        self.asked[word] += 1
        number = int(word.removeprefix("词"))
        apps = [_app((number * 3 + step) % _POOL) for step in range(number % 5 + 1)]
        visit.answer(200, json.dumps({"resultCount": len(apps), "results": apps}), "application/json")


class State(msgspec.Struct):
    """Where a marathon stands."""

    seed: int
    kills: int = 0
    reference: bool = False
    ended: bool = False
    killed_at: list[int] = []
    temporary: str = ""


class Marathon:
    """A reference crawl without a kill and one with `kills`, in one folder, against one replica."""

    def __init__(self, folder: Path, hanlp: Path, replica: Replica, kills: int, seed: int) -> None:
        self.folder = folder
        self.replica = replica
        self.kills = kills
        self._hanlp = hanlp
        folder.mkdir(parents=True, exist_ok=True)
        self._note = folder / "state.json"
        self.state = (
            msgspec.json.decode(self._note.read_bytes(), type=State)
            if self._note.exists()
            else State(seed=seed)
        )
        # Not below `folder`: the path of Chromium's socket may have 107 bytes.
        self.temporary = Path(self.state.temporary or tempfile.mkdtemp(prefix="fadw-"))
        self.temporary.mkdir(exist_ok=True)
        self.state.temporary = str(self.temporary)
        self._keep()
        for name in ("calm", "killed"):
            self._home(name)

    def _home(self, name: str) -> Path:
        home = self.folder / name
        home.mkdir(exist_ok=True)
        share_patterns(home)
        config = {
            "models": {"hanlp": str(self._hanlp)},
            "crawl": {"pace": 0},
            "network": self.replica.network(),
        }
        (home / "config.yaml").write_text(json.dumps(config), "utf-8")
        (home / "plan.yaml").write_text(json.dumps(self.replica.plan(), ensure_ascii=False), "utf-8")
        return home

    def _keep(self) -> None:
        new = self._note.with_suffix(".new")
        new.write_bytes(msgspec.json.encode(self.state))
        new.replace(self._note)

    def store(self, name: str) -> FindingStore:
        """The store of the calm or of the killed crawl."""
        return open_store(f"sqlite:///{self.folder / name}/finadwatch.db")

    def evidence(self, name: str) -> FolderEvidenceStore:
        """The evidence of the calm or of the killed crawl."""
        return FolderEvidenceStore(self.folder / name / "evidence")

    @contextmanager
    def _crawl(self, name: str) -> Iterator["subprocess.Popen[bytes]"]:
        """One process that begins or goes on, in a group of its own."""
        home = self._home(name)
        run = self.run(name)
        words = ["--resume", run.id] if run else [str(home / "plan.yaml")]
        clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
        with (home / "said.log").open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-m", "finadwatch", "crawl", *words, "--json"],
                env={**clean, "FINADWATCH_HOME": str(home), "TMPDIR": str(self.temporary)},
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def run(self, name: str) -> Run | None:
        """The one run of a store, or None where none was written down yet."""
        if not (self.folder / name / "finadwatch.db").exists():
            return None
        with self.store(name) as store:
            try:
                runs = store.runs()
            except IndexMissing:
                return None
        assert len(runs) <= 1
        return runs[0] if runs else None

    def done(self, name: str) -> int:
        """Captures stored so far."""
        run = self.run(name)
        if run is None:
            return 0
        with self.store(name) as store:
            return store.task_counts(run.id).done

    def go(self) -> None:
        """Crawl calmly once, then with kills, to the end; each step is remembered."""
        if not self.state.reference:
            self._to_the_end("calm")
            self.state.reference = True
            self._keep()
        while self.state.kills < self.kills and not self.state.ended:
            self._once_killed()
            self._keep()
        if not self.state.ended:
            self._to_the_end("killed")
            self.state.ended = True
            self._keep()

    def _to_the_end(self, name: str) -> None:
        run = self.run(name)
        if run is not None and run.ended_at is not None:
            return
        with self._crawl(name) as process:
            code = process.wait()
        said = (self.folder / name / "said.log").read_text("utf-8")
        assert code == 0, said[-2000:]

    def _once_killed(self) -> None:
        """Kill one process at a moment of its own: one in five while it starts, the others at work."""
        chance = random.Random(f"{self.state.seed} {self.state.kills}")
        left = self.replica.tasks - self.done("killed")
        # An even share of what is left to each kill still to come, and some after the last.
        wanted = self.done("killed") + int(chance.uniform(0, 2) * left / (self.kills - self.state.kills + 1))
        starting = chance.random() < 0.2
        with self._crawl("killed") as process:
            if starting:
                time.sleep(chance.uniform(0, 6))
            else:
                self._until(lambda: process.poll() is not None or self.done("killed") > wanted)
                time.sleep(chance.uniform(0, 0.3))
            if process.poll() is not None:
                assert process.returncode == 0, (self.folder / "killed" / "said.log").read_text("utf-8")[
                    -2000:
                ]
                self.state.ended = True
                return
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.state.kills += 1
        self.state.killed_at.append(self.done("killed"))

    def _until(self, true: Callable[[], bool]) -> None:
        while not true():
            time.sleep(0.02)

    # -- what must hold ------------------------------------------------------------------------

    def check(self) -> dict[str, Any]:
        """Assert that nothing was lost or doubled, and return the figures."""
        calm, killed = self._outcome("calm"), self._outcome("killed")
        assert killed["captures"] == calm["captures"]
        assert len(killed["captures"]) == self.replica.tasks
        assert set(killed["captures"].values()) == {("ok", 1)}
        assert killed["ads"] == calm["ads"]
        assert killed["sightings"] == calm["sightings"]
        assert self.leftovers() == []
        shutil.rmtree(self.temporary)
        return {
            "tasks": self.replica.tasks,
            "kills": self.state.kills,
            "killed_at": self.state.killed_at,
            "ads": len(killed["ads"]),
            "sightings": sum(killed["sightings"].values()),
            "evidence_files": killed["files"],
        }

    def _outcome(self, name: str) -> dict[str, Any]:
        with closing(sqlite3.connect(self.folder / name / "finadwatch.db")) as plain:
            assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            tables = {
                table: plain.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
                for table in ("runs", "tasks", "captures", "ads", "sightings")
            }
        run = self.run(name)
        assert run is not None
        assert run.ended_at is not None
        with self.store(name) as store:
            counts = store.task_counts(run.id)
            assert (counts.done, counts.open, run.tasks) == (
                self.replica.tasks,
                0,
                self.replica.tasks,
            )
            assert not store.held(run.id)
            captures = [self._capture(store, task) for task in store.done_tasks(run.id)]
            coverage = store.coverage(run.id)
            query = SearchQuery(limit=1000)
            ads = {hit.ad.id for hit in store.search(query).hits}
            sightings = [sighting for ad in ads for sighting in store.sightings(ad)]
        what = {capture.task.id: capture.task.keyword or capture.task.url for capture in captures}
        times = Counter(what.values())
        seen = Counter((sighting.ad_id, what[sighting.task_id]) for sighting in sightings)
        assert set(seen.values()) == {1}
        assert (tables["captures"], tables["tasks"]) == (self.replica.tasks, self.replica.tasks)
        assert (tables["ads"], tables["sightings"]) == (len(ads), len(sightings))
        assert (coverage.ads, coverage.sightings) == (len(ads), len(sightings))
        refs = [ref for capture in captures for ref in _refs(capture)]
        refs += [ref for sighting in sightings for ref in sighting.evidence]
        return {
            "captures": {what[c.task.id]: (c.outcome.value, times[what[c.task.id]]) for c in captures},
            "ads": ads,
            "sightings": seen,
            "files": self._whole(name, refs),
        }

    def _capture(self, store: FindingStore, task: str) -> Capture:
        capture = store.capture(task)
        assert capture is not None
        return capture

    def _whole(self, name: str, refs: list[EvidenceRef]) -> int:
        """Every file that is named is there, with its size and its hash; how many they are."""
        evidence = self.evidence(name)
        sizes = {ref.sha256: ref.size for ref in refs}
        for sha256, size in sizes.items():
            assert len(evidence.get(sha256)) == size
        return len(sizes)

    def leftovers(self) -> list[str]:
        """Temporary folders of crawls, and processes that still run on them."""
        left = [path.name for path in self.temporary.glob("finadwatch-crawl-*")]
        mark = os.fsencode(self.temporary)
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if mark in (process / "cmdline").read_bytes() + (process / "environ").read_bytes():
                    left.append((process / "cmdline").read_text("utf-8", "replace")[:100])
            except OSError:
                continue
        return left


def _refs(capture: Capture) -> Iterator[EvidenceRef]:
    yield from capture.evidence
    for ad in capture.ads:
        yield from ad.evidence
        if ad.landing:
            yield from ad.landing.evidence
