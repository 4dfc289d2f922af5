"""The guard's proxy on real sockets: who may use it, where it leads, and that nothing slips past."""

import base64
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from crawlers.guard.heads import BadHead, parse_response
from crawlers.guard.ledger import Reach
from crawlers.guard.resolver import Lookup, Resolver, system_lookup
from crawlers.guard.server import MARK_HEADER
from tests.support.guarding import Guarded, guarded
from tests.support.web import Site, html

_PAGES = {"/": html("<p>外面"), "/secret": html("<p>内部"), "/big": lambda v: v.answer(200, b"x" * 2_000_000)}


@contextmanager
def _guarded(lookup: Lookup = system_lookup, **options: object) -> Iterator[tuple[Site, Guarded]]:
    with Site(_PAGES) as site:
        mapped: dict[str, object] = {"hosts": {"a.example": "127.0.0.1"}, "ports": {80: site.port}}
        with guarded(lookup, **{**mapped, **options}) as guard:  # type: ignore[arg-type]
            yield site, guard


def _ask(guard: Guarded, raw: bytes, credential: bool = True) -> bytes:
    """Send bytes to the proxy, read until it closes. `{auth}` in a request stands for the credential."""
    known = base64.b64encode(f"{guard.user()}:{guard.password}".encode())
    auth = b"Proxy-Authorization: Basic " + known + b"\r\n" if credential else b""
    with socket.create_connection(("127.0.0.1", guard.port), timeout=10) as connection:
        connection.sendall(raw.replace(b"{auth}", auth))
        got = b""
        while chunk := connection.recv(65536):
            got += chunk
        return got


