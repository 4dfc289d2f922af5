"""What officers type: review, undo, the queue, desks, assignment, states, the trail. On both stores."""

import json
import secrets
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from findings.model.vocabulary import Severity
from findings.stores import open_store
from tests.support import records as make
from tests.support.inprocess import Office

KINDS = ["sqlite", pytest.param("elastic", marks=[pytest.mark.elastic, pytest.mark.slow])]
SEEN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """An office whose store holds three leads (a, b, c) and an ad that is none."""
    home = tmp_path / "home"
    home.mkdir()
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'findings.db'}"
    else:
        url = f"{request.getfixturevalue('elasticsearch_url')}?prefix=t{secrets.token_hex(6)}"
    with open_store(url) as store:
        store.create()
        for page, (text, found, host) in enumerate(
            (
                ("保本保息，年化12%，随存随取", [make.finding(score=0.9)], "a"),
                ("不看征信，凭身份证当天放款", [make.finding(6, Severity.MEDIUM, 0.8)], "b"),
                ("内部消息，带你抓住涨停牛股", [make.finding(8, Severity.LOW, 0.7)], "c"),
                ("今日天气晴，适合出行和郊游", [], "d"),
            )
        ):
            ad = make.ad(text, *found, url=f"https://{host}.example/", title=host, first_seen=SEEN)
            store.write(make.bundle(ad, page=page, at=SEEN))
        yield Office(home, url)
        if request.param == "elastic":
            _drop(store.url)


def _drop(url: str) -> None:
    from elasticsearch import Elasticsearch

    server, _, prefix = url.partition("?prefix=")
    with Elasticsearch(server) as client:
        for name in client.indices.get(index=f"{prefix}-*"):
            client.indices.delete(index=name)


def configure(office: Office, text: str) -> None:
    (office.home / "config.yaml").write_text(text, "utf-8")


def leads(office: Office) -> list[str]:
    """The ids of a, b and c, as the queue has them."""
    files = office("cases", "queue", "--json").values[0]["files"]
    assert [file["facts"]["title"] for file in files] == ["a", "b", "c"]
    return [file["id"] for file in files]


def state(office: Office, case_id: str) -> str:
    shown = office("cases", case_id, "--json").values[0]["state"]
    assert isinstance(shown, str)
    return shown


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


def test_the_queue_shows_why_whose_and_by_when(office: Office) -> None:
    configure(office, "review: {districts: [静安区, 浦东新区]}\n")
    a, b, c = leads(office)
    told = office("cases", "queue", "--why").out
    assert "共 3 件" in told
    assert "优先级 " in told
    assert "个工作日" in told
    assert office("cases", "assign", b, "--to-district", "虚城区").code == 2
    assert office("cases", "assign", b, "--to", "沈一", "--to-district", "静安区").code == 0
    by_district = office("cases", "queue", "--district", "静安区", "--json").values[0]
    assert [file["id"] for file in by_district["files"]] == [b]
    assert [f["id"] for f in office("cases", "queue", "--mine", "--json", by="沈一").values[0]["files"]] == [
        b
    ]
    assert office("cases", "queue", "--due", "2020-01-01", "--json").values[0]["total"] == 0
    first = office("cases", "queue", "--limit", "2", "--json").values[0]
    rest = office("cases", "queue", "--limit", "2", "--cursor", first["next_cursor"], "--json").values[0]
    assert [file["id"] for file in (*first["files"], *rest["files"])] == [a, b, c]
    assert rest["next_cursor"] is None


def test_the_next_case_is_taken_and_given_back(office: Office) -> None:
    a, b, _ = leads(office)
    assert office("cases", "take", "--json", by="沈一").values[0]["file"]["id"] == a
    assert office("cases", "take", "--json", by="陆二").values[0]["file"]["id"] == b
    assert [file["id"] for file in office("cases", "queue", "--json").values[0]["files"]] not in ([a], [b])
    on_desk = office("cases", "queue", "--desk", "--json", by="沈一").values[0]["files"]
    assert [file["id"] for file in on_desk] == [a]
    assert office("cases", "return", a, by="陆二").code == 1
    assert office("cases", "return", a, by="沈一").code == 0
    taken = office("cases", "take", by="顾三")
    assert taken.out.startswith(f"✓ {a}")
    assert "保本" in taken.out
    assert office("cases", "take", by="程四").code == 0
    assert office("cases", "take", by="何五").out == "队列中没有可领取的案件\n"


