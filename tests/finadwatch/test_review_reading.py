"""What officers type when they read cases: review, conditions, two readers, undo. On both stores."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from findings.stores import open_store
from tests.support import records as make
from tests.support.deskwork import KINDS, SEEN, configure, deskwork, leads, state
from tests.support.inprocess import Office


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    yield from deskwork(request, tmp_path)


def test_one_case_is_read_and_taken_back(office: Office) -> None:
    a, *_ = leads(office)
    done = office("review", a, "--verdict", "confirm", "--note", "页面承诺保本保息", by="沈一")
    assert (done.code, done.out.startswith(f"✓ {a}  确认")) == (0, True)
    assert state(office, a) == "confirmed"
    again = office("review", a, "--verdict", "exclude", "--note", "再看", by="陆二")
    assert again.code == 1
    assert "状态为“确认”，不能核查" in again.out
    undone = office("review", "undo", a, "--json", by="沈一").values[0]
    assert (undone["result"], undone["file"]["state"], undone["file"]["readings"]) == ("done", "open", [])
    log = office("audit", "log", a, "--json").values
    assert [(entry["draft"]["actor"], entry["draft"]["action"]) for entry in log] == [
        ("沈一", "read"),
        ("沈一", "undone"),
    ]
    assert "待核 → 确认" in office("audit", "log").out


def test_two_readers_where_the_office_asks_for_them(office: Office) -> None:
    configure(office, "review: {second_reader: {categories: [2]}, heads: [程局]}\n")
    a, b, _ = leads(office)
    first = office("review", a, "--verdict", "confirm", "--note", "承诺保本", by="沈一")
    assert (first.code, "待另一名人员复核" in first.out) == (0, True)
    same = office("review", a, "--verdict", "confirm", "--note", "再看", by="沈一")
    assert (same.code, "须由另一名人员复核" in same.out) == (1, True)
    second = office("review", a, "--verdict", "exclude", "--note", "系新闻", "--json", by="陆二").values[0]
    assert second["file"]["state"] == "unsure"
    assert [(one["by"], one["verdict"]) for one in second["file"]["readings"]] == [
        ("沈一", "confirm"),
        ("陆二", "exclude"),
    ]
    assert office("review", b, "--verdict", "confirm", "--note", "无牌放贷", by="沈一").code == 0
    assert state(office, b) == "confirmed"
    refused = office("review", "undo", b, by="陆二")
    assert (refused.code, "须由本人或负责人撤销" in refused.out) == (1, True)
    assert office("review", "undo", b, by="程局").code == 0


def test_two_readers_where_the_plan_asks_for_them(office: Office) -> None:
    a, *_ = leads(office)
    with open_store(office.store) as store:
        store.put_plan("r1", '{"title": "每日监测", "sources": [], "second_reader": true}')
    office("review", a, "--verdict", "confirm", "--note", "承诺保本", by="沈一")
    assert state(office, a) == "open"
    office("review", a, "--verdict", "confirm", "--note", "同意", by="陆二")
    assert state(office, a) == "confirmed"


def test_many_at_once_each_with_its_own_outcome_and_all_taken_back(office: Office) -> None:
    a, b, c = leads(office)
    assert office("cases", "take", b, by="陆二").code == 0
    done = office(
        "review", a, b, "c1-none", c, "--verdict", "exclude", "--note", "均为新闻", "--json", by="沈一"
    )
    assert done.code == 1
    assert [one["result"] for one in done.values] == ["done", "refused", "refused", "done"]
    assert done.values[1]["reason"].startswith("已由陆二领取")
    bulk = done.values[0]["bulk"]
    assert office("cases", "queue", "--json").values[0]["total"] == 0
    back = office("review", "undo", "--bulk", bulk, by="沈一")
    assert back.code == 0
    assert "完成 2 件，冲突 0 件，未办 0 件" in back.out
    assert [state(office, one) for one in (a, c)] == ["open", "open"]


def test_ids_come_from_conditions_or_from_other_commands(office: Office) -> None:
    a, b, c = leads(office)
    by_query = office("cases", "assign", "--category", "6", "--to", "顾三", "--json", by="沈一").values
    assert [one["case_id"] for one in by_query] == [b]
    unread = office(
        "review", "--category", "2", "--verdict", "confirm", "--note", "承诺保本", "--json", by="沈一"
    )
    assert [one["case_id"] for one in unread.values] == [a]
    again = office(
        "review", "--category", "2", "--verdict", "confirm", "--note", "承诺保本", "--json", by="沈一"
    )
    assert (again.code, again.out) == (0, "")  # read already
    office("review", "undo", a, by="沈一")
    piped = office("cases", "queue", "--assignee", "顾三", "--json").out
    read = office(
        "review", "-", "--verdict", "confirm", "--note", "无牌放贷", "--json", by="沈一", stdin=piped
    )
    assert [one["case_id"] for one in read.values] == [b]
    found = office("search", "牛股", "--json").out
    read = office("review", "-", "--verdict", "unsure", "--note", "待查", "--json", by="沈一", stdin=found)
    assert [one["case_id"] for one in read.values] == [c]
    lines = office("cases", "list", "--category", "2", "--json").out
    read = office(
        "review", "-", "--verdict", "unsure", "--note", "待查", "--json", by="沈一", stdin=f"{lines}\n{a}\n"
    )
    assert [one["case_id"] for one in read.values] == [a]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("review", "--verdict", "confirm", "--note", "x"), "请给出案件编号"),
        (("review", "c1-1", "--category", "2", "--verdict", "confirm", "--note", "x"), "只能给一种"),
        (("review", "c1-1", "--verdict", "maybe", "--note", "x"), "不是 confirm、exclude、unsure 之一"),
        (("review", "c1-1", "--verdict", "confirm"), "--note"),
        (("review", "c1-1", "--verdict", "confirm", "--note", " "), "没有编号"),
        (
            ("review", "c1-1", "--verdict", "exclude", "--until", "9999-12-31", "--note", "x"),
            "超出日历范围",
        ),
        (("review", "c1-none", "--verdict", "confirm", "--note", "x"), "没有编号为 c1-none"),
        (("review", "undo", "--bulk", "none"), "没有 none"),
        (("review", "undo", "c1-1", "--bulk", "b"), "只能给一种"),
        (("cases", "assign", "c1-1"), "--to"),
        (("cases", "state", "c1-1", "confirmed", "--note", "x"), "handed_over、closed、open"),
        (("cases", "take", "c1-1", "--minutes", "481"), "1 至 480"),
        (("cases", "queue", "--due", "soon"), "不是日期"),
        (("cases", "queue", "--as", "system"), "不能作为名称"),
        (("audit", "verify", "--head", "3"), "编号:64 位"),
    ],
)
def test_wrong_use_is_one_sentence(office: Office, words: tuple[str, ...], said: str) -> None:
    ran = office(*words)
    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize(
    "line", ["{", "{}", '{"id": 3}', '{"files": [3]}', '{"hits": [{"ad": 1}]}', "{" * 9000]
)
def test_rubbish_on_standard_input_is_told(office: Office, line: str) -> None:
    ran = office("review", "-", "--verdict", "unsure", "--note", "x", stdin=line)
    assert ran.code == 2
    assert "标准输入第 1 行" in ran.err


def test_an_exclusion_keeps_what_it_rests_on(office: Office) -> None:
    a, *_ = leads(office)
    until = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    done = office(
        "review", a, "--verdict", "exclude", "--until", until, "--note", "风险提示齐全", "--json", by="沈一"
    )
    exclusion = done.values[0]["file"]["exclusion"]
    assert (exclusion["by"], exclusion["reason"], exclusion["ruleset"]) == (
        "沈一",
        "风险提示齐全",
        "2026.11.1",
    )
    assert len(exclusion["fingerprints"]) == 1
    assert "排除至 " in office("cases", "show", a).out
    assert exclusion["until"].startswith(until + "T16:00")  # the day ends at midnight in China
    with open_store(office.store) as store:
        ad = make.ad("保本保息，年化12%，随存随取", make.finding(score=0.9), url="https://a.example/", title="a",
                     first_seen=SEEN)  # fmt: skip
        store.write(make.bundle(ad, run="r2", at=SEEN + timedelta(minutes=30)))
        assert state(office, a) == "excluded"
        newer = replace(ad, judged_at=SEEN + timedelta(minutes=40),
                        judgement=replace(ad.judgement, ruleset="2026.12.1"))  # fmt: skip
        store.write(make.bundle(newer, run="r3", at=SEEN + timedelta(minutes=40)))
    assert state(office, a) == "open"
    assert "恢复待核" in office("audit", "log", a).out
    wrong = office("review", a, "--verdict", "confirm", "--until", until, "--note", "x")
    assert (wrong.code, "到期日只用于排除" in wrong.err) == (2, True)


def test_who_looked_at_an_older_version_gets_both(office: Office) -> None:
    a, b, _ = leads(office)
    assert (
        office("review", a, "--verdict", "unsure", "--note", "看不清", "--version", "1", by="沈一").code == 0
    )
    late = office("review", a, "--verdict", "exclude", "--note", "系新闻", "--version", "1", by="陆二")
    assert late.code == 1
    assert "冲突" in late.out
    assert "现为第 2 版: 存疑" in late.out
    assert "沈一 存疑：看不清" in late.out
    assert "您要改为: 排除" in late.out
    assert "陆二 排除：系新闻" in late.out
    assert office("review", a, b, "--verdict", "unsure", "--note", "x", "--version", "1").code == 2


@pytest.mark.slow
def test_two_processes_that_read_one_case_at_once(office: Office) -> None:
    """Each has seen version 1: one is first, the other is told so, and the trail is whole."""
    a, *_ = leads(office)
    env = {"FINADWATCH_HOME": str(office.home), "FINADWATCH_STORE": office.store, "PATH": ""}
    readers = [
        subprocess.Popen(
            [sys.executable, "-m", "finadwatch", "review", a, "--verdict", verdict, "--note", f"意见{n}",
             "--version", "1", "--as", f"officer{n}", "--json"],
            stdout=subprocess.PIPE, text=True, env=env, cwd=Path(__file__).parents[2],
        )
        for n, verdict in enumerate(("confirm", "exclude", "unsure"))
    ]  # fmt: skip
    told = [json.loads(reader.communicate(timeout=200)[0]) for reader in readers]
    assert Counter(one["result"] for one in told) == {"done": 1, "conflict": 2}
    first = next(one for one in told if one["result"] == "done")["file"]
    assert all(one["file"]["state"] == first["state"] for one in told)
    assert sorted(reader.returncode for reader in readers) == [0, 1, 1]
    assert office("audit", "verify", "--json").values[0]["entries"] == 1
