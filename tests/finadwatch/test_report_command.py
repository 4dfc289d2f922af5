"""finadwatch report: files, JSON, exit codes; its lines run as they are printed."""

import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from findings.model.vocabulary import Outcome
from findings.stores import open_store
from tests.support.inprocess import Office
from tests.support.reports import CLEAR, ad, captured, fill

DAYS = ("--from", "2026-11-13", "--to", "2026-11-22")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    (folder / "config.yaml").write_text(
        "review: {districts: [浦东新区]}\nreport: {console: 'https://console.example'}\n"
    )
    url = f"sqlite:///{folder / 'findings.db'}"
    with open_store(url) as store:
        store.create()
        fill(store)
        store.write(
            captured(80, "baidu", 14, Outcome.OK, ad("引", (4, CLEAR), day=14, firm="星'河\" $(x) 财富"))
        )
    return Office(folder, url)


def commands(value: Any) -> list[tuple[str, int]]:
    """The commands of a report's JSON and the numbers they stand beside."""
    if isinstance(value, dict):
        if value.keys() == {"value", "command"}:
            return [(value["command"], value["value"])]
        value = list(value.values())
    return [one for part in value for one in commands(part)] if isinstance(value, list) else []


@pytest.mark.slow
def test_every_command_of_a_report_runs_and_finds_its_number(office: Office) -> None:
    (told,) = office("report", *DAYS, "--json").values
    assert told["files"] == []
    lines = dict(commands(told["figures"]))
    for line, value in lines.items():
        words = shlex.split(line)
        if words[1] != "takedown":  # a batch of this test has no papers to show
            (answer,) = office(*words[1:], "--json").values
            assert (line, answer["total"]) == (line, value)
    assert sum("$(x)" in line for line in lines) == 1


@pytest.mark.slow
def test_files_are_written_whole_and_lead_to_the_console(office: Office, tmp_path: Path) -> None:
    ran = office("report", *DAYS, "--kind", "special", "--category", "2", "-o", str(tmp_path / "报告"))
    assert ran.code == 0, ran.err
    names = [f"监测专报_类别2_2026-11-13_2026-11-22.{end}" for end in ("docx", "html", "json")]
    assert sorted(file.name for file in (tmp_path / "报告").iterdir()) == names
    assert ran.out.splitlines()[0] == "新发现广告 6 条，涉嫌线索 3 条（覆盖率：10 个任务中 5 个读到页面）"
    assert 'href="https://console.example/search?q=since' in (tmp_path / "报告" / names[1]).read_text("utf-8")


TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()
REFUSED = [
    ("nowhere-to-write", DAYS, "-o"),
    ("a-day-to-come", ("--from", "2026-11-13", "--to", TOMORROW, "--json"), "尚未到"),
    ("special-of-nothing", (*DAYS, "--kind", "special", "--json"), "--category"),
    ("a-person", (*DAYS, "--kind", "special", "--advertiser", "张伟", "--json"), "自然人"),
    ("no-province", (*DAYS, "--district", "火星", "--json"), "上海"),
    ("a-script-as-console", (*DAYS, "--console", "javascript:alert(1)", "--json"), "http"),
]


@pytest.mark.parametrize(("words", "said"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_wrong_use_is_refused(office: Office, words: tuple[str, ...], said: str) -> None:
    ran = office("report", *words)
    assert ran.code == 2
    assert said in ran.err
