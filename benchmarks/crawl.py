"""Our crawl beside a bare Scrapy spider that only fetches the same pages from the same replica.

    python benchmarks/crawl.py --hanlp PATH [--words 40] [--pairs 3] [--concurrency 8]

Both ask an app store on loopback over https (`store_replica.py`): a page of ten results for each
keyword and the page of each app, 25 to 80 kB of HTML, gzip-coded, all different. Ours is the whole
command `finadwatch crawl`: guard, robots.txt, WARC, evidence, parsing, ledger, judgement of each app,
SQLite. The peer (`bare_spider.py`) throws the pages away. They run in turns, each in processes of
its own, against one replica that answers after 0.1 to 0.3 s as the web does (`polite`), and
against one that answers at once (`flat out`). Prints pages a second until all is stored, CPU
milliseconds a page (all processes but the replica), and the ratio of each pair.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import store_replica
from spent import Spent

from crawlers.options import USER_AGENT
from findings.query import TaskCounts
from findings.stores import open_store

HERE = Path(__file__).parent
#: Share of the pages after which counting begins.
WARM = 0.1
SETTINGS = {"polite": (0.1, 0.3), "flat out": (0.0, 0.0)}


class Server:
    """The replica in its process."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.port: int = self._line()["port"]

    def told(self) -> dict[str, float]:
        """What was asked so far."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return self._line()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        said: dict[str, Any] = json.loads(self._process.stdout.readline())
        return said


@contextmanager
def replica(folder: Path, words: int, latency: tuple[float, float]) -> Iterator[Server]:
    """The replica, started."""
    command = [sys.executable, str(HERE / "store_replica.py"), str(folder), "--words", str(words)]
    command += ["--latency", *map(str, latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Server(process)
        assert process.stdin is not None
        process.stdin.close()


def timed(
    server: Server,
    command: list[str],
    env: dict[str, str],
    out: Path,
    pages: int,
    ended: Callable[[], float] | None = None,
) -> dict[str, float]:
    """Run a command to its end; pages a second and CPU seconds a page of it and all it started.

    Counting begins after a tenth of the pages, when models are loaded and connections stand, and ends
    with the last answer, or when `ended` says (seconds since 1970).
    """
    before, warm, used = server.told()["asked"], None, Counter[str]()
    with out.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=env)
        spent = Spent(process.pid)
        while process.poll() is None:
            asked = server.told()["asked"] - before
            used = spent.by_program()
            if warm is None and asked >= WARM * pages:
                warm = (asked, time.time(), used)
            time.sleep(0.05)
    told = server.told()
    assert process.returncode == 0, out.read_text("utf-8")[-2000:]
    assert told["asked"] - before == pages, (told, before, pages)
    assert warm is not None
    used.subtract(warm[2])
    return {
        "pages_per_s": (pages - warm[0]) / ((ended() if ended else told["last"]) - warm[1]),
        "cpu_ms_per_page": 1000 * used.total() / (pages - warm[0]),
    }


def ours(folder: Path, server: Server, options: argparse.Namespace) -> dict[str, float]:
    """One crawl of everything into an empty home."""
    home = Path(tempfile.mkdtemp(dir=folder))
    host = store_replica.HOST
    config = {
        "models": {"hanlp": str(options.hanlp)},
        "crawl": {
            "pace": 0,
            "concurrency": options.concurrency,
            "hosts": {host: {"concurrency": options.concurrency}},
        },
        "network": {
            "hosts": {host: "127.0.0.1"},
            "ports": {"443": server.port},
            "ca_file": str(folder / "ca.pem"),
        },
    }
    words = [store_replica.word(number) for number in range(options.words)]
    plan = {"title": "速度", "sources": [{"source": "wandoujia", "keywords": words}]}
    (home / "config.yaml").write_text(json.dumps(config), "utf-8")
    (home / "plan.yaml").write_text(json.dumps(plan, ensure_ascii=False), "utf-8")
    clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
    command = [sys.executable, "-m", "finadwatch", "crawl", str(home / "plan.yaml"), "--json"]
    pages = len(store_replica.paths(options.words))
    env = {**clean, "FINADWATCH_HOME": str(home)}
    return timed(server, command, env, home / "said.log", pages, lambda: _stored(home, options.words))


def _stored(home: Path, words: int) -> float:
    """When the run ended, in seconds since 1970; all of it is stored by then."""
    with open_store(f"sqlite:///{home}/finadwatch.db") as store:
        (run,) = store.runs()
        assert store.task_counts(run.id) == TaskCounts(done=words, open=0)
        assert store.coverage(run.id).sightings == words * store_replica.APPS
    assert run.ended_at is not None
    return run.ended_at.timestamp()


def bare(folder: Path, server: Server, options: argparse.Namespace) -> dict[str, float]:
    """One run of the spider that only fetches."""
    addresses = folder / "addresses.txt"
    listed = store_replica.paths(options.words)
    addresses.write_text("\n".join(f"https://127.0.0.1:{server.port}{path}" for path in listed), "ascii")
    command = [sys.executable, str(HERE / "bare_spider.py"), str(addresses), "--agent", USER_AGENT]
    command += ["--concurrency", str(options.concurrency)]
    return timed(server, command, dict(os.environ), folder / "bare.log", len(listed))


def main() -> None:
    """Measure in turns and print one JSON object a setting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--hanlp", type=Path, default=Path("~/.finadwatch/models/hanlp-lac").expanduser())
    parser.add_argument("--words", type=int, default=40)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--setting", choices=SETTINGS, action="append")
    options = parser.parse_args()
    for setting in options.setting or SETTINGS:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            with replica(folder, options.words, SETTINGS[setting]) as server:
                pairs = [
                    (bare(folder, server, options), ours(folder, server, options))
                    for _ in range(options.pairs)
                ]
        ratios = [mine["pages_per_s"] / theirs["pages_per_s"] for theirs, mine in pairs]
        print(
            json.dumps(
                {
                    "setting": setting,
                    "pages": len(store_replica.paths(options.words)),
                    "bare": _medians([theirs for theirs, _ in pairs]),
                    "ours": _medians([mine for _, mine in pairs]),
                    "ratios": [round(ratio, 3) for ratio in ratios],
                    "ratio": round(statistics.median(ratios), 3),
                    "load": round(os.getloadavg()[0], 1),
                }
            ),
            flush=True,
        )


def _medians(rows: list[dict[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(row[name] for row in rows), 2) for name in rows[0]}


if __name__ == "__main__":
    main()
