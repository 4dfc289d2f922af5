"""Runs one real crawl in a process of its own (Twisted's reactor starts once a process).

`run_crawl` is called by tests; the module run as a program is the other end.
"""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec

from crawlers.options import CrawlSettings
from crawlers.plan import Plan, plan_tasks
from crawlers.sources import Source, load_sources
from crawlers.sources.asks import Ask
from findings.model.crawl import Capture, EvidenceRef
from findings.model.errors import FinAdWatchError, ServiceAway


class Order(msgspec.Struct, kw_only=True):
    """What the other process is to do. `sink_fails`: `away`, `odd`, or empty.

    `token_lifetime_s` goes before what sources say of the lifetime of their tokens.
    """

    plan: Plan
    settings: CrawlSettings
    folder: Path
    sink_fails: str = ""
    token_lifetime_s: float | None = None


class Crawled(msgspec.Struct, kw_only=True):
    """What came of it. `error` is the class name and text of what `crawl` raised, `stopped` what it returned."""

    captures: list[Capture]
    error: str | None = None
    stopped: str | None = None
    threads: list[str] = []
    stderr: str = ""
    folder: Path = Path()
    peak_bytes: int = 0

    def of(self, url: str) -> Capture:
        """The one capture of a URL."""
        (found,) = (capture for capture in self.captures if capture.task.url == url)
        return found

    def evidence(self, refs: Sequence[EvidenceRef], role: str) -> bytes:
        """The bytes of the first reference of a role."""
        return (self.folder / next(ref.sha256 for ref in refs if ref.role == role)).read_bytes()


def run_crawl(
    plan: Plan,
    settings: CrawlSettings,
    folder: Path,
    sink_fails: str = "",
    interrupt_if: Callable[[], bool] | None = None,
    token_lifetime_s: float | None = None,
) -> Crawled:
    """Crawl a plan in a new process and return its captures.

    Once `interrupt_if` holds, the process and its children get what Ctrl-C sends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    order = Order(
        plan=plan,
        settings=settings,
        folder=folder,
        sink_fails=sink_fails,
        token_lifetime_s=token_lifetime_s,
    )
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.crawling"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        cwd=Path(__file__).parents[2],
    )
    if interrupt_if is not None:
        threading.Thread(target=_interrupt, args=(process.pid, interrupt_if), daemon=True).start()
    try:
        _, stderr = process.communicate(msgspec.json.encode(order, enc_hook=str), timeout=240)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    result = folder / "result.json"
    assert result.exists(), stderr.decode()
    crawled = msgspec.json.decode(result.read_bytes(), type=Crawled, dec_hook=_path)
    crawled.stderr = stderr.decode()
    crawled.folder = folder
    return crawled


def _interrupt(group: int, wanted: Callable[[], bool]) -> None:
    while not wanted():
        time.sleep(0.1)
    os.killpg(group, signal.SIGINT)


def _path(kind: type, value: Any) -> Any:
    return kind(value)


class _Folder:
    """The least evidence store: a file a hash."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, data: bytes, *, role: str, media_type: str) -> EvidenceRef:
        name = hashlib.sha256(data).hexdigest()
        (self._folder / name).write_bytes(data)
        return EvidenceRef(role, name, len(data), media_type)

    def put_file(self, source: Path, *, role: str, media_type: str) -> EvidenceRef:
        return self.put(source.read_bytes(), role=role, media_type=media_type)


def _hurried(sources: dict[str, Source], lifetime_s: float) -> dict[str, Source]:
    """The sources with tokens of another lifetime: nobody waits a minute for one to grow old."""

    def hurried(ask: Ask) -> Ask:
        if ask.token is None:
            return ask
        return msgspec.structs.replace(ask, token=msgspec.structs.replace(ask.token, lifetime_s=lifetime_s))

    return {
        name: msgspec.structs.replace(
            source, ask={device: hurried(ask) for device, ask in source.ask.items()}
        )
        for name, source in sources.items()
    }


def _main() -> None:
    import crawlers.run
    from crawlers.run import crawl

    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order, dec_hook=_path)
    if (lifetime_s := order.token_lifetime_s) is not None:

        def hurried(own: Traversable | None = None) -> dict[str, Source]:
            return _hurried(load_sources(own), lifetime_s)

        crawlers.run.load_sources = hurried  # type: ignore[attr-defined]
    crawled = Crawled(captures=[])

    def sink(capture: Capture) -> None:
        crawled.captures.append(capture)
        crawled.threads.append(threading.current_thread().name)
        if order.sink_fails == "away":
            raise ServiceAway("the store is away", zh="存储无应答")
        if order.sink_fails == "odd" and len(crawled.captures) == 1:
            raise ValueError("an odd thing")

    tasks = plan_tasks(
        order.plan, "run-1", load_sources(order.settings.own_sources), datetime.now(UTC).date()
    )
    try:
        crawled.stopped = crawl(order.plan, tasks, order.settings, _Folder(order.folder), sink)  # type: ignore[arg-type]
    except (FinAdWatchError, KeyboardInterrupt) as error:
        crawled.error = f"{type(error).__name__}: {error}"
    crawled.peak_bytes = _peak_bytes()
    (order.folder / "result.json").write_bytes(msgspec.json.encode(crawled, enc_hook=str))


def _peak_bytes() -> int:
    """The most memory this process had. `ru_maxrss` would also count the test runner it was forked from."""
    status = Path("/proc/self/status").read_text("ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))
    return int(kilobytes) * 1024


if __name__ == "__main__":
    _main()
