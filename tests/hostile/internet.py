"""An internet of one process: a proxy that leads every address to itself, and answers as hostile sites do.

A crawl goes out through it as through the proxy of a region. It notes each address that it is asked
for: none may be private. Real sockets, so what is broken is broken on the wire.
"""

import contextlib
import os
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from tests.hostile.cases import ENGINE_HOSTS, LANDING, case, number_in
from tests.hostile.text import portal
from tests.support.authority import Authority

_LIMIT_S = 60.0
_TOKEN = b'"abcdefghijklmnopqrstuvwxyz0123456789"'


class Visit:
    """One request and ways to answer it. Raises OSError when the visitor went away."""

    def __init__(self, wire: socket.socket, head: bytes, body: bytes, trap: int) -> None:
        self.wire = wire
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = (*lines[0].split(" "), "", "", "")[:3]
        self.headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:])
        }
        self.host = self.headers.get("host", "")
        self.body = body
        self.trap = trap
        """The port on this machine that nobody may reach."""
        self.number = number_in(f"{self.host} {unquote(self.target)} {body.decode('utf-8', 'replace')}")
        self.end = time.monotonic() + _LIMIT_S

    @property
    def path(self) -> str:
        """The path that was asked for, without its query."""
        return self.target.partition("?")[0]

    @property
    def mark(self) -> str:
        """The mark of the case that is asked for."""
        return f"n{self.number:05d}q"

    def send(self, data: bytes) -> None:
        """Bytes as they are."""
        self.wire.sendall(data)

    def head(self, status: int = 200, kind: str | None = "text/html; charset=utf-8", **headers: str) -> None:
        """A head; the body ends with the connection unless a length is among the headers."""
        lines = [f"HTTP/1.1 {status} Said", *([f"Content-Type: {kind}"] if kind is not None else [])]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "Connection: close", "", ""]).encode("utf-8"))

    def answer(
        self,
        body: bytes | str,
        kind: str | None = "text/html; charset=utf-8",
        status: int = 200,
        **headers: str,
    ) -> None:
        """A whole answer."""
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        self.head(status, kind, Content_Length=str(len(data)), **headers)
        self.send(data)

    def stream(self, pieces: Iterable[bytes], pause: float = 0.0) -> None:
        """Pieces one after another, until they or the time are over."""
        for piece in pieces:
            if time.monotonic() > self.end:
                return
            self.send(piece)
            if pause:
                time.sleep(pause)


class Internet:
    """Serves inside `with`. `asked` counts addresses by port; `trapped` what reached the forbidden port."""

    def __init__(self, folder: Path) -> None:
        self._authority = Authority(folder)
        self._tls = self._authority.context(*ENGINE_HOSTS, "*.hostile.example")
        self.authority = self._authority.file
        self.asked: Counter[str] = Counter()
        self.trapped: list[str] = []
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._proxy = self._listen("127.0.0.1", 0, self._connected)
        self.trap = self._listen("127.0.0.1", 0, self._caught)
        with contextlib.suppress(OSError):  # a machine without IPv6
            self._listen("::1", self.trap, self._caught)
        self.port = self._proxy
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for listening in self._sockets:
            listening.close()

    @staticmethod
    def environment() -> dict[str, str]:
        """What a crawl's processes are started with, so that their names are looked up as this internet has them."""
        root = Path(__file__).parents[2]
        names = {"PYTHONPATH": f"{root / 'tests' / 'hostile' / 'names'}{os.pathsep}{root}"}
        return {**names, "HOSTILE_HOSTS": " ".join(ENGINE_HOSTS)}

    def _listen(self, address: str, port: int, serve: object) -> int:
        listening = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(256)
        self._sockets.append(listening)
        threading.Thread(target=self._accept, args=(listening, serve), daemon=True).start()
        return int(listening.getsockname()[1])

    @staticmethod
    def _accept(listening: socket.socket, serve: object) -> None:
        while True:
            try:
                wire, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(wire,), daemon=True).start()  # type: ignore[arg-type]

    def _caught(self, wire: socket.socket) -> None:
        with wire, contextlib.suppress(OSError):
            wire.settimeout(5)
            self.trapped.append(wire.recv(500).decode("latin-1"))
            wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")

    def _connected(self, wire: socket.socket) -> None:
        wire.settimeout(_LIMIT_S)
        served = wire
        try:
            head, _ = _head(wire)
            target = head.split(b" ")[1].decode("ascii")
            self.asked[target] += 1
            wire.sendall(b"HTTP/1.1 200 Go\r\n\r\n")
            if target.endswith(":443"):
                served = self._tls.wrap_socket(wire, server_side=True)
            head, rest = _head(served)
            visit = Visit(served, head, _body(served, head, rest), self.trap)
            self._serve(visit)
            with contextlib.suppress(OSError):
                if served is not wire:
                    served = served.unwrap()  # type: ignore[attr-defined]
        except (OSError, ValueError, IndexError, EOFError):
            return  # the visitor went away, as it may
        finally:
            _close(served)

    def _serve(self, visit: Visit) -> None:
        if visit.number is None:
            # Tokens that stores ask for before the question itself, robots.txt of engines.
            token = (
                "interfaceCode" in visit.target or visit.method == "POST" or "token" in visit.target.lower()
            )
            visit.answer(_TOKEN if token else "", "application/json", 200 if token else 404)
            return
        one = case(visit.number)
        if visit.path == "/robots.txt" and one.kind.name != "robots":
            visit.answer("", "text/plain", 404)
        elif one.way == LANDING and visit.path == "/" and visit.host.startswith(one.mark):
            visit.answer(portal(f"http://land-{one.mark}.hostile.example/"))
        else:
            one.kind.serve(visit, one.chance())


def public(asked: Iterable[str]) -> bool:
    """Whether every address that the internet was asked for is a public one."""
    return all(ip_address(target.rpartition(":")[0].strip("[]")).is_global for target in asked)


def _head(wire: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        more = wire.recv(65536)
        if not more:
            raise EOFError
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _body(wire: socket.socket, head: bytes, body: bytes) -> bytes:
    lengths: Iterator[bytes] = (
        line.partition(b":")[2] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    left = min(int(next(lengths, b"0")), 1_000_000) - len(body)
    while left > 0:
        more = wire.recv(65536)
        if not more:
            break
        body += more
        left -= len(more)
    return body


def _close(wire: socket.socket) -> None:
    with contextlib.suppress(OSError, ValueError):
        if not isinstance(wire, ssl.SSLSocket):
            wire.shutdown(socket.SHUT_WR)
    wire.close()
