"""Personal data on the screen, as JSON and in exports: masked, unless an officer who needs it asks, which the trail keeps."""

import json
from pathlib import Path

import pytest

from findings.model.crawl import Contacts, Landing
from findings.model.records import Run
from findings.model.vocabulary import Outcome
from findings.outbox.box import Outbox
from findings.query import SearchQuery
from findings.stores import open_store
from tests.support import records as make
from tests.support.inprocess import Office

PHONE, FIRM = "13800138000", "400-820-8820"
PERSONAL = (PHONE, "张三丰", "licai_zhang", "13900139000")
REFUSED = make.task(page=9).id


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A case whose words, headline, page, advertiser and reading hold personal data, and such a dead letter."""
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
    ad = make.ad(
        f"保本保息，电话{PHONE}，热线{FIRM}",
        make.finding(),
        title=f"保本保息 {PHONE}",
        landing=landing,
        advertiser_shown=f"联系人：张三丰 {PHONE}",
        keyword=f"理财 {PHONE}",
    )
    with open_store(url) as store:
        store.create()
        store.put_run(Run(id="r1", plan=f"人工录入 https://licai.example/?tel={PHONE}", started_at=make.NOON))
        store.write(make.bundle(ad))
    with Outbox(home / "outbox" / "outbox.db", 10) as outbox:
        outbox.put(url, make.bundle(ad, page=9))
        (letter,) = outbox.batch(url)
        outbox.bury(url, letter, f"field [title] of value '{PHONE}' is refused")
    office = Office(home, url)
    read = office("review", ad.case_id, "--verdict", "confirm", "--note", "已致电张经理13900139000", by="钱")
    assert read.code == 0, read.err
    assert "13900139000" not in read.out
    return office


def calls(office: Office, tmp_path: Path) -> dict[str, tuple[str, ...]]:
    with open_store(office.store) as store:
        (ad,) = store.scan(SearchQuery())
    return {
        "search": ("search", "保本"),
        "search-json": ("search", "保本", "--json", "--facet", "keyword"),
        "facets": ("search", "保本", "--facet", "keyword"),
        "cases": ("cases", "list"),
        "cases-json": ("cases", "list", "--json"),
        "queue": ("cases", "queue", "--state", "confirmed"),
        "queue-json": ("cases", "queue", "--state", "confirmed", "--json"),
        "show": ("cases", "show", ad.case_id),
        "show-json": ("cases", "show", ad.case_id, "--json"),
        "log": ("audit", "log"),
        "log-json": ("audit", "log", "--json"),
        "dead": ("outbox", "dead"),
        "dead-json": ("outbox", "dead", REFUSED),
        "jsonl": ("search", "保本", "--export", str(tmp_path / "out.jsonl")),
        "csv": ("search", "保本", "--export", str(tmp_path / "out.csv")),
    }


NAMES = [
    "search",
    "search-json",
    "facets",
    "cases",
    "cases-json",
    "queue",
    "queue-json",
    "show",
    "show-json",
    "log",
    "log-json",
    "dead",
    "dead-json",
    "jsonl",
    "csv",
]
#: What shows captured text and has nobody who may see more: (words, exit code).
ALWAYS_MASKED = [
    (("runs",), 0),
    (("runs", "--json"), 0),
    (("outbox", "status", "--json"), 0),
    (("cases", "take", "--state", "confirmed"), 0),
    (("cases", "take", "--state", "confirmed", "--json"), 0),
    (("cases", "assign", "--state", "confirmed", "--to", "沈一", "--json"), 0),
    (("review", "undo", "CASE"), 0),
    (("review", "undo", "CASE", "--json"), 0),
    (("search", f"保本 {PHONE} AND"), 2),
    (("cases", "show", PHONE), 2),
    (("search", "save", "电话", PHONE), 0),
]


def said(office: Office, tmp_path: Path, name: str, *more: str, by: str | None = None) -> str:
    ran = office(*calls(office, tmp_path)[name], *more, by=by)
    assert ran.code == 0, ran.err
    file = tmp_path / f"out.{name}"
    return ran.out + (file.read_text("utf-8") if file.exists() else "")


@pytest.mark.parametrize("name", NAMES)
def test_personal_data_is_masked(office: Office, tmp_path: Path, name: str) -> None:
    told = said(office, tmp_path, name)
    assert told
    for personal in PERSONAL:
        assert personal not in told
    if name in ("search-json", "cases-json", "jsonl", "csv", "dead-json"):
        assert FIRM in told


@pytest.mark.parametrize(("words", "code"), ALWAYS_MASKED, ids=[" ".join(row[0]) for row in ALWAYS_MASKED])
def test_nothing_else_tells_it_either(office: Office, words: tuple[str, ...], code: int) -> None:
    with open_store(office.store) as store:
        (ad,) = store.scan(SearchQuery())
    by = None if words[0] in ("runs", "outbox") or words[:2] == ("cases", "show") else "钱"
    ran = office(*(ad.case_id if word == "CASE" else word for word in words), by=by)
    assert ran.code == code, ran.err
    assert ran.out or ran.err
    for personal in PERSONAL:
        assert personal not in ran.out + ran.err


@pytest.mark.parametrize("name", NAMES)
def test_who_needs_it_sees_it_and_the_trail_says_so(office: Office, tmp_path: Path, name: str) -> None:
    told = said(office, tmp_path, name, "--unmasked", by="钱")
    assert any(personal in told for personal in PERSONAL)
    entry = office("audit", "log", "--json").values[-1]
    assert (entry["draft"]["actor"], entry["draft"]["action"]) == ("钱", "unmasked")
    assert office("audit", "verify", "--cases").code == 0


@pytest.mark.parametrize("name", NAMES)
def test_nobody_else_sees_it(office: Office, tmp_path: Path, name: str) -> None:
    refused = office(*calls(office, tmp_path)[name], "--unmasked", by="赵")
    assert refused.code == 2
    assert "redaction.unmasked" in refused.err
    assert refused.out == ""
    assert [value["draft"]["action"] for value in office("audit", "log", "--json").values] == ["read"]


def test_the_trail_is_printed_as_it_was_written_for_who_may_check_its_digests(office: Office) -> None:
    from findings.model.casework import AuditEntry
    from findings.review.chain import verify

    def entries(*more: str) -> list[AuditEntry]:
        import msgspec

        return [
            msgspec.convert(value, AuditEntry)
            for value in office("audit", "log", "--json", *more, by="钱").values
        ]

    assert verify(entries("--unmasked")).sound
    assert not verify(entries()).sound


def test_officers_and_ids_are_never_masked(office: Office) -> None:
    shown = json.loads(office("cases", "queue", "--state", "confirmed", "--json").out)
    (file,) = shown["files"]
    assert [reading["by"] for reading in file["readings"]] == ["钱"]
    assert office("cases", "show", file["id"]).code == 0


def test_the_store_keeps_what_was_captured(office: Office) -> None:
    with open_store(office.store) as store:
        (ad,) = store.scan(SearchQuery())
    assert PHONE in ad.text
