"""The folder of real pages and labelled texts, and real pages served on loopback."""

import os
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder named by SHARED; its absence is a failure with the sentence that mends it."""
    folder = Path(os.environ.get("SHARED", "../shared")).absolute()
    if not (folder / "data").is_dir():
        pytest.fail(f"{folder}/data is not there: run make acceptance SHARED=path of the shared folder")
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def served(shared: Path) -> Iterator[str]:
    """The base URL under which the shared data is served on loopback."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(shared / "data")))
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
