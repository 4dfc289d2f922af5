"""Providers as the configuration names them, an RDAP server on loopback among them."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from msgspec.structs import replace

from finadwatch.config import Config, HostingConfig, RdapConfig
from finadwatch.context import Desk
from finadwatch.hosting import hosting
from handover.hosting.model import HostFacts

DOMAIN = {"objectClassName": "domain", "entities": [{"roles": ["registrar"], "vcardArray": [
    "vcard", [["fn", {}, "text", "海棠域名注册有限公司"]]]}]}  # fmt: skip


@contextmanager
def served(answers: dict[str, tuple[int, bytes]]) -> Iterator[tuple[str, list[str]]]:
    """A server, the paths it was asked for; what it doesn't know is 404."""
    asked: list[str] = []

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            status, body = answers.get(self.path, (404, b"{}"))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", body.decode())
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


def desk(tmp_path: Path, **named: object) -> Desk:
    return Desk(replace(Config(home=tmp_path), hosting=HostingConfig(**named)))  # type: ignore[arg-type]


def test_providers_are_asked_in_order_and_each_site_once(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("域名,省份\nknown.example,上海\n", "utf-8")
    (tmp_path / "r.txt").write_text("93.184.0.0/16,广东\n坏行\n", "utf-8")
    with served({"/domain/xinghe.com.cn": (200, json.dumps(DOMAIN).encode())}) as (url, asked):
        rdap = RdapConfig(url, per_second=100)
        sites = hosting(
            desk(tmp_path, table=str(tmp_path / "t.csv"), ranges=str(tmp_path / "r.txt"), rdap=rdap)
        )
        for _ in range(2):
            told = sites.facts("www.xinghe.com.cn", "93.184.1.1")
            assert (told.province, told.registrar) == ("广东", "海棠域名注册有限公司")
            assert str(told.by[0]) == "address file r.txt"
        assert sites.facts("a.known.example", "93.184.1.1").province == "上海"
    # Addresses that nobody registered, and hosts that are addresses, are not asked for.
    assert asked == ["/ip/93.184.1.1", "/domain/xinghe.com.cn", "/domain/known.example"]


def test_without_providers_nothing_is_known(tmp_path: Path) -> None:
    assert hosting(desk(tmp_path)).facts("a.example", "203.0.113.1") == HostFacts()


@pytest.mark.parametrize(
    "answer",
    [(500, b""), (200, b"<html>login</html>"), (200, b" " * 1_000_001), (302, b"file:///etc/passwd")],
)
def test_a_server_that_does_not_answer_is_said_once(
    tmp_path: Path, answer: tuple[int, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    with served({f"/domain/{name}.com.cn": answer for name in ("a", "b")}) as (url, _):
        sites = hosting(desk(tmp_path, rdap=RdapConfig(url, per_second=100)))
        assert sites.facts("a.com.cn", None) == sites.facts("b.com.cn", None) == HostFacts()
    assert capsys.readouterr().err.count("RDAP 服务器") == 1


def test_a_batch_does_not_wait_longer_than_it_may(tmp_path: Path) -> None:
    with served({}) as (url, asked):
        sites = hosting(desk(tmp_path, rdap=RdapConfig(url, per_second=1000, patience_s=0)))
        for name in "abc":
            sites.facts(f"{name}.com.cn", None)
    assert len(asked) == 1
