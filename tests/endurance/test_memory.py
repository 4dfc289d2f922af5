"""A plan of 10,000 tasks takes no more memory at its end than at its beginning."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from findings.query import TaskCounts
from findings.stores import open_store
from tests.support.cache import share_patterns
from tests.support.endurance import folder_of, told
from tests.support.kills import Replica

TASKS = 10_000
#: Tasks after which models, rules and caches are loaded; from there on memory is to stay as it is.
WARM = 1_000
#: Megabytes by which it may differ: allocators and the pages of SQLite's cache breathe.
BREATH_MB = 40
#: Megabytes that the crawl's process may hold at most, code of libraries and models that judge included.
MOST_MB = 600


def megabytes(pid: int) -> dict[str, int]:
    """What a process holds: all, its own (anonymous), and the most it ever held; empty once it ended."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    held = dict(line.split(":", 1) for line in lines if line.startswith(("VmRSS", "RssAnon", "VmHWM")))
    return {name: int(value.split()[0]) // 1024 for name, value in held.items()}


@pytest.mark.endurance
@pytest.mark.timeout(0)
def test_ten_thousand_tasks_hold_memory_flat(hanlp: Path) -> None:
    folder = folder_of("memory")
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    share_patterns(home)
    samples: list[tuple[int, dict[str, int]]] = []
    with Replica(folder, words=TASKS, pages=0) as replica:
        config = {"models": {"hanlp": str(hanlp)}, "crawl": {"pace": 0}, "network": replica.network()}
        (home / "config.yaml").write_text(json.dumps(config), "utf-8")
        (home / "plan.yaml").write_text(json.dumps(replica.plan(), ensure_ascii=False), "utf-8")
        clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
        with (
            (home / "said.log").open("wb") as said,
            subprocess.Popen(
                [sys.executable, "-m", "finadwatch", "crawl", str(home / "plan.yaml"), "--json"],
                env={**clean, "FINADWATCH_HOME": str(home)},
                stdout=said,
                stderr=said,
            ) as process,
        ):
            while process.poll() is None:
                samples.append((replica.asked.total(), megabytes(process.pid)))
                time.sleep(2)
    assert process.returncode == 0, (home / "said.log").read_text("utf-8")[-2000:]
    with open_store(f"sqlite:///{home}/finadwatch.db") as store:
        assert store.task_counts(store.runs()[0].id) == TaskCounts(done=TASKS, open=0)
    warm = [held["RssAnon"] for asked, held in samples if held and asked >= WARM]
    figures = {
        "tasks": TASKS,
        "own_mb_warm": warm[0],
        "own_mb_most": max(warm),
        "all_mb_peak": max(held["VmHWM"] for _, held in samples if held),
    }
    told("memory", json.dumps(figures))
    assert max(warm) - warm[0] <= BREATH_MB
    assert figures["all_mb_peak"] < MOST_MB
