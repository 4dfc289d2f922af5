"""A real Redis server for tests, on a free loopback port, empty, gone with its test."""

import ctypes
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.support.java import PartMissing
from tests.support.ports import free_port

START_SECONDS = 60
_PR_SET_PDEATHSIG = 1


class RedisServer:
    """One server with a folder and a port of its own; it can be stopped and started again.

    `append_only` makes it write each command to its folder.
    """

    def __init__(self, folder: Path, *, append_only: bool = False) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise PartMissing("there is no redis-server: install Debian's redis-server")
        self._port = free_port()
        self._log = folder / "redis.log"
        self._words = [
            *(program, "--bind", "127.0.0.1", "--port", str(self._port), "--dir", str(folder), "--save", ""),
            *("--appendonly", "yes" if append_only else "no", "--logfile", str(self._log)),
        ]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self._port}/0"

    def start(self) -> None:
        """Start it, and return once it answers."""
        self._process = subprocess.Popen(self._words, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1) as client:
                client.sendall(b"PING\r\n")
                if client.recv(16).startswith(b"+PONG"):
                    return
            time.sleep(0.05)
        told = self._log.read_text("utf-8", "replace") if self._log.is_file() else ""
        raise PartMissing(f"redis-server did not start; its log ends: {told[-800:]}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it."""
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)


@contextmanager
def redis_server(*, append_only: bool = False) -> Iterator[RedisServer]:
    """A started server on an empty folder."""
    with tempfile.TemporaryDirectory(prefix="finadwatch-redis-") as folder:
        server = RedisServer(Path(folder), append_only=append_only)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
