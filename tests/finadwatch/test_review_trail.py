"""The trail as officers check it: verified, altered, compared with the cases. On both stores."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from findings.stores import open_store
from tests.support import records as make
from tests.support.deskwork import KINDS, deskwork, leads
from tests.support.inprocess import Office


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    yield from deskwork(request, tmp_path)


def test_the_trail_is_verified_and_a_head_can_be_noted(office: Office) -> None:
    a, b, _ = leads(office)
    assert office("audit", "verify").out == "日志为空\n"
    office("review", a, "--verdict", "confirm", "--note", "承诺保本", by="沈一")
    head = office("audit", "verify", "--json").values[0]["head"]
    office("review", b, "--verdict", "unsure", "--note", "看不清", by="沈一")
    assert office("audit", "verify", "--head", head).code == 0
    other = head.split(":")[0] + ":" + "0" * 64
    changed = office("audit", "verify", "--head", other, "--json")
    assert changed.code == 1
    assert changed.values[0]["fault"]["kind"] == "other_head"
    beyond = office("audit", "verify", "--head", "9:" + "0" * 64)
    assert (beyond.code, "第 9 条不存在" in beyond.out) == (1, True)
    assert [entry["number"] for entry in office("audit", "log", "--after", "1", "--json").values] == [2]
    assert len(office("audit", "log", "--limit", "1", "--json").values) == 1


def test_a_trail_changed_in_the_file_is_found(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    file = tmp_path / "findings.db"
    office = Office(home, f"sqlite:///{file}")
    with open_store(office.store) as store:
        store.create()
        for page in range(3):
            store.write(make.bundle(make.ad(f"保本{'甲乙丙'[page] * 9}", make.finding(), url=f"https://p{page}.example"),
                                    page=page))  # fmt: skip
    ids = [file["id"] for file in office("cases", "queue", "--json").values[0]["files"]]
    office("review", *ids, "--verdict", "confirm", "--note", "承诺保本", by="沈一")
    assert office("audit", "verify").code == 0
    with sqlite3.connect(file) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert "audit" in tables
        (record,) = connection.execute("SELECT record FROM audit WHERE number = 2").fetchone()
        forged = bytes(record).replace("承诺保本".encode(), "不算保本".encode())
        assert forged != bytes(record)
        connection.execute("UPDATE audit SET record = ? WHERE number = 2", (forged,))
    connection.close()
    changed = office("audit", "verify")
    assert changed.code == 1
    assert "第 2 条写入后被改动" in changed.out


def test_cases_stand_as_the_trail_left_them(office: Office) -> None:
    a, b, c = leads(office)
    assert office("audit", "verify", "--cases").code == 0
    office("review", a, "--verdict", "confirm", "--note", "承诺保本", by="沈一")
    office("review", b, "--verdict", "exclude", "--note", "系新闻", by="沈一")
    office("review", "undo", b, by="沈一")
    office("cases", "take", c, by="陆二")
    office("cases", "merge", a, c, "--note", "同一主体", by="陆二")
    whole = office("audit", "verify", "--cases")
    assert (whole.code, whole.out.endswith("各案件现状与日志一致\n")) == (0, True)
    office("cases", "undo", a, by="陆二")
    assert office("audit", "verify", "--cases", "--json").values[0]["cases"] == []


def test_a_case_changed_in_the_database_is_named(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    office = Office(home, f"sqlite:///{tmp_path / 'findings.db'}")
    with open_store(office.store) as store:
        store.create()
        for page in range(3):
            text = f"保本{'甲乙丙'[page] * 9}"
            store.write(make.bundle(make.ad(text, make.finding(), url=f"https://p{page}.example"), page=page))
    a, b, _ = (file["id"] for file in office("cases", "queue", "--json").values[0]["files"])
    office("review", a, "--verdict", "confirm", "--note", "承诺保本", by="沈一")
    with sqlite3.connect(tmp_path / "findings.db") as connection:
        for case_id, was in ((a, "confirmed"), (b, "open")):
            (record,) = connection.execute(
                "SELECT record FROM case_files WHERE id = ?", (case_id,)
            ).fetchone()
            forged = bytes(record).replace(f'"state":"{was}"'.encode(), b'"state":"excluded"')
            assert forged != bytes(record)
            connection.execute(
                "UPDATE case_files SET record = ?, state = 'excluded' WHERE id = ?", (forged, case_id)
            )
    connection.close()
    assert office("audit", "verify").code == 0
    told = office("audit", "verify", "--cases", "--json")
    assert told.code == 1
    assert {one["case_id"] for one in told.values[0]["cases"]} == {a, b}
    assert "日志所载为“确认”" in office("audit", "verify", "--cases").out


def test_a_case_that_the_store_lists_under_another_state_is_named(tmp_path: Path) -> None:
    office = _one_read_case(tmp_path, "UPDATE case_files SET state = 'open'")
    told = office("audit", "verify", "--cases")
    assert (told.code, "档案为“确认”，存储却按“待核”列出" in told.out) == (1, True), told.out


@pytest.mark.parametrize(
    ("forged", "said"),
    [
        ("UPDATE audit SET record = x'ff' WHERE number = 1", "entry 1 of the trail can't be read"),
        ("UPDATE case_files SET record = x'ff'", "restore it from a backup"),
    ],
)
def test_what_somebody_wrote_over_is_one_sentence(tmp_path: Path, forged: str, said: str) -> None:
    office = _one_read_case(tmp_path, forged)
    ran = office("--lang", "en", "audit", "verify", "--cases")
    assert (ran.code, said in ran.err, ran.err.count("\n")) == (1, True, 1), ran.err


def test_an_entry_under_a_forged_number_is_listed_once(tmp_path: Path) -> None:
    office = _one_read_case(tmp_path, "UPDATE audit SET number = 7 WHERE number = 1")
    assert len(office("audit", "log", "--json").values) == 1


def _one_read_case(tmp_path: Path, forged: str) -> Office:
    """An office with one case, read once, in whose file somebody wrote then."""
    (tmp_path / "home").mkdir()
    office = Office(tmp_path / "home", f"sqlite:///{tmp_path / 'findings.db'}")
    with open_store(office.store) as store:
        store.create()
        store.write(make.bundle(make.ad("保本保息", make.finding())))
    (file,) = office("cases", "queue", "--json").values[0]["files"]
    assert office("review", file["id"], "--verdict", "confirm", "--note", "承诺保本", by="沈一").code == 0
    with sqlite3.connect(tmp_path / "findings.db") as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(forged)
    connection.close()
    return office
