"""A real Redis server for tests, on a free loopback port, empty, gone with the test session."""

import ctypes
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.java import PartMissing
from tests.support.ports import free_port

START_SECONDS = 20
_PR_SET_PDEATHSIG = 1


@contextmanager
def redis_server(*, append_only: bool = False) -> Iterator[str]:
    """Run a server and give its address (`redis://127.0.0.1:port/0`).

    `append_only` makes it write each command to its folder.
    """
    program = shutil.which("redis-server")
    if program is None:
        raise PartMissing("there is no redis-server: install Debian's redis-server")
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="finadwatch-redis-") as folder:
        log = Path(folder, "redis.log")
        with subprocess.Popen(
            [
                *(program, "--bind", "127.0.0.1", "--port", str(port), "--dir", folder, "--save", ""),
                *("--appendonly", "yes" if append_only else "no", "--logfile", str(log)),
            ],
            stdin=subprocess.DEVNULL,
            preexec_fn=_die_with_parent,
        ) as process:
            try:
                _wait(port, process, log)
                yield f"redis://127.0.0.1:{port}/0"
            finally:
                process.terminate()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
                client.sendall(b"PING\r\n")
                if client.recv(16).startswith(b"+PONG"):
                    return
        except OSError:
            time.sleep(0.05)
    told = log.read_text("utf-8", "replace") if log.is_file() else ""
    raise PartMissing(f"redis-server did not start; its log ends: {told[-800:]}")
