"""A real RabbitMQ server for tests: an unprivileged process on free loopback ports, gone with its test."""

import ctypes
import os
import pwd
import secrets
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

START_SECONDS = 240
#: Debian's program itself: the one in /usr/sbin serves root and the user rabbitmq only.
_PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
_PR_SET_PDEATHSIG = 1


class RabbitServer:
    """One server with a folder and ports of its own; it can be stopped and started again.

    `settings` are lines of its configuration file; it starts with what they say then.
    """

    def __init__(self, folder: Path, settings: str = "") -> None:
        program = _PROGRAM if _PROGRAM.is_file() else shutil.which("rabbitmq-server")
        epmd = shutil.which("epmd")
        if program is None or epmd is None:
            raise PartMissing("there is no rabbitmq-server: install Debian's rabbitmq-server")
        self._program, self._epmd = str(program), epmd
        self._folder = folder
        self.settings = settings
        self._port = free_port()
        names = free_port()
        # One name for all its starts: the queues are kept under it.
        node = f"fadw{secrets.token_hex(4)}@localhost"
        self._environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(names),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_NODENAME": node,
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }
        self._user: dict[str, object] = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"amqp://guest:guest@127.0.0.1:{self._port}//"

    def start(self) -> None:
        """Start it, and return once it answers."""
        (self._folder / "rabbitmq.conf").write_text(self.settings, "utf-8")
        self._run(self._epmd, "-port", self._environment["ERL_EPMD_PORT"], "-address", "127.0.0.1")
        server = self._run(self._program)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and server.poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1) as client:
                client.sendall(b"AMQP\x00\x00\x09\x01")
                if client.recv(1):
                    return
            time.sleep(0.2)
        told = (self._folder / "said").read_text("utf-8", "replace")
        raise PartMissing(f"rabbitmq-server did not start; it said last: {told[-800:]}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End it, and what it started."""
        for process in reversed(self._processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)
            process.wait(60)
        self._processes.clear()

    def _run(self, *words: str) -> "subprocess.Popen[bytes]":
        with (self._folder / "said").open("ab") as said:
            process = subprocess.Popen(
                words,
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                preexec_fn=_die_with_parent,
                **self._user,  # type: ignore[arg-type]
            )
        self._processes.append(process)
        return process


@contextmanager
def rabbit_server(settings: str = "") -> Iterator[RabbitServer]:
    """A started server on an empty folder."""
    with tempfile.TemporaryDirectory(prefix="fadw-rabbit-") as folder:
        server = RabbitServer(Path(folder), settings)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
