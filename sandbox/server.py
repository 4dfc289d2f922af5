"""The sandbox itself: an HTTP and an HTTPS server on loopback, and the files a crawl of it needs."""

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import SHUT_RDWR, socket
from types import TracebackType
from typing import Any, Self, cast

import msgspec

from sandbox.certificates import Authority
from sandbox.data_files import DATA
from sandbox.errors import SandboxError
from sandbox.programs import programs
from sandbox.run_files import RegisterFile, write_run_files
from sandbox.web import Answer, Sent, Web, load_web

#: Bytes of a request body that are read before the connection is closed.
_MAX_BODY = 1_000_000
#: Seconds without a request after which a kept connection is closed.
_IDLE_S = 15
#: Requests remembered for tests.
_REMEMBERED = 100_000


class Request(msgspec.Struct, frozen=True):
    """A request that the sandbox answered. `at` is a monotonic instant in seconds."""

    scheme: str
    method: str
    host: str
    target: str
    at: float


class Sandbox:
    """The sandbox of one run. `folder` receives its files; keys never leave it.

    Use it as a context manager, or call `start` and `stop`. `today` makes the registers fresh.
    """

    def __init__(
        self,
        folder: Path,
        *,
        today: date,
        host: str = "127.0.0.1",
        http_port: int = 0,
        https_port: int = 0,
    ) -> None:
        self.folder = folder.resolve()
        self.today = today
        self.host = host
        self._asked_ports = (http_port, https_port)
        self.web: Web = load_web(today, programs())
        self.registers: tuple[RegisterFile, ...] = ()
        self._requests: deque[Request] = deque(maxlen=_REMEMBERED)
        self._servers: list[_Server] = []
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()

    @property
    def http_port(self) -> int:
        """The port that plays 80."""
        return self._port(0)

    @property
    def https_port(self) -> int:
        """The port that plays 443."""
        return self._port(1)

    @property
    def config(self) -> Path:
        """The configuration that maps the sandbox's hosts."""
        return self.folder / "config.yaml"

    @property
    def plan(self) -> Path:
        """The default plan."""
        return self.folder / "plan.yaml"

    @property
    def ca_file(self) -> Path:
        """The certificate of the run's authority."""
        return self.folder / "ca.pem"

    def requests(self) -> tuple[Request, ...]:
        """Every request so far, oldest first (the last 100,000)."""
        return tuple(self._requests)

    def start(self) -> Self:
        """Write the files and serve. Raises SandboxError where a port is taken or the folder can't be written."""
        if self._servers:
            raise SandboxError(
                "this sandbox already runs; stop it before starting it again",
                zh="演练环境已在运行：请先停止再启动",
            )
        self._stopping.clear()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            context = self._certificates()
            self._servers = [
                _Server((self.host, self._asked_ports[0]), self._answer, None),
                _Server((self.host, self._asked_ports[1]), self._answer, context),
            ]
            self.registers = write_run_files(
                self.folder,
                data=DATA,
                today=self.today,
                hosts={host.name: self.host for host in self.web.hosts},
                ports={80: self.http_port, 443: self.https_port},
            )
        except OSError as fault:
            self.stop()
            raise SandboxError(
                f"the sandbox can't start on {self.host} with its files in {self.folder} ({fault}); "
                "choose another port or folder",
                zh=f"演练环境无法在 {self.host} 启动（文件夹 {self.folder}：{fault}）：请改用其他端口或文件夹",
            ) from fault
        self._threads = [
            threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            for server in self._servers
        ]
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and close every connection; the files stay. Stopping twice is harmless."""
        self._stopping.set()
        for server, thread in zip(self._servers, self._threads, strict=False):
            server.shutdown()
            thread.join()
        for server in self._servers:
            server.server_close()
            server.close_connections()
        self._servers, self._threads = [], []

    def wait(self) -> None:
        """Block until `stop` is called from elsewhere or the user interrupts."""
        self._stopping.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _port(self, index: int) -> int:
        if not self._servers:
            raise SandboxError(
                "the sandbox does not run, so it has no port yet; call start first",
                zh="演练环境未运行，尚无端口：请先启动",
            )
        return int(self._servers[index].server_address[1])

    def _answer(self, request: Request, sent: Sent) -> Answer:
        self._requests.append(request)
        answer = self.web.answer(request.host, request.target, sent)
        if answer.delay_s:
            self._stopping.wait(answer.delay_s)
        return answer

    def _certificates(self) -> ssl.SSLContext:
        """The authority, one certificate for all honest hosts, one for each that lies about its name."""
        authority = Authority(datetime.now(UTC))
        authority.write_certificate(self.ca_file)
        honest = [host.name for host in self.web.hosts if host.certificate is None]
        context = self._context(authority, [*honest, "localhost", self.host], "server.pem")
        # Without the chain: Chromium excuses every fault, the name too, of a chain that holds a trusted key.
        others = {
            host.name: self._context(authority, [host.certificate], f"{host.name}.pem", chained=False)
            for host in self.web.hosts
            if host.certificate is not None
        }

        def choose(connection: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
            if name in others:
                connection.context = others[name]

        context.sni_callback = choose
        return context

    def _context(
        self, authority: Authority, names: Sequence[str], file: str, *, chained: bool = True
    ) -> ssl.SSLContext:
        path = self.folder / file
        authority.write_leaf(names, path, chained=chained)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(path)
        return context


class _Server(ThreadingHTTPServer):
    """A threaded server that does the TLS handshake in the connection's own thread."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(
        self,
        address: tuple[str, int],
        answer: Callable[[Request, Sent], Answer],
        context: ssl.SSLContext | None,
    ) -> None:
        self.answer = answer
        self._context = context
        self._open: set[socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Handler)

    @property
    def scheme(self) -> str:
        """`http` or `https`."""
        return "https" if self._context else "http"

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Speak with one client. One that breaks off, or refuses our certificate, is no fault of ours."""
        connection: socket = request
        connection.settimeout(_IDLE_S)
        try:
            if self._context is not None:
                connection = self._context.wrap_socket(connection, server_side=True)
            with self._lock:
                self._open.add(connection)
            super().finish_request(connection, client_address)
        except OSError:
            pass  # reset, timeout or a handshake that the client ended: all part of the web
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def close_connections(self) -> None:
        """End the connections that clients keep open, so that nothing outlives the run."""
        with self._lock:
            left = list(self._open)
        for connection in left:
            try:
                connection.shutdown(SHUT_RDWR)
            except OSError:
                continue  # already gone


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "nginx"
    sys_version = ""
    timeout = _IDLE_S
    # One packet an answer: headers and body sent apart would wait 40 ms for each other.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        self._reply(with_body=False)

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length", "0")
        body = b""
        if not size.isdecimal() or int(size[:20]) > _MAX_BODY:
            self.close_connection = True
        else:
            body = self.rfile.read(int(size))
        self._reply(with_body=True, body=body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the sandbox remembers its requests, a terminal is for the crawl."""

    def _reply(self, *, with_body: bool, body: bytes = b"") -> None:
        server = cast(_Server, self.server)
        host = self.headers.get("Host", "").rsplit(":", 1)[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = server.answer(
            Request(server.scheme, self.command, host, self.path, time.monotonic()),
            Sent(method=self.command, headers=headers, body=body),
        )
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(answer.body)
