"""The browser, or its driver, is killed in the middle of a run: it is started anew and no task is lost."""

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from crawlers.options import CrawlSettings
from crawlers.plan import plan_from_urls
from findings.model.vocabulary import Outcome
from tests.support.crawling import Crawled, run_crawl
from tests.support.web import Site, Visit, html

pytestmark = pytest.mark.browser


def _below(root: int) -> dict[int, bytes]:
    """Command lines of all processes below one."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                parents[int(entry.name)] = int(
                    (entry / "stat").read_text("utf-8").rpartition(")")[2].split()[1]
                )
            except (OSError, IndexError):
                continue
    found: dict[int, bytes] = {}
    for pid in parents:
        at = pid
        while at in parents and at != root:
            at = parents[at]
        if at == root and pid != root:
            try:
                found[pid] = (Path("/proc") / str(pid) / "cmdline").read_bytes()
            except OSError:
                continue
    return found


def _is_browser(command: bytes) -> bool:
    return b"--remote-debugging-pipe" in command and b"--type=" not in command


def _is_driver(command: bytes) -> bool:
    return b"run-driver" in command


def _crawl(tmp_path: Path, victim: Callable[[bytes], bool], kills: int) -> tuple[Crawled, int]:
    """A crawl of twelve pages; while the first slow one loads, the victim is killed, so many times."""
    killed: list[int] = []
    begun = threading.Event()

    def slow(visit: Visit) -> None:
        begun.set()
        time.sleep(3)
        visit.answer(200, "<p>慢")

    def kill() -> None:
        for _ in range(kills):
            assert begun.wait(60)
            begun.clear()
            for pid, command in _below(os.getpid()).items():
                if victim(command):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)

    pages = {"/slow": slow, **{f"/{number}": html(f"<p>第{number}页") for number in range(11)}}
    with Site(pages) as site:
        thread = threading.Thread(target=kill, daemon=True)
        thread.start()
        settings = CrawlSettings(
            state_dir=tmp_path / "state",
            hosts={"a.example": "127.0.0.1"},
            ports={80: site.port},
            pace=0,
            pages=3,
        )
        urls = ["http://a.example/slow", *(f"http://a.example/{number}" for number in range(11))]
        crawled = run_crawl(plan_from_urls(urls), settings, tmp_path / "run")
        thread.join(5)
    return crawled, len(killed)


@pytest.mark.parametrize("victim", [_is_browser, _is_driver])
def test_the_tasks_go_on_in_a_new_browser(tmp_path: Path, victim: Callable[[bytes], bool]) -> None:
    crawled, killed = _crawl(tmp_path, victim, 1)
    assert killed
    assert crawled.error is None
    assert {capture.outcome for capture in crawled.captures} == {Outcome.OK}
    assert len(crawled.captures) == 12
    assert len({capture.task.id for capture in crawled.captures}) == 12


def test_a_task_whose_browser_dies_twice_is_an_error(tmp_path: Path) -> None:
    crawled, killed = _crawl(tmp_path, _is_browser, 2)
    assert killed >= 2
    assert len(crawled.captures) == 12
    slow = crawled.of("http://a.example/slow")
    assert slow.outcome is Outcome.ERROR
    assert (slow.detail or "").startswith("browser: ")


def test_a_page_that_eats_memory_is_ended_alone(tmp_path: Path) -> None:
    pages = {
        "heap.example/": html(
            "<p>甲<script>const a = []; for (;;) a.push(new Array(1e6).fill(0.5))</script>"
        ),
        "buffers.example/": html(
            "<p>乙<script>const a = []; setInterval(() => a.push(new Uint8Array(5e7).fill(1)), 50)</script>"
        ),
        "plain.example/": html("<p>丙"),
    }
    hosts = [host.rstrip("/") for host in pages]
    with Site(pages) as site:
        settings = CrawlSettings(
            state_dir=tmp_path / "state",
            hosts=dict.fromkeys(hosts, "127.0.0.1"),
            ports={80: site.port},
            pace=0,
            rest_s=8.0,
            navigation_timeout_s=60.0,
        )
        crawled = run_crawl(plan_from_urls([f"http://{host}/" for host in hosts]), settings, tmp_path / "run")
    ended = {host: crawled.of(f"http://{host}/") for host in hosts}
    assert ended["plain.example"].outcome is Outcome.OK
    for host in ("heap.example", "buffers.example"):
        assert (ended[host].outcome, ended[host].detail) == (
            Outcome.ERROR,
            "browser: the page crashed or took too much memory",
        )
