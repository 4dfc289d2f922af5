"""The servers: certificates, ports, files, what they answer and what they survive."""

import http.client
import socket
import ssl
import stat
import time
from datetime import date
from pathlib import Path

import pytest
import yaml

from sandbox.errors import SandboxError
from sandbox.programs import programs
from sandbox.server import Sandbox
from sandbox.web import load_web


def _static_urls() -> list[str]:
    return list(load_web(date(2026, 11, 22), dict.fromkeys(programs(), lambda *_: None)).urls())


@pytest.mark.parametrize(
    "url", [u for u in _static_urls() if "cuowu-zhengshu" not in u and u != "https://manman-licai.example/"]
)
def test_every_page_answers_over_checked_https(fetch, url):
    answer = fetch(url)

    assert answer.status in (200, 302, 403)
    assert answer.content or answer.getheader("Location")


def test_a_certificate_for_another_name_is_refused(fetch):
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        fetch("https://cuowu-zhengshu.example/")


def test_a_client_without_the_authority_of_the_run_refuses(sandbox):
    plain = socket.create_connection(("127.0.0.1", sandbox.https_port), timeout=5)
    with plain, pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(plain, server_hostname="www.baidu.com")


def test_a_refused_handshake_leaves_the_server_well(sandbox, fetch):
    with socket.create_connection(("127.0.0.1", sandbox.https_port), timeout=5) as plain:
        plain.sendall(b"GET / HTTP/1.1\r\n\r\n")

    assert fetch("https://shanyu-tea.example/").status == 200


def test_http_serves_the_same_pages(sandbox):
    connection = http.client.HTTPConnection("127.0.0.1", sandbox.http_port, timeout=5)
    connection.request("GET", "/", headers={"Host": "shanyu-tea.example:80"})

    assert "山雨茶铺" in connection.getresponse().read().decode()
    connection.close()


def test_head_sends_the_length_and_no_body(fetch):
    answer = fetch("https://shanyu-tea.example/", method="HEAD")

    assert int(answer.getheader("Content-Length")) > 1000
    assert answer.content == b""


def test_a_posted_form_is_read_and_answered(fetch):
    assert fetch("https://shanyu-tea.example/", method="POST", body=b"name=x").status == 200


@pytest.mark.parametrize(
    "url",
    [
        "https://shanyu-tea.example/nothing",
        "https://shanyu-tea.example/../site.yaml",
        "https://shanyu-tea.example/%2e%2e/site.yaml",
        "https://www.baidu.com/nothing",
        "https://itunes.apple.com/nothing",
    ],
)
def test_what_is_not_there_is_404(fetch, url):
    assert fetch(url).status == 404


def test_the_news_page_is_sent_in_gbk(fetch):
    answer = fetch("https://www.pujiang-caijing.example/news/p2p-anjian.html")

    assert answer.getheader("Content-Type") == "text/html; charset=gbk"
    assert "非法吸收公众存款" in answer.content.decode("gbk")


@pytest.mark.slow
def test_the_slow_page_is_slow(fetch):
    begin = time.monotonic()

    assert fetch("https://manman-licai.example/").status == 200
    assert time.monotonic() - begin >= 2.4


def test_private_keys_are_readable_by_the_owner_only(folder):
    keys = [path for path in folder.iterdir() if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]

    assert {path.name for path in keys} == {"server.pem", "cuowu-zhengshu.example.pem"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in keys)
    assert b"PRIVATE" not in (folder / "ca.pem").read_bytes()


def test_the_configuration_maps_every_host_and_both_ports(sandbox):
    config = yaml.safe_load(sandbox.config.read_text("utf-8"))

    assert set(config["network"]["hosts"]) == {host.name for host in sandbox.web.hosts}
    assert set(config["network"]["hosts"].values()) == {"127.0.0.1"}
    assert config["network"]["ports"] == {80: sandbox.http_port, 443: sandbox.https_port}
    for path in (config["network"]["ca_file"], config["crawl"]["filter_list"], config["licences"]["folder"]):
        assert Path(path).is_absolute()
        assert Path(path).exists()


def test_requests_are_remembered_in_order(sandbox, fetch):
    before = len(sandbox.requests())
    fetch("https://shanyu-tea.example/")

    last = sandbox.requests()[before:][-1]
    assert (last.scheme, last.method, last.host, last.target) == ("https", "GET", "shanyu-tea.example", "/")


def test_a_stopped_sandbox_serves_no_more_and_starts_again(tmp_path):
    sandbox = Sandbox(tmp_path, today=date(2026, 11, 22)).start()
    port = sandbox.http_port
    kept = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    kept.request("GET", "/", headers={"Host": "shanyu-tea.example"})
    kept.getresponse().read()
    sandbox.stop()
    sandbox.stop()

    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    kept.close()
    with sandbox:
        assert sandbox.http_port


def test_a_taken_port_is_one_clear_sentence(tmp_path, sandbox):
    second = Sandbox(tmp_path, today=date(2026, 11, 22), http_port=sandbox.http_port)

    with pytest.raises(SandboxError, match=r"choose another port"):
        second.start()


def test_a_running_sandbox_refuses_a_second_start(sandbox):
    with pytest.raises(SandboxError, match="already runs"):
        sandbox.start()


def test_no_port_before_the_start(tmp_path):
    with pytest.raises(SandboxError, match="call start"):
        _ = Sandbox(tmp_path, today=date(2026, 11, 22)).https_port
