"""Sources that extend another: what is taken over, what is not, which faults are named."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from crawlers.pacing.slots import source_hosts
from crawlers.sources import SourceFaults, load_sources

_BASE: dict[str, Any] = {
    "name": "base",
    "title_zh": "一般",
    "kind": "portal",
    "channel": "web",
    "fetch": "browser",
    "url": {"desktop": "{url}"},
    "pacing": {"delay_s": 5},
    "trust": "medium",
    "verified_on": None,
    "verified_pages": 3,
    "pages": ["https://www.base.example/"],
    "signatures": [{"outcome": "blocked", "name": "base-block", "title": "^停止服务$"}],
    "selectors": {"slot": [{"css": ".base"}], "advertiser": [{"css": ".who"}]},
    "hosts": {"ad": ["ads.example"], "wrapper": ["click.*"]},
}
_OWN: dict[str, Any] = {
    "name": "own",
    "title_zh": "自己",
    "extends": "base",
    "trust": "low",
    "pages": ["https://www.own.example/", "https://money.own.example/a"],
    "signatures": [{"outcome": "blocked", "name": "own-block", "title": "^维护$"}],
    "selectors": {"slot": [{"css": ".own"}, {"css": ".base"}]},
    "hosts": {"ad": ["g.own.example", "ads.example"]},
}


def _load(folder: Path, *definitions: dict[str, Any]) -> Any:
    for definition in definitions:
        place = folder / definition["name"]
        place.mkdir(parents=True)
        (place / "source.yaml").write_text(yaml.safe_dump(definition, allow_unicode=True), "utf-8")
    return load_sources(folder)


def test_own_entries_stand_before_those_of_the_base(tmp_path: Path) -> None:
    own = _load(tmp_path, _BASE, _OWN)["own"]
    assert [candidate.css for candidate in own.candidates("slot")] == [".own", ".base"]
    assert [candidate.css for candidate in own.candidates("advertiser")] == [".who"]
    assert own.hosts == {"ad": ("g.own.example", "ads.example"), "wrapper": ("click.*",)}
    assert [signature.name for signature in own.signatures][:2] == ["own-block", "base-block"]
    assert (own.trust, own.pacing.delay_s, own.url) == ("low", 5, {"desktop": "{url}"})


def test_what_a_source_says_of_itself_is_not_taken_over(tmp_path: Path) -> None:
    plain = {key: value for key, value in _OWN.items() if key in ("name", "title_zh", "extends")}
    own = _load(tmp_path, _BASE, plain)["own"]
    assert (own.title_zh, own.pages, own.verified_pages, own.verified_on) == ("自己", (), 0, None)


def test_a_folder_of_ones_own_extends_what_ships(tmp_path: Path) -> None:
    own = _load(tmp_path, {**_OWN, "extends": "portal"})["own"]
    assert set(own.hosts["ad"]) > set(load_sources()["portal"].hosts["ad"])


def test_own_pages_are_asked_at_the_sources_pace(tmp_path: Path) -> None:
    sources = _load(tmp_path, _BASE, _OWN)
    hosts = source_hosts(sources[name] for name in ("base", "own"))
    assert {host: source.name for host, source in hosts.items()} == {
        "www.base.example": "base",
        "www.own.example": "own",
        "money.own.example": "own",
    }


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"extends": "nobody"}, "own/source.yaml: extends: there is no source 'nobody'"),
        ({"extends": "own"}, "own/source.yaml: extends: there is no source 'own'"),
        ({"extends": "other"}, "own/source.yaml: extends: other extends a source itself"),
        ({"extends": 3}, "own/source.yaml: extends"),
        (
            {"url": {"desktop": "https://www.own.example/s?q={q}"}},
            "own/source.yaml: pages: only a source whose url",
        ),
        ({"pages": []}, "own/source.yaml: pages"),
        ({"pages": ["ftp://a.example/"]}, "own/source.yaml: pages.0"),
        ({"selectors": {"slot": [{"css": "a["}]}}, "own/source.yaml: selectors.slot.0"),
    ],
)
def test_fault_of_an_extending_source(tmp_path: Path, changes: dict[str, Any], fault: str) -> None:
    other = {"name": "other", "title_zh": "另一个", "extends": "base"}
    with pytest.raises(SourceFaults) as caught:
        _load(tmp_path, _BASE, other, {**_OWN, **changes})
    assert any(line.startswith(fault) for line in caught.value.faults), caught.value.faults
