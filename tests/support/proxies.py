"""Small real proxies on loopback: HTTP CONNECT and SOCKS5, with and without a password."""

import base64
import contextlib
import socket
import threading
from dataclasses import dataclass, field
from socketserver import BaseRequestHandler, ThreadingTCPServer
from types import TracebackType
from typing import Self


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    proxy: "ConnectProxy | SocksProxy"

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor that hangs up in the middle is part of these tests."""


@dataclass
class _Proxy:
    """`seen` holds what it was asked to connect to; `credential` is what it asks for."""

    credential: tuple[str, str] | None = None
    seen: list[str] = field(default_factory=list)
    handler = BaseRequestHandler

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), self.handler)
        self._server.proxy = self  # type: ignore[assignment]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])


def _pipe(one: socket.socket, other: socket.socket) -> None:
    def pump(source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass  # either side went away
        for end in (source, sink):
            with contextlib.suppress(OSError):  # it is closed already
                end.shutdown(socket.SHUT_RDWR)

    back = threading.Thread(target=pump, args=(other, one), daemon=True)
    back.start()
    pump(one, other)
    back.join(10)
    other.close()


class _Connect(BaseRequestHandler):
    request: socket.socket

    def handle(self) -> None:
        proxy = self.server.proxy  # type: ignore[attr-defined]
        head = b""
        while b"\r\n\r\n" not in head:
            more = self.request.recv(4096)
            if not more:
                return
            head += more
        lines = head.decode().split("\r\n")
        method, target, _ = lines[0].split(" ")
        proxy.seen.append(target)
        known = base64.b64encode(":".join(proxy.credential or ()).encode()).decode()
        if proxy.credential and f"Proxy-Authorization: Basic {known}" not in lines:
            self.request.sendall(
                b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"
            )
        elif method != "CONNECT" or proxy.answer:
            self.request.sendall(b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % (proxy.answer or 405))
        else:
            host, _, port = target.rpartition(":")
            with socket.create_connection((host.strip("[]"), int(port)), timeout=10) as far:
                self.request.sendall(b"HTTP/1.1 200 Go\r\n\r\n")
                _pipe(self.request, far)


@dataclass
class ConnectProxy(_Proxy):
    """HTTP CONNECT. With `answer` it refuses every target with that status."""

    answer: int = 0
    handler = _Connect


class _Socks(BaseRequestHandler):
    request: socket.socket

    def _take(self, count: int) -> bytes:
        got = b""
        while len(got) < count:
            more = self.request.recv(count - len(got))
            if not more:
                raise ConnectionError("gone")
            got += more
        return got

    def handle(self) -> None:
        proxy = self.server.proxy  # type: ignore[attr-defined]
        _, count = self._take(2)
        methods = self._take(count)
        wanted = 2 if proxy.credential else 0
        if wanted not in methods:
            self.request.sendall(b"\x05\xff")
            return
        self.request.sendall(bytes([5, wanted]))
        if proxy.credential:
            user = self._take(self._take(2)[1]).decode()
            password = self._take(self._take(1)[0]).decode()
            right = (user, password) == proxy.credential
            self.request.sendall(b"\x01\x00" if right else b"\x01\x01")
            if not right:
                return
        _, _, _, kind = self._take(4)
        if kind == 3:
            host = self._take(self._take(1)[0]).decode()
        else:
            family = socket.AF_INET if kind == 1 else socket.AF_INET6
            host = socket.inet_ntop(family, self._take(4 if kind == 1 else 16))
        port = int.from_bytes(self._take(2), "big")
        proxy.seen.append(f"{host}:{port}")
        if proxy.reply:
            self.request.sendall(bytes([5, proxy.reply, 0, 1]) + bytes(6))
            return
        with socket.create_connection((host, port), timeout=10) as far:
            self.request.sendall(bytes([5, 0, 0, 1]) + bytes(6))
            _pipe(self.request, far)


@dataclass
class SocksProxy(_Proxy):
    """SOCKS5. With `reply` it refuses every target with that code."""

    reply: int = 0
    handler = _Socks
