"""A small web server on loopback whose pages are Python functions: real sockets, no stand-ins."""

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

Page = Callable[["Visit"], None]


class Visit(BaseHTTPRequestHandler):
    """One request, with short ways to answer it."""

    server: "_Server"
    body = b""
    """What a POST brought along."""

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.do_GET()

    def do_GET(self) -> None:
        site = self.server.site
        host = (self.headers.get("Host") or "").partition(":")[0]
        site.seen.append((host, self.path))
        page = site.pages.get(f"{host}{self.path.partition('?')[0]}") or site.pages.get(
            self.path.partition("?")[0]
        )
        if page is None:
            self.answer(404, "<p>没有这一页")
        else:
            try:
                page(self)
            except OSError:
                self.close_connection = True  # the visitor went away

    def answer(
        self, status: int, body: str | bytes, kind: str = "text/html; charset=utf-8", **headers: str
    ) -> None:
        data = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        # Said aloud: a client that believed it could use the connection again would lose a POST on it.
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(data)

    def redirect(self, to: str, status: int = 302) -> None:
        self.answer(status, "", Location=to)

    def log_message(self, *args: object) -> None:
        """Says nothing: `Site.seen` is the log."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    site: "Site"

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor that hangs up in the middle is part of these tests."""


def html(body: str) -> Page:
    """A page that always answers with this markup."""
    return lambda visit: visit.answer(200, body)


@dataclass
class Site:
    """A server over `pages`: keys are `/path` or `host/path`. `seen` logs host and path of each request."""

    pages: Mapping[str, Page]
    tls: ssl.SSLContext | None = None
    seen: list[tuple[str, str]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), Visit)
        self._server.site = self
        if self.tls is not None:
            self._server.socket = self.tls.wrap_socket(self._server.socket, server_side=True)
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
