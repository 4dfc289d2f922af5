"""A running sandbox for the whole session, and a client that trusts its authority only."""

import http.client
import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sandbox.server import Sandbox

TODAY = date(2026, 11, 22)

Fetch = Callable[..., http.client.HTTPResponse]


class _Mapped(http.client.HTTPSConnection):
    """An HTTPS connection to loopback that asks for, and checks, the real host name."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext) -> None:
        super().__init__(host, timeout=10, context=context)
        self._at = port
        self._trust = context

    def connect(self) -> None:
        plain = socket.create_connection(("127.0.0.1", self._at), timeout=10)
        self.sock = self._trust.wrap_socket(plain, server_hostname=self.host)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with Sandbox(tmp_path_factory.mktemp("sandbox"), today=TODAY) as running:
        yield running


@pytest.fixture(scope="session")
def fetch(sandbox: Sandbox) -> Fetch:
    """`fetch(url, method="GET")`: one request over checked https, redirects not followed, body read."""
    trust = ssl.create_default_context(cafile=str(sandbox.ca_file))

    def get(url: str, method: str = "GET", body: bytes | None = None) -> http.client.HTTPResponse:
        parts = urlsplit(url)
        connection = _Mapped(parts.hostname or "", sandbox.https_port, trust)
        connection.request(
            method,
            (parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
            body=body,
            headers={"Connection": "close"},
        )
        answer = connection.getresponse()
        answer.content = answer.read()  # type: ignore[attr-defined]
        connection.close()
        return answer

    return get


@pytest.fixture(scope="session")
def folder(sandbox: Sandbox) -> Path:
    return sandbox.folder
