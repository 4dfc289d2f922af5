"""Elasticsearch as administrations run it: three nodes, and one node with TLS and a password.

Each node has 512 MB of heap. All die with this process.
"""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from elasticsearch import ApiError, TransportError

from tests.support import elasticsearch as single
from tests.support.authority import Authority
from tests.support.java import PartMissing, java_home
from tests.support.ports import free_port
from tests.support.stores import note, server_of

PASSWORD = "correct-horse-7"
USER = "elastic"

_COMMON = """\
network.host: 127.0.0.1
xpack.ml.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
cluster.max_shards_per_node: 10000
"""


@dataclass(frozen=True)
class Cluster:
    """Nodes of one cluster; `options` are what a client needs beside an address."""

    nodes: list[single.Server]
    options: dict[str, Any]
    configs: tuple[str, ...]

    @property
    def url(self) -> str:
        """The address of the first node."""
        return self.nodes[0].url

    def start(self, node: int) -> None:
        """Start a killed node again, and wait until all shards have their copies."""
        there = self.nodes[node]
        process = single.launch(there.home, java_home(), config=self.configs[node])
        self.nodes[node] = replace(there, pid=process.pid)
        _wait(self)


@contextmanager
def three_nodes() -> Iterator[Cluster]:
    """Three nodes that elect a master among them."""
    transports = [free_port() for _ in range(3)]
    names = ["one", "two", "three"]
    peers = ", ".join(f'"127.0.0.1:{port}"' for port in transports)
    settings = [
        f"cluster.name: finadwatch-three\nnode.name: {name}\nhttp.port: {free_port()}\ntransport.port: {port}\n"
        f"discovery.seed_hosts: [{peers}]\ncluster.initial_master_nodes: [{', '.join(names)}]\n"
        # a killed node is noticed at once, so tests need not wait a minute and a half
        "cluster.fault_detection.follower_check.timeout: 3s\ncluster.fault_detection.leader_check.timeout: 3s\n"
        "xpack.security.enabled: false\n"
        for name, port in zip(names, transports, strict=True)
    ]
    with _cluster(names, settings, "http", {}) as cluster:
        yield cluster


@contextmanager
def secured() -> Iterator[Cluster]:
    """One node that speaks HTTPS by a certificate of an authority of its own, and asks for a password."""
    with tempfile.TemporaryDirectory(prefix="finadwatch-ca-") as kept:
        authority = Authority(Path(kept))
        certificate, key = authority.issue("localhost")
        settings = (
            f"cluster.name: finadwatch-secured\nnode.name: one\ndiscovery.type: single-node\n"
            f"http.port: {free_port()}\ntransport.port: {free_port()}\n"
            "xpack.security.enabled: true\nxpack.security.http.ssl.enabled: true\n"
            "xpack.security.http.ssl.certificate: server.crt\nxpack.security.http.ssl.key: server.key\n"
        )
        options = {"username": USER, "password": PASSWORD, "ca_file": authority.file}
        files = {"server.crt": certificate, "server.key": key}
        with _cluster(["one"], [settings], "https", options, files) as cluster:
            yield cluster


@contextmanager
def _cluster(
    names: list[str],
    settings: list[str],
    scheme: str,
    options: dict[str, Any],
    files: dict[str, Path] | None = None,
) -> Iterator[Cluster]:
    java = java_home()
    folder = Path(tempfile.mkdtemp(prefix="finadwatch-elasticsearch-"))
    home = folder / f"elasticsearch-{single.VERSION}"
    nodes: list[single.Server] = []
    try:
        single.unpack(single.distribution(), folder)
        for name, lines in zip(names, settings, strict=True):
            config = home / f"config-{name}"
            shutil.copytree(home / "config", config)
            for target, source in (files or {}).items():
                shutil.copy(source, config / target)
            (config / "elasticsearch.yml").write_text(
                f"{_COMMON}{lines}path.data: {home}/data-{name}\npath.logs: {home}/logs-{name}\n"
                f'path.repo: ["{home}/repo"]\n'
            )
            heap = config / "jvm.options.d" / "heap.options"
            heap.parent.mkdir(exist_ok=True)
            heap.write_text(f"-Xms{single.HEAP}\n-Xmx{single.HEAP}\n")
            if "password" in options:
                _keep_password(home, java, config)
        for name, lines in zip(names, settings, strict=True):
            process = single.launch(home, java, config=f"config-{name}")
            host = "localhost" if scheme == "https" else "127.0.0.1"
            port = next(line.split()[1] for line in lines.splitlines() if line.startswith("http.port"))
            nodes.append(single.Server(f"{scheme}://{host}:{port}", process.pid, home))
        cluster = Cluster(nodes, options, tuple(f"config-{name}" for name in names))
        if options:
            note(cluster.url, options)
        _wait(cluster)
        yield cluster
    finally:
        for node in nodes:
            node.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _keep_password(home: Path, java: Path, config: Path) -> None:
    """Put the first user's password where the server looks for it when it starts."""
    told = subprocess.run(
        [home / "bin" / "elasticsearch-keystore", "add", "-x", "-f", "bootstrap.password"],
        input=f"{PASSWORD}\n",
        env={"ES_JAVA_HOME": str(java), "ES_PATH_CONF": str(config), "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if told.returncode != 0:
        raise PartMissing(f"the keystore of Elasticsearch took no password: {told.stdout[-600:]}")


def _wait(cluster: Cluster) -> None:
    deadline = time.monotonic() + single.START_SECONDS * 2
    wanted = str(len(cluster.nodes))
    with server_of(cluster.url) as client:
        while True:
            try:
                told = client.cluster.health(wait_for_nodes=wanted, wait_for_status="green", timeout="2s")
                if not told["timed_out"]:
                    return
            except (ApiError, TransportError):
                time.sleep(0.5)
            if time.monotonic() > deadline:
                logs = sorted(cluster.nodes[0].home.glob("console-config-*.log"))
                said = [path.read_text("utf-8", "replace")[-800:] for path in logs]
                raise PartMissing(f"Elasticsearch did not start; its logs end: {said}")
