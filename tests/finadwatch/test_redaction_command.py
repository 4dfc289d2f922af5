"""Personal data on the screen, as JSON and in exports: masked, unless an officer who needs it asks, which the trail keeps."""

import json
from pathlib import Path

import pytest

from findings.model.crawl import Contacts, Landing
from findings.model.vocabulary import Outcome
from findings.query import SearchQuery
from findings.stores import open_store
from tests.support import records as make
from tests.support.inprocess import Office

PHONE, FIRM = "13800138000", "400-820-8820"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.yaml").write_text('lang: en\nredaction: {unmasked: ["钱"]}\n', "utf-8")
    url = f"sqlite:///{home / 'finadwatch.db'}"
    landing = Landing(
        url="https://licai.example/join",
        outcome=Outcome.OK,
        text=f"联系人：张三丰 {PHONE}",
        contacts=Contacts(phones=(PHONE, FIRM), wechat=("licai_zhang",)),
    )
    with open_store(url) as store:
        store.create()
        store.write(
            make.bundle(make.ad(f"保本保息，电话{PHONE}，热线{FIRM}", make.finding(), landing=landing))
        )
    return Office(home, url)


def calls(office: Office, tmp_path: Path) -> dict[str, tuple[str, ...]]:
    return {
        "search": ("search", "保本"),
        "search-json": ("search", "保本", "--json"),
        "cases": ("cases", "list"),
        "cases-json": ("cases", "list", "--json"),
        "jsonl": ("search", "保本", "--export", str(tmp_path / "out.jsonl")),
        "csv": ("search", "保本", "--export", str(tmp_path / "out.csv")),
    }


NAMES = ["search", "search-json", "cases", "cases-json", "jsonl", "csv"]


def said(office: Office, tmp_path: Path, name: str, *more: str, by: str | None = None) -> str:
    ran = office(*calls(office, tmp_path)[name], *more, by=by)
    assert ran.code == 0, ran.err
    file = tmp_path / f"out.{name}"
    return ran.out + (file.read_text("utf-8") if file.exists() else "")


@pytest.mark.parametrize("name", NAMES)
def test_personal_data_is_masked(office: Office, tmp_path: Path, name: str) -> None:
    told = said(office, tmp_path, name)
    assert "保本" in told
    for personal in (PHONE, "张三丰", "licai_zhang"):
        assert personal not in told
    if name.endswith(("json", "jsonl", "csv")):
        assert FIRM in told


@pytest.mark.parametrize("name", NAMES)
def test_who_needs_it_sees_it_and_the_trail_says_so(office: Office, tmp_path: Path, name: str) -> None:
    told = said(office, tmp_path, name, "--unmasked", by="钱")
    if name not in ("cases", "search"):
        assert PHONE in told
    (entry,) = office("audit", "log", "--json").values
    assert (entry["draft"]["actor"], entry["draft"]["action"]) == ("钱", "unmasked")
    assert office("audit", "verify", "--cases").code == 0


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_sees_it(office: Office, tmp_path: Path, name: str) -> None:
    refused = office(*calls(office, tmp_path)[name], "--unmasked", by="赵")
    assert refused.code == 2
    assert "redaction.unmasked" in refused.err
    assert refused.out == ""
    assert office("audit", "log", "--json").values == []


def test_a_case_shown_as_json_is_masked(office: Office, tmp_path: Path) -> None:
    (case,) = office("cases", "list", "--json").values
    shown = office("cases", "show", case["id"], "--json")
    assert shown.code == 0, shown.err
    assert json.loads(shown.out)["file"]["id"] == case["id"]


def test_the_store_keeps_what_was_captured(office: Office) -> None:
    with open_store(office.store) as store:
        (ad,) = store.scan(SearchQuery())
    assert PHONE in ad.text