def test_a_mapped_host_is_reached_and_recorded() -> None:
    with _guarded() as (site, guard):
        got = _ask(guard, b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n{auth}\r\n")
        contact = guard.last("a.example", 80)
    assert got.startswith(b"HTTP/1.0 200") or got.startswith(b"HTTP/1.1 200")
    assert "外面".encode() in got
    assert contact is not None
    assert (contact.reach, contact.ip) == (Reach.CONNECTED, "127.0.0.1")
    assert site.seen == [("a.example", "/")]


def test_without_the_credential_nothing_is_fetched() -> None:
    with _guarded() as (site, guard):
        got = _ask(guard, b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n", credential=False)
        wrong = _ask(guard, b"CONNECT a.example:80 HTTP/1.1\r\nProxy-Authorization: Basic eDp5\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 407")
    assert wrong.startswith(b"HTTP/1.1 407")
    assert site.seen == []


@pytest.mark.parametrize(
    "request_line",
    [
        "GET http://127.0.0.1:{port}/secret HTTP/1.1",
        "GET http://localhost:{port}/secret HTTP/1.1",
        "GET http://2130706433:{port}/secret HTTP/1.1",
        "GET http://0x7f.1:{port}/secret HTTP/1.1",
        "GET http://[::1]:{port}/secret HTTP/1.1",
        "GET http://[::ffff:127.0.0.1]:{port}/secret HTTP/1.1",
        "GET http://0.0.0.0:{port}/secret HTTP/1.1",
        "CONNECT 127.0.0.1:{port} HTTP/1.1",
        "CONNECT localhost:{port} HTTP/1.1",
        "CONNECT 169.254.169.254:80 HTTP/1.1",
    ],
)
def test_this_machine_is_refused_in_every_spelling(request_line: str) -> None:
    with _guarded() as (site, guard):
        got = _ask(guard, request_line.format(port=site.port).encode() + b"\r\nHost: x\r\n{auth}\r\n")
        mark = f"{MARK_HEADER}: {guard.mark}".encode()
    assert got.startswith(b"HTTP/1.1 403")
    assert mark in got
    assert site.seen == []


def test_allow_private_reaches_loopback() -> None:
    with _guarded(allow_private=True) as (site, guard):
        got = _ask(guard, f"GET http://127.0.0.1:{site.port}/ HTTP/1.1\r\nHost: x\r\n{{auth}}\r\n".encode())
    assert b" 200 " in got


def test_a_second_request_on_the_connection_goes_nowhere() -> None:
    with _guarded() as (site, guard):
        second = f"GET http://127.0.0.1:{site.port}/secret HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        got = _ask(guard, b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n{auth}\r\n" + second)
    assert b"Connection: close" in got
    assert site.seen == [("a.example", "/")]


def test_the_credential_never_reaches_a_server() -> None:
    heads: list[str] = []
    pages = {"/": lambda v: (heads.append(str(v.headers)), v.answer(200, "ok"))[1]}
    with Site(pages) as site, guarded(hosts={"a.example": "127.0.0.1"}, ports={80: site.port}) as guard:
        _ask(guard, b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nX-Own: 1\r\n{auth}\r\n")
    assert "X-Own" in heads[0]
    assert "Proxy" not in heads[0]


def _changing() -> tuple[Lookup, list[str]]:
    asked: list[str] = []

    async def lookup(host: str, port: int) -> list[str]:
        asked.append(host)
        # A rebinding name: public for whoever checks first, this machine for whoever connects.
        return ["203.0.113.9"] if len(asked) % 2 else ["127.0.0.1"]

    return lookup, asked


def test_a_name_is_resolved_once_a_connection() -> None:
    lookup, asked = _changing()
    with _guarded(lookup) as (site, guard):
        line = f"CONNECT rebind.example:{site.port} HTTP/1.1\r\n{{auth}}\r\n".encode()
        answers = [_ask(guard, line)[:12] for _ in range(2)]
        contact = guard.last("rebind.example", site.port)
    assert len(asked) == 2
    assert answers[1] == b"HTTP/1.1 403"
    assert contact is not None
    assert contact.reach is Reach.REFUSED
    assert site.seen == []


def test_a_private_address_beside_a_public_one_is_left_out() -> None:
    import asyncio

    async def lookup(host: str, port: int) -> list[str]:
        return ["10.0.0.1", "8.8.8.8"]

    target = asyncio.run(Resolver(lookup=lookup).resolve("both.example", 443))
    assert target.addresses == ("8.8.8.8",)


def test_a_connection_ends_at_its_limit() -> None:
    with _guarded() as (_site, guard):
        got = _ask(guard, b"GET http://a.example/big HTTP/1.1\r\nHost: a.example\r\n{auth}\r\n")
    assert 900_000 < len(got) < 1_100_000


@pytest.mark.parametrize(
    "raw",
    [
        b"nonsense\r\n\r\n",
        b"GET /relative HTTP/1.1\r\n{auth}\r\n",
        b"GET ftp://a.example/ HTTP/1.1\r\n{auth}\r\n",
        b"GET http://u:p@a.example/ HTTP/1.1\r\n{auth}\r\n",
        b"CONNECT a.example HTTP/1.1\r\n{auth}\r\n",
        b"POST http://a.example/ HTTP/1.1\r\nTransfer-Encoding: chunked\r\n{auth}\r\n",
        b"GET http://a.example/ HTTP/1.1\r\nbad header\r\n{auth}\r\n",
    ],
)
def test_odd_requests_are_answered_and_go_nowhere(raw: bytes) -> None:
    with _guarded() as (site, guard):
        got = _ask(guard, raw)
    assert got.startswith(b"HTTP/1.1 4")
    assert site.seen == []


def test_a_port_where_nobody_listens() -> None:
    probe = socket.socket()
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
    probe.close()
    with _guarded(ports={80: port}) as (_site, guard):
        got = _ask(guard, b"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n{auth}\r\n")
        contact = guard.last("a.example", 80)
    assert got.startswith(b"HTTP/1.1 502")
    assert contact is not None
    assert contact.reach is Reach.UNREACHABLE


@pytest.mark.parametrize(
    "line", [b"HTTP/1.1 " + b"9" * 5000, b"HTTP/1.1 099 x", b"HTTP/1.1 \xb2\xb2\xb2", b"ICY 200 OK", b""]
)
def test_an_answer_with_no_status_is_a_bad_head(line: bytes) -> None:
    with pytest.raises(BadHead):
        parse_response(line, b"GET")
