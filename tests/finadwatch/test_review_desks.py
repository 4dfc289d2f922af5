"""What officers type to get on with cases: the queue, desks, states, batches. On both stores."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from findings.stores import open_store
from tests.support import records as make
from tests.support.deskwork import KINDS, SEEN, configure, deskwork, leads, state
from tests.support.inprocess import Office, Ran


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    yield from deskwork(request, tmp_path)


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


def test_a_batch_hands_over_what_is_confirmed_and_leaves_out_what_is_excluded(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFFICE", "no-such-program")
    a, b, c = leads(office)
    office("review", a, "--verdict", "confirm", "--note", "承诺保本", by="沈一")
    office("review", b, "--verdict", "exclude", "--note", "系新闻", by="沈一")

    def sent() -> Ran:
        every = ("--severity", "high", "--severity", "medium", "--severity", "low")
        drafted = office("takedown", "new", *every, "--json", by="陆二").values[0]
        assert drafted["case_ids"] == [a, c]
        assert office("takedown", "approve", drafted["id"], by="钱三").code == 0
        office("takedown", "seal", drafted["id"], by="陆二")
        return office("takedown", "send", drafted["id"], "--way", "机要交换", "--json", by="陆二")

    first = sent()
    assert "已确认的 1 件转为移送；其余 1 件" in first.err
    assert [state(office, one) for one in (a, b, c)] == ["handed_over", "excluded", "open"]
    last = office("audit", "log", a, "--json").values[-1]["draft"]
    number = first.values[0]["folder_name"]
    assert (last["actor"], last["note"]) == ("陆二", f"批次 {number}，上海市通信管理局")
    assert "其余 2 件" in sent().err
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
