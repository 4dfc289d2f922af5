"""A real Elasticsearch server for tests: fetched once through Maven, run on loopback, stopped after.

As a script it keeps one server for several test runs:
`python tests/support/elasticsearch.py start` prints its address, `url` prints it again,
`stop` ends it. FINADWATCH_TEST_ELASTICSEARCH=URL makes the tests use a running server.
"""

import argparse
import contextlib
import ctypes
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.cache import cache
from tests.support.java import PartMissing, java_home
from tests.support.ports import free_port

VERSION = "9.5.0"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
#: Seconds: up in about 10 on two idle cores, several times that on busy ones.
START_SECONDS = 180
HEAP = "512m"
_SETTINGS = """\
cluster.name: finadwatch-tests
node.name: one
discovery.type: single-node
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
xpack.ml.enabled: false
xpack.security.enabled: false
path.data: {home}/data
path.logs: {home}/logs
path.repo: ["{home}/repo"]
cluster.routing.allocation.disk.threshold_enabled: false
cluster.max_shards_per_node: 10000
cluster.info.update.interval: 10s
"""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Server:
    """A running server: its address, process and folder (removed when it stops)."""

    url: str
    pid: int
    home: Path

    def stop(self) -> None:
        """End the server's process group and remove its folder."""
        for number, seconds in ((signal.SIGTERM, 20), (signal.SIGKILL, 5)):
            try:
                os.killpg(self.pid, number)
            except ProcessLookupError:
                break
            if _gone(self.pid, seconds):
                break
        shutil.rmtree(self.home.parent, ignore_errors=True)

    def kill(self) -> None:
        """End the server as a power cut does; its folder stays for `restart`."""
        os.killpg(self.pid, signal.SIGKILL)
        _gone(self.pid, 20)


def restart(server: Server) -> Server:
    """Start a killed server again, with its data and on its port, and wait until it answers."""
    process = launch(server.home, java_home())
    again = replace(server, pid=process.pid)
    _wait(again, process)
    return again


def distribution() -> Path:
    """The server's archive, fetched on the first call."""
    folder = cache() / "elasticsearch"
    archive = folder / f"elasticsearch-{VERSION}.zip"
    if archive.is_file():
        return archive
    if shutil.which("mvn") is None:
        raise PartMissing("Elasticsearch is fetched by Maven and there is no mvn: install Debian's maven")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as fetched:
        print(f"fetching Elasticsearch {VERSION} (130 MB, once) into {folder}", file=sys.stderr)
        told = subprocess.run(
            ["mvn", "-B", "-q", "dependency:copy", f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={fetched}"],
            cwd=fetched,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if told.returncode != 0:
            raise PartMissing(f"Maven could not fetch {ARTIFACT}; it said: {told.stdout[-600:].strip()}")
        (Path(fetched) / archive.name).replace(archive)
    return archive


def start(*, outlive: bool = False) -> Server:
    """Start a server and wait until it answers.

    It dies with this process, unless it is to `outlive` it.
    """
    java = java_home()
    archive = distribution()
    # Not in the cache: root's home is closed to the unprivileged user that runs the server.
    folder = Path(tempfile.mkdtemp(prefix="finadwatch-elasticsearch-"))
    home = folder / f"elasticsearch-{VERSION}"
    try:
        unpack(archive, folder)
        port = free_port()
        (home / "config" / "elasticsearch.yml").write_text(
            _SETTINGS.format(port=port, transport=free_port(), home=home)
        )
        heap = home / "config" / "jvm.options.d" / "heap.options"
        heap.parent.mkdir(exist_ok=True)
        heap.write_text(f"-Xms{HEAP}\n-Xmx{HEAP}\n")
        process = launch(home, java, outlive=outlive)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    server = Server(f"http://127.0.0.1:{port}", process.pid, home)
    try:
        _wait(server, process)
    except BaseException:
        server.stop()
        raise
    return server


def unpack(archive: Path, folder: Path) -> None:
    """Unpack the distribution below a folder, its programs executable."""
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            path = Path(packed.extract(member, folder))
            if path.parent.name == "bin" and path.is_file():
                path.chmod(0o755)


def launch(
    home: Path, java: Path, *, outlive: bool = False, config: str = "config"
) -> subprocess.Popen[bytes]:
    """Start a server from its folder, with the configuration in `config` below it."""
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        # Elasticsearch refuses to run as root.
        nobody = pwd.getpwnam("nobody")
        if home.stat().st_uid != nobody.pw_uid:  # before the first start: files of a running node come and go
            home.parent.chmod(0o755)
            for path in (*home.rglob("*"), home):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZ") if name in os.environ}
    with (home / f"console-{config}.log").open("wb") as log:
        return subprocess.Popen(
            [home / "bin" / "elasticsearch"],
            cwd=home,
            env=kept | {"ES_JAVA_HOME": str(java), "HOME": str(home), "ES_PATH_CONF": str(home / config)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=None if outlive else _die_with_parent,
            **user,  # type: ignore[arg-type]
        )


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if healthy(server.url):
            return
        time.sleep(0.3)
    log = (server.home / "console-config.log").read_text("utf-8", "replace")
    raise PartMissing(f"Elasticsearch did not start; its log ends: {log[-1500:]}")


def healthy(url: str) -> bool:
    """Whether a server answers at this address and can hold data."""
    try:
        with urllib.request.urlopen(
            f"{url}/_cluster/health?wait_for_status=yellow&timeout=1s", timeout=5
        ) as told:
            return bool(json.load(told)["status"] != "red")
    except (OSError, urllib.error.URLError, ValueError, KeyError):
        return False


def _gone(pid: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):  # started by another process
            os.waitpid(pid, os.WNOHANG)
        try:
            os.killpg(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def _note() -> Path:
    return cache() / "elasticsearch" / "server.json"


def running() -> Server | None:
    """The server that `start` as a script left running, or None."""
    try:
        noted = json.loads(_note().read_text())
        server = Server(noted["url"], noted["pid"], Path(noted["home"]))
    except (OSError, ValueError, KeyError):
        return None
    return server if healthy(server.url) else None


def main(command: str) -> int:
    """Run one command of the script; the exit code is 0, or 1 where there is no server."""
    server = running()
    if command == "start" and server is None:
        server = start(outlive=True)
        _note().write_text(json.dumps({"url": server.url, "pid": server.pid, "home": str(server.home)}))
    if server is None:
        return 0 if command == "stop" else 1
    if command == "stop":
        server.stop()
        _note().unlink(missing_ok=True)
    else:
        print(server.url)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["start", "stop", "url"])
    try:
        sys.exit(main(parser.parse_args().command))
    except PartMissing as missing:
        sys.exit(str(missing))
