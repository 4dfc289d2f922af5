"""Proxies of regions and paces of hosts in the configuration; coverage by place as a person reads it."""

import re
from pathlib import Path

import pytest

from crawlers.plan import parse_plan
from finadwatch.config import load_config, shown
from finadwatch.errors import ConfigError
from finadwatch.proxies import ways_out
from finadwatch.summary import print_coverage
from findings.model.vocabulary import DUTY_ZH
from findings.query import Coverage, PlaceCoverage, SourceCoverage
from tests.support.cli import run_finadwatch

_CONFIG = """
network:
  proxies:
    shanghai: {url: 'http://10.8.0.2:3128', username_env: SH_USER, password_env: SH_PASSWORD}
    chengdu: {url: 'socks5://[fd00::1]'}
crawl:
  concurrency: 3
  host_delay_s: 5
  hosts: {news.example: {delay_s: 10}}
"""
_PLAN = """
title: t
regions: [{name: 上海, proxy: shanghai}, {name: 成都, proxy: chengdu}, {name: 本地}]
sources: [{source: watchlist, urls: ['https://a.example/']}]
"""


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FINADWATCH_HOME", str(tmp_path))
    for name in ("FINADWATCH_CONFIG", "SH_USER", "SH_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def _written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.yaml"
    path.write_text(text, "utf-8")
    return path


def test_proxies_take_their_credentials_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = load_config(_written(tmp_path, _CONFIG))
    monkeypatch.setenv("SH_USER", "jingong")
    monkeypatch.setenv("SH_PASSWORD", "geheim")
    found = ways_out(config, parse_plan(_PLAN, "p"))
    assert sorted(found) == ["chengdu", "shanghai"]
    shanghai, chengdu = found["shanghai"], found["chengdu"]
    assert (shanghai.scheme, shanghai.host, shanghai.port) == ("http", "10.8.0.2", 3128)
    assert (shanghai.username, shanghai.password) == ("jingong", "geheim")
    assert (chengdu.scheme, chengdu.host, chengdu.port, chengdu.username) == ("socks5", "fd00::1", 1080, None)
    assert "geheim" not in repr(found) + str(shown(config))


def test_a_plan_whose_proxy_nobody_configured_begins_no_run(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(_PLAN, "utf-8")
    ran = run_finadwatch(tmp_path, "crawl", str(plan))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "地区 上海 指定的代理 shanghai 不在配置 network.proxies 中；地区 成都" in ran.stderr
    assert not (tmp_path / "finadwatch.db").exists()


@pytest.mark.parametrize(
    "text",
    [
        "network: {proxies: {a: {url: 'http://jingong:geheim@10.8.0.2:3128'}}}",
        "network: {proxies: {a: {url: 'socks5://jingong:ge/heim@10.8.0.2', password_env: 'geheim!'}}}",
        "network: {proxies: {a: {url: 'http://x', username_env: A, password_env: 'geheim !'}}}",
        "broker: kafka://user:geheim@10.8.0.2/",
        "broker: kafka://" + "user" * 60 + ":geheim@10.8.0.2/",
        "elasticsearch: {password: [geheim]}",
        "elasticsearch: {api_key: {geheim: 1}}",
        "elasticsearch:\n  password: 'geheim\n",
        "elasticsearch:\n  password: @geheim\n",
    ],
)
def test_no_message_repeats_a_credential(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as refused:
        load_config(_written(tmp_path, text))
    said = f"{refused.value} {refused.value.zh}"
    assert not {"geheim", "jingong", "heim"} & set(re.findall("[a-z]+", said))


def test_a_credential_that_is_not_set_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = load_config(_written(tmp_path, _CONFIG))
    monkeypatch.setenv("SH_USER", "jingong")
    with pytest.raises(ConfigError, match="SH_PASSWORD"):
        ways_out(config, parse_plan(_PLAN, "p"))
    assert ways_out(config, parse_plan(_PLAN.replace(", proxy: shanghai", ""), "p"))  # not asked for


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("network: {proxies: {a: {url: 'http://u:p@h:1'}}}", "network.proxies.a.url"),
        ("network: {proxies: {a: {url: 'ftp://h:1'}}}", "network.proxies.a.url"),
        ("network: {proxies: {a: {url: 'http://h:1', password: x}}}", "network.proxies.a"),
        ("network: {proxies: {a: {url: 'http://h:1', password_env: X}}}", "network.proxies.a"),
        ("network: {proxies: {'A B': {url: 'http://h:1'}}}", "network.proxies"),
        ("crawl: {hosts: {a.example: {}}}", "crawl.hosts.a.example"),
        ("crawl: {concurrency: 0}", "crawl.concurrency"),
    ],
)
def test_faults_name_their_place(tmp_path: Path, text: str, place: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(_written(tmp_path, text))
    assert {fault.split(":")[0] for fault in caught.value.faults} == {place}


def test_paces_are_read(tmp_path: Path) -> None:
    crawl = load_config(_written(tmp_path, _CONFIG)).crawl
    assert (crawl.concurrency, crawl.host_delay_s, crawl.hosts["news.example"].delay_s) == (3, 5, 10)


def test_coverage_shows_places_where_there_are_several(capsys: pytest.CaptureFixture[str]) -> None:
    one = SourceCoverage("baidu", {"ok": 1}, 2, {}, (PlaceCoverage("desktop", None, {"ok": 1}),))
    two = SourceCoverage(
        "portal",
        {"ok": 1, "unreachable": 1},
        0,
        {},
        (PlaceCoverage("desktop", "上海", {"ok": 1}), PlaceCoverage("mobile", "成都", {"unreachable": 1})),
    )
    print_coverage(Coverage("r1", (one, two), {}, 2, 2))
    said = capsys.readouterr().out
    assert sum(line.lstrip(" │┃|").startswith("·") for line in said.splitlines()) == 2
    assert "1/2" in said
    (chengdu,) = (line for line in said.splitlines() if "成都" in line)
    assert "0/1" in chengdu


def test_coverage_counts_form_duties_beside_the_categories(capsys: pytest.CaptureFixture[str]) -> None:
    print_coverage(Coverage("r1", (), {2: 7}, 9, 9, {"lure": 5}))
    said = capsys.readouterr().out.splitlines()
    counts = {label: line.split()[-1] for line in said for label in DUTY_ZH.values() if label in line}
    assert counts == {label: "5" if duty == "lure" else "0" for duty, label in DUTY_ZH.items()}
