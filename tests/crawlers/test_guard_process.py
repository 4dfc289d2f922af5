"""The guard as a process of its own: kept connections, what it tells, and how it ends."""

import base64
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from crawlers.guard.heads import BadHead, chunk_size, parse_response
from crawlers.guard.ledger import Reach
from crawlers.guard.proxy import GuardProxy
from crawlers.guard.upstream import proxy_address


class _Keeping:
    """A server that keeps connections and answers each request with the next of `answers`."""

    def __init__(self, answers: dict[str, bytes]) -> None:
        self._answers = answers
        self.connections = 0
        self.asked: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            while True:
                head = []
                while (line := lines.readline()) not in (b"\r\n", b""):
                    head.append(line)
                if not head:
                    return
                path = head[0].split()[1].decode()
                self.asked.append(path)
                connection.sendall(self._answers[path])
                if path.startswith("/end"):
                    return

    def close(self) -> None:
        self._socket.close()


_ANSWERS = {
    "/length": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    "/chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n",
    "/none": b"HTTP/1.1 204 No\r\n\r\n",
    "/early": b"HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
    "/end": b"HTTP/1.1 200 OK\r\n\r\nabc",
    "/end-both": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "/end-bad": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc",
    "/end-odd": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabc",
}


class _Client:
    def __init__(self, guard: GuardProxy, port: int) -> None:
        known = base64.b64encode(f"{guard.user()}:{guard.password}".encode()).decode()
        self._lines = f"Host: x\r\nProxy-Authorization: Basic {known}\r\n\r\n"
        self._base = f"http://127.0.0.1:{port}"
        self._socket = socket.create_connection(("127.0.0.1", guard.port), timeout=20)

    def send(self, path: str, method: str = "GET") -> None:
        self._socket.sendall(f"{method} {self._base}{path} HTTP/1.1\r\n{self._lines}".encode())

    def read(self, until: bytes | None = None) -> bytes:
        got = b""
        while until is None or not got.endswith(until):
            more = self._socket.recv(65536)
            if not more:
                break
            got += more
        return got

    def close(self) -> None:
        self._socket.close()


def test_connections_are_kept_and_answers_told_apart() -> None:
    server = _Keeping(_ANSWERS)
    with GuardProxy(allow_private=True, max_connection_bytes=1_000_000) as guard:
        client = _Client(guard, server.port)
        for path, end in (
            ("/length", b"abc"),
            ("/chunks", b"T: 1\r\n\r\n"),
            ("/none", b"\r\n\r\n"),
            ("/early", b"abc"),
        ):
            client.send(path)
            assert client.read(end).endswith(end)
        client.send("/length", "HEAD")  # its length is of the body that a GET would bring
        assert client.read(b"\r\n\r\n").endswith(b"\r\n\r\n")
        client.close()
        contact = guard.last("127.0.0.1", server.port)
        assert contact is not None
        assert contact.reach is Reach.CONNECTED
    assert server.connections == 1
    server.close()


@pytest.mark.parametrize("path", ["/end", "/end-both", "/end-bad", "/end-odd"])
def test_an_answer_whose_end_is_unclear_ends_both_connections(path: str) -> None:
    server = _Keeping(_ANSWERS)
    with GuardProxy(allow_private=True, max_connection_bytes=1_000_000) as guard:
        client = _Client(guard, server.port)
        client.send(path)
        got = client.read()  # ends only if the guard closes
        client.close()
        again = _Client(guard, server.port)
        again.send("/length")
        assert again.read(b"abc").endswith(b"abc")
        again.close()
    assert (b"Connection: close" in got) is (path != "/end-bad")  # its head was plain
    assert got.endswith(_ANSWERS[path].partition(b"\r\n\r\n")[2])
    assert server.connections == 2
    server.close()