def test_a_case_from_confirmed_to_closed_and_open_again(office: Office) -> None:
    a, b, _ = leads(office)
    early = office("cases", "state", a, "handed_over", "--note", "批次 2026-0001")
    assert (early.code, "不能移送" in early.out) == (1, True)
    office("review", a, "--verdict", "confirm", "--note", "承诺保本", by="沈一")
    for target in ("handed_over", "closed", "open"):
        assert office("cases", "state", a, target, "--note", "依函办理", by="沈一").code == 0
    assert state(office, a) == "open"
    later = office("cases", "extend", b, "--note", "案情复杂，程局批准", "--json", by="沈一").values[0][
        "file"
    ]
    assert later["extended"] is True
    assert office("cases", "extend", b, "--note", "仍复杂", by="沈一").code == 1
    office("cases", "assign", b, "--to", "顾三", "--to-district", "静安区")
    office("cases", "take", b, by="顾三")
    shown = office("cases", "show", b).out
    for words in ("承办 静安区  顾三", "顾三 领取至", "行政处罚程序规定》第18条，凭记忆，待核", "已延期一次"):
        assert words in shown


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


def test_the_trail_is_verified_and_a_head_can_be_noted(office: Office) -> None:
    a, b, _ = leads(office)
    assert office("audit", "verify").out == "0 条，链完整\n"
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


def test_a_batch_hands_over_what_is_confirmed_and_leaves_out_what_is_excluded(office: Office) -> None:
    a, b, c = leads(office)
    every = ("takedown", "new", "--severity", "high", "--severity", "medium", "--severity", "low", "--json")
    office("review", a, "--verdict", "confirm", "--note", "承诺保本", by="沈一")
    office("review", b, "--verdict", "exclude", "--note", "系新闻", by="沈一")
    first = office(*every, by="陆二")
    assert first.values[0]["cases"] == 2
    assert "已确认的 1 件转为移送；其余 1 件" in first.err
    assert [state(office, one) for one in (a, b, c)] == ["handed_over", "excluded", "open"]
    last = office("audit", "log", a, "--json").values[-1]["draft"]
    assert (last["actor"], last["note"]) == ("陆二", f"批次 {first.values[0]['number']}，市通信管理局")
    again = office(*every, by="陆二")
    assert "其余 2 件" in again.err
    assert state(office, a) == "handed_over"
    assert len(office("audit", "log", a, "--json").values) == 2


def test_a_closed_case_that_is_seen_again_has_relapsed(office: Office) -> None:
    a, *_ = leads(office)
    office("review", a, "--verdict", "confirm", "--note", "承诺保本", by="沈一")
    office("cases", "state", a, "closed", "--note", "网站已关闭", by="沈一")
    later = datetime.now(UTC) + timedelta(minutes=5)
    with open_store(office.store) as store:
        ad = make.ad("保本保息，年化12%，随存随取", make.finding(score=0.9), url="https://a.example/", title="a",
                     first_seen=SEEN)  # fmt: skip
        store.write(make.bundle(ad, run="r2", at=SEEN + timedelta(minutes=1)))  # seen before it was closed
        assert state(office, a) == "closed"
        store.write(make.bundle(ad, run="r3", at=later))
    assert state(office, a) == "relapsed"
    (file,) = (f for f in office("cases", "queue", "--json").values[0]["files"] if f["id"] == a)
    assert (file["owed"], file["readings"], file["closed_at"]) == ("relapsed", [], None)
    assert office("audit", "log", a, "--json").values[-1]["draft"]["actor"] == "system"
    assert office("review", "undo", a, by="沈一").code == 1
    assert office("review", a, "--verdict", "confirm", "--note", "仍在投放", by="沈一").code == 0


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
