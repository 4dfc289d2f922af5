"""The guard going out by a region's proxy: real CONNECT and SOCKS5 servers, right and wrong ones."""

import base64
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from crawlers.guard.ledger import Reach
from crawlers.guard.resolver import Lookup, system_lookup
from crawlers.guard.upstream import ProxyAddress, proxy_address
from crawlers.outcomes import of_contact
from findings.model.errors import UsageError
from findings.model.vocabulary import Outcome
from tests.support.guarding import Guarded, guarded
from tests.support.proxies import ConnectProxy, SocksProxy
from tests.support.web import Site, html

_CREDENTIAL = ("jingong", "秘密:1")


@contextmanager
def _through(address: ProxyAddress, lookup: Lookup = system_lookup) -> Iterator[tuple[Site, Guarded]]:
    with Site({"/": html("<p>外面")}) as site:
        mapped = {"hosts": {"a.example": "127.0.0.1"}, "ports": {80: site.port}}
        with guarded(lookup, proxies={"shanghai": address}, **mapped) as guard:
            yield site, guard


def _get(guard: Guarded, url: str, route: str | None = "shanghai") -> bytes:
    known = base64.b64encode(f"{guard.user(route)}:{guard.password}".encode()).decode()
    with socket.create_connection(("127.0.0.1", guard.port), timeout=20) as connection:
        lines = [
            f"GET {url} HTTP/1.1",
            "Host: a.example",
            "Connection: close",
            f"Proxy-Authorization: Basic {known}",
        ]
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        got = b""
        while more := connection.recv(65536):
            got += more
        return got


def _address(scheme: str, port: int, credential: tuple[str, str] | None = None) -> ProxyAddress:
    return proxy_address(f"{scheme}://127.0.0.1:{port}", *(credential or (None, None)))


@pytest.mark.parametrize("credential", [None, _CREDENTIAL])
@pytest.mark.parametrize(("kind", "scheme"), [(ConnectProxy, "http"), (SocksProxy, "socks5")])
def test_a_region_goes_out_by_its_proxy(
    kind: type[ConnectProxy] | type[SocksProxy], scheme: str, credential: tuple[str, str] | None
) -> None:
    with kind(credential) as proxy, _through(_address(scheme, proxy.port, credential)) as (site, guard):
        got = _get(guard, "http://a.example/")
        contact = guard.last("a.example", 80, "shanghai")
    assert "外面".encode() in got
    assert proxy.seen == [f"127.0.0.1:{site.port}"]  # the checked address, never the name
    assert contact is not None
    assert (contact.reach, contact.ip) == (Reach.CONNECTED, "127.0.0.1")
    assert guard.last("a.example", 80) is None


@pytest.mark.parametrize(
    ("proxy", "scheme", "credential", "why"),
    [
        (ConnectProxy(_CREDENTIAL), "http", ("jingong", "wrong"), "password (407)"),
        (ConnectProxy(_CREDENTIAL), "http", None, "password (407)"),
        (SocksProxy(_CREDENTIAL), "socks5", ("jingong", "wrong"), "refused user name or password"),
        (SocksProxy(_CREDENTIAL), "socks5", None, "asks for user name"),
        (ConnectProxy(answer=502), "http", None, "answered 502"),
        (SocksProxy(reply=4), "socks5", None, "host unreachable"),
        (SocksProxy(reply=99), "socks5", None, "code 99"),
    ],
)
def test_a_proxy_that_fails_is_never_gone_around(
    proxy: ConnectProxy | SocksProxy, scheme: str, credential: tuple[str, str] | None, why: str
) -> None:
    with proxy, _through(_address(scheme, proxy.port, credential)) as (site, guard):
        got = _get(guard, "http://a.example/")
        contact = guard.last("a.example", 80, "shanghai")
    assert got.startswith(b"HTTP/1.1 502")
    ending = of_contact(contact)
    assert ending is not None
    assert ending.outcome is Outcome.UNREACHABLE
    assert (ending.detail or "").startswith("proxy: shanghai: ")
    assert why in (ending.detail or "")
    assert "wrong" not in (ending.detail or "")
    assert site.seen == []


def test_a_proxy_that_is_down() -> None:
    with ConnectProxy() as gone:
        address = _address("http", gone.port)
    with _through(address) as (site, guard):
        got = _get(guard, "http://a.example/")
        contact = guard.last("a.example", 80, "shanghai")
    assert got.startswith(b"HTTP/1.1 502")
    assert contact is not None
    assert contact.reach is Reach.PROXY
    assert site.seen == []


def test_private_names_are_refused_before_a_proxy_hears_of_them() -> None:
    async def inner(host: str, port: int) -> list[str]:
        return ["10.0.0.7"]

    with ConnectProxy() as proxy, _through(_address("http", proxy.port), inner) as (_site, guard):
        for url in ("http://intranet.example/", "http://169.254.169.254/"):
            assert _get(guard, url).startswith(b"HTTP/1.1 403")
        contact = guard.last("intranet.example", 80, "shanghai")
    assert contact is not None
    assert (contact.reach, contact.detail) == (Reach.REFUSED, "10.0.0.7 is private")
    assert proxy.seen == []


def test_an_unknown_route_goes_nowhere() -> None:
    with ConnectProxy() as proxy, _through(_address("http", proxy.port)) as (site, guard):
        assert _get(guard, "http://a.example/", "chengdu").startswith(b"HTTP/1.1 407")
    assert (site.seen, proxy.seen) == ([], [])


@pytest.mark.parametrize(
    "url",
    ["ftp://p.example:1", "p.example:3128", "http://u:p@p.example:1", "http://p.example:1/x", "http://:1", "http://p.example:99999"],
)  # fmt: skip
def test_a_proxy_address_holds_no_credential_and_no_path(url: str) -> None:
    with pytest.raises(UsageError):
        proxy_address(url)


def test_the_password_is_not_shown() -> None:
    shown = repr(proxy_address("socks5://p.example", "user", "geheim"))
    assert shown == "ProxyAddress(socks5://p.example:1080)"