def test_a_kept_connection_that_died_is_replaced_without_the_client_noticing() -> None:
    dying = {**_ANSWERS, "/end-later": b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"}
    server = _Keeping(dying)
    with GuardProxy(allow_private=True, max_connection_bytes=1_000_000) as guard:
        client = _Client(guard, server.port)
        for path in ("/end-later", "/length"):
            client.send(path)
            assert client.read(b"abc").endswith(b"abc")
        client.close()
    assert server.asked == ["/end-later", "/length"]
    server.close()


def test_a_post_never_goes_over_a_connection_that_may_be_dead() -> None:
    server = _Keeping(_ANSWERS)
    with GuardProxy(allow_private=True, max_connection_bytes=1_000_000) as guard:
        client = _Client(guard, server.port)
        client.send("/length")
        assert client.read(b"abc").endswith(b"abc")
        client.send("/length", "POST")
        assert client.read(b"abc").endswith(b"abc")
        client.close()
    assert server.connections == 2
    server.close()


def test_bytes_are_counted_and_contacts_known_when_the_answer_is() -> None:
    server = _Keeping({"/big": b"HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n" + b"x" * 499_999 + b"y"})
    with GuardProxy(allow_private=True, max_connection_bytes=1_000_000) as guard:
        client = _Client(guard, server.port)
        client.send("/big")
        assert client.read(b"y").endswith(b"y")
        assert guard.last("127.0.0.1", server.port) is not None
        until = time.monotonic() + 20
        while guard.received < 500_000 and time.monotonic() < until:
            time.sleep(0.1)
        assert 500_000 < guard.received < 501_000
        client.close()
    server.close()


def test_without_a_direct_way_nothing_goes_out_directly() -> None:
    server = _Keeping(_ANSWERS)
    proxies = {"shanghai": proxy_address("http://127.0.0.1:1")}
    with GuardProxy(
        allow_private=True, proxies=proxies, direct=False, max_connection_bytes=1_000_000
    ) as guard:
        client = _Client(guard, server.port)
        client.send("/length")
        assert client.read().startswith(b"HTTP/1.1 407")
        client.close()
    assert server.connections == 0
    server.close()


def test_its_death_is_noticed() -> None:
    with GuardProxy(max_connection_bytes=1_000_000) as guard:
        assert guard.alive
        os.kill(guard.pid, signal.SIGKILL)
        until = time.monotonic() + 20
        while guard.alive and time.monotonic() < until:
            time.sleep(0.05)
        assert not guard.alive
        assert guard.last("a.example", 80) is None


def test_it_ends_with_the_crawl_even_if_that_is_killed() -> None:
    code = (
        "import time\nfrom crawlers.guard.proxy import GuardProxy\n"
        "with GuardProxy(max_connection_bytes=1) as guard:\n    print(guard.pid, flush=True)\n    time.sleep(60)\n"
    )
    crawl = subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    assert crawl.stdout is not None
    guard = int(crawl.stdout.readline())
    crawl.kill()
    crawl.wait()
    crawl.stdout.close()
    until = time.monotonic() + 20
    while _runs(guard) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(guard)


def _runs(pid: int) -> bool:
    try:
        return "crawlers.guard" in Path(f"/proc/{pid}/cmdline").read_text("utf-8")
    except OSError:
        return False


@pytest.mark.parametrize("line", [b"", b"-1", b"0x10", b"1" * 16, b"g", b"\xb2"])
def test_chunk_sizes_that_are_none(line: bytes) -> None:
    with pytest.raises(BadHead):
        chunk_size(line)


@pytest.mark.parametrize(
    ("head", "method", "keep", "length", "chunked"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5", b"GET", True, 5, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5", b"HEAD", True, 0, False),
        (b"HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 5", b"GET", False, 5, False),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 5", b"GET", False, 5, False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", b"GET", True, None, True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked", b"GET", False, None, False),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5", b"GET", False, None, False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: +5", b"GET", False, None, False),
        (b"HTTP/1.1 200 OK", b"GET", False, None, False),
        (b"HTTP/1.1 304 Not", b"GET", True, 0, False),
    ],
)
def test_how_an_answer_ends(
    head: bytes, method: bytes, keep: bool, length: int | None, chunked: bool
) -> None:
    answer = parse_response(head, method)
    assert (answer.keep, answer.length, answer.chunked) == (keep, length, chunked)
