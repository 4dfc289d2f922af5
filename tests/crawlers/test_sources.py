"""Source definitions: what ships is sound, what is broken is named, addresses are right."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pacing.slots import source_hosts
from crawlers.parse import parse_page
from crawlers.sources import Fetch, Kind, SourceFaults, load_sources, task_url
from findings.model.errors import UsageError
from findings.model.vocabulary import Channel, Device, Outcome

SOURCES = load_sources()


def test_the_first_four_sources_are_there() -> None:
    assert set(SOURCES) >= {"watchlist", "baidu", "portal", "apple"}
    assert SOURCES["baidu"].kind is Kind.SEARCH
    assert SOURCES["baidu"].channel is Channel.SEARCH
    assert SOURCES["apple"].fetch is Fetch.HTTP


def test_pacing_is_as_polite_as_measured() -> None:
    # At 4 s a query Baidu showed a captcha on the fifth, at 15 s never; Apple allows 20 a minute.
    assert SOURCES["baidu"].pacing.delay_s >= 15
    assert SOURCES["apple"].pacing.delay_s >= 3
    assert all(source.pacing.concurrency == 1 for source in SOURCES.values())


def test_live_addresses_are_https() -> None:
    for source in SOURCES.values():
        for template in source.url.values():
            assert template == "{url}" or template.startswith("https://"), source.name


@pytest.mark.parametrize(
    ("source", "keyword", "page", "expected"),
    [
        ("baidu", "理财", 1, "https://www.baidu.com/s?wd=%E7%90%86%E8%B4%A2&pn=0&rn=10"),
        ("baidu", "a&b=c {pn}", 3, "https://www.baidu.com/s?wd=a%26b%3Dc%20%7Bpn%7D&pn=20&rn=10"),
        ("portal", "https://news.example/a?b=1#c", 1, "https://news.example/a?b=1#c"),
        ("watchlist", " http://a.example/ ", 1, "http://a.example/"),
    ],
)
def test_address_of_a_task(source: str, keyword: str, page: int, expected: str) -> None:
    assert task_url(SOURCES[source], keyword, page, Device.DESKTOP) == expected


@given(keyword=st.text(min_size=1).filter(lambda text: text.strip() != ""), page=st.integers(1, 50))
def test_keyword_survives_the_address(keyword: str, page: int) -> None:
    parts = urlsplit(task_url(SOURCES["baidu"], keyword, page, Device.MOBILE))
    query = parse_qs(parts.query, keep_blank_values=True)
    assert parts.hostname == "www.baidu.com"
    assert query["wd"] == [keyword.strip()]
    assert query["pn"] == [str((page - 1) * 10)]


@pytest.mark.parametrize(
    ("source", "keyword", "page", "names"),
    [
        ("baidu", "", 1, "keyword"),
        ("baidu", None, 1, "keyword"),
        ("baidu", "理财", 0, "page"),
        ("portal", "ftp://a.example/", 1, "http"),
        ("watchlist", "file:///etc/passwd", 1, "http"),
        ("watchlist", "http://[::1", 1, "address"),
        ("watchlist", None, 1, "http"),
    ],
)
def test_wrong_request_is_a_usage_error(source: str, keyword: str | None, page: int, names: str) -> None:
    with pytest.raises(UsageError, match=names):
        task_url(SOURCES[source], keyword, page, Device.DESKTOP)


def _write(folder: Path, name: str, **changes: object) -> None:
    text = files("crawlers.sources").joinpath("baidu/source.yaml").read_text("utf-8")
    content = {**yaml.safe_load(text), "name": name, **changes}
    (folder / name).mkdir()
    (folder / name / "source.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")


def test_a_new_folder_is_a_new_source(tmp_path: Path) -> None:
    _write(tmp_path, "other_engine", verified_on=date(2026, 11, 1))
    source = load_sources(tmp_path)["other_engine"]
    assert source.verified_on == date(2026, 11, 1)
    page = parse_page(
        source, '<div id="content_left"><div class="result"><h3><a href="/x">t</a></h3></div></div>'
    )
    assert page.source == "other_engine"
    assert page.outcome is Outcome.OK


def test_what_ships_is_there_beside_an_own_folder(tmp_path: Path) -> None:
    _write(tmp_path, "other_engine")
    assert set(load_sources(tmp_path)) == {*SOURCES, "other_engine"}
    assert load_sources(tmp_path / "never_made") == SOURCES


def test_an_own_source_replaces_none_that_ships(tmp_path: Path) -> None:
    _write(tmp_path, "baidu", pacing={"delay_s": 0})
    with pytest.raises(SourceFaults, match=r"baidu/source\.yaml: name: .*ships"):
        load_sources(tmp_path)


def test_an_own_source_asks_no_shipped_host_faster(tmp_path: Path) -> None:
    _write(tmp_path, "other_engine", url={"desktop": "https://www.baidu.com/s?wd={q}"}, pacing={"delay_s": 0})
    assert source_hosts(load_sources(tmp_path).values())["www.baidu.com"].name == "baidu"


def test_code_in_an_own_folder_is_refused_and_not_run(tmp_path: Path) -> None:
    _write(tmp_path, "own_reader")
    ran = tmp_path / "ran"
    (tmp_path / "own_reader" / "parser.py").write_text(f"open({str(ran)!r}, 'w')", "utf-8")
    with pytest.raises(SourceFaults, match=r"own_reader/source\.yaml: parser\.py: .*never run"):
        load_sources(tmp_path)
    assert not ran.exists()


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    _write(tmp_path, "one", pacing={"delay_s": -1}, colour="red")
    _write(tmp_path, "two", selectors={"title": [{"css": "h3["}], "url": [{"xpath": "//a["}]})
    _write(tmp_path, "three", signatures=[{"outcome": "captcha", "name": "x", "title": "("}])
    _write(tmp_path, "four", url={"desktop": "http://www.engine.example/s?wd={q}"})
    _write(tmp_path, "five", verified_on="soon")
    (tmp_path / "six").mkdir()
    (tmp_path / "six" / "source.yaml").write_text("name: [", "utf-8")
    with pytest.raises(SourceFaults) as caught:
        load_sources(tmp_path)
    faults = caught.value.faults
    for place in (
        "one/source.yaml: pacing.delay_s",
        "one/source.yaml: (root)",
        "two/source.yaml: selectors.title.0",
        "two/source.yaml: selectors.url.0",
        "three/source.yaml: signatures.0.title",
        "four/source.yaml: url.desktop",
        "five/source.yaml",
        "six/source.yaml",
    ):
        assert any(fault.startswith(place) for fault in faults), (place, faults)


def test_name_must_be_the_folders(tmp_path: Path) -> None:
    _write(tmp_path, "one")
    (tmp_path / "one").rename(tmp_path / "uno")
    with pytest.raises(SourceFaults, match="uno"):
        load_sources(tmp_path)


def test_schema_is_valid_json() -> None:
    schema = json.loads(files("crawlers.sources").joinpath("source.schema.json").read_text("utf-8"))
    assert schema["type"] == "object"
