"""Batches by the command line: drafted, looked at, approved, sealed by one of two at once, sent, void."""

import multiprocessing
from pathlib import Path
from typing import Any

import pytest

from findings.model.handover import BatchRecord
from findings.model.vocabulary import LicenceStatus, Severity
from findings.stores import open_store
from handover.batch import Batch, make_batch
from tests.support import records as make
from tests.support.inprocess import Office, Ran

FORK = multiprocessing.get_context("fork")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office without LibreOffice, with three leads on two sites and a clean ad of a listed advertiser."""
    monkeypatch.setenv("SOFFICE", "no-such-program")
    home = tmp_path / "home"
    home.mkdir()
    office = Office(home, f"sqlite:///{home / 'finadwatch.db'}")
    found = (
        ("保本保息，随存随取，联系人：王小明 13800138000", "https://a.example/1", Severity.HIGH),
        ("稳赚不赔，带你发财", "https://b.example/2", Severity.HIGH),
        ("零风险高收益产品", "https://a.example/3", Severity.MEDIUM),
    )
    with open_store(office.store) as store:
        store.create()
        for page, (words, url, severity) in enumerate(found):
            ad = make.ad(words, make.finding(severity=severity, score=0.9 - page / 10), url=url, title=words)
            store.write(make.bundle(ad, page=page))
        judged = make.judgement(licence=LicenceStatus.LISTED_NEGATIVE, notices=(make.notice(),))
        clean = make.ad("开户有礼", url="https://c.example/", title="开户", judgement=judged, source="so360")
        store.write(make.bundle(clean, page=9))
    return office


def drafted(office: Office, *words: str, by: str = "沈一") -> dict[str, Any]:
    ran = office("takedown", "new", *words, "--json", by=by)
    assert ran.code == 0, ran.err
    value: dict[str, Any] = ran.values[0]
    return value


def ready(office: Office, *words: str) -> str:
    """The id of a batch that is approved."""
    name: str = drafted(office, *words)["id"]
    assert office("takedown", "approve", name[:8], by="钱三").code == 0
    return name


def test_a_draft_is_for_the_authority_of_the_place_and_can_be_looked_at(office: Office) -> None:
    batch = drafted(office)
    assert (batch["state"], batch["number"], batch["addressee"]) == ("draft", None, "上海市通信管理局")
    seen = office("takedown", "show", batch["id"][:8], "--json").values[0]
    # The first case of each site, then the further ones; words of persons are masked.
    assert [row["host"] for row in seen["rows"]] == ["c.example", "a.example", "b.example", "a.example"]
    assert seen["listed"] == 3
    assert "13800138000" not in str(seen)
    assert seen["lacking"]["icp_number"] == 4
    assert (seen["evidence_missing"], seen["before"], seen["folder"]) == (4, [], None)
    told = office("takedown", "show", batch["id"]).out
    assert "清单按网站列 3 行" in told
    assert "缺失证据文件 4 个" in told


@pytest.mark.parametrize(
    ("words", "addressee"),
    [
        pytest.param(("--paper", "police"), "上海市公安局", id="police-of-the-place"),
        pytest.param(("--paper", "transfer", "--to", "csrc"), "中国证监会上海监管局", id="kind"),
        pytest.param(("--paper", "stop", "--to", "baidu"), "北京百度网讯科技有限公司", id="publisher"),
        pytest.param(("--paper", "district", "--to", "静安区 市场监管局"), "静安区 市场监管局", id="name"),
    ],
)
def test_whom_a_batch_is_for(office: Office, words: tuple[str, ...], addressee: str) -> None:
    assert drafted(office, *words)["addressee"] == addressee


@pytest.mark.parametrize("paper", ["stop", "transfer", "district"])
def test_where_nobody_is_meant_by_itself_one_has_to_be_named(office: Office, paper: str) -> None:
    ran = office("takedown", "new", "--paper", paper)
    assert (ran.code, "--to" in ran.err) == (2, True)


@pytest.mark.parametrize(("paper", "known"), [("stop", "baidu"), ("transfer", "csrc")])
def test_a_slip_in_an_id_addresses_no_letter(office: Office, paper: str, known: str) -> None:
    ran = office("takedown", "new", "--paper", paper, "--to", "nobodyhere")
    assert (ran.code, known in ran.err, ran.err.count("\n")) == (2, True, 1)
    assert office("takedown", "list", "--json").values == []


def test_clean_ads_of_a_listed_advertiser_can_be_stopped(office: Office) -> None:
    batch = drafted(
        office, "--paper", "stop", "--to", "so360"
    )  # its own source alone: the others are of baidu
    assert '"sources":["so360"' in batch["query"]
    (row,) = office("takedown", "show", batch["id"], "--json").values[0]["rows"]
    assert row["categories"] == []
    assert "停止发布" in row["notices"][0]


def test_drafts_of_the_papers_bear_no_number(office: Office, tmp_path: Path) -> None:
    batch = drafted(office)
    assert office("takedown", "show", batch["id"], "--papers", str(tmp_path / "草稿")).code == 0
    assert {path.name for path in (tmp_path / "草稿").iterdir()} == {
        "函.docx",
        "移送清单.xlsx",
        "移送清单.csv",
        "移送清单.json",
        "回执.xlsx",
    }
    assert "草稿" in (tmp_path / "草稿" / "移送清单.json").read_text("utf-8")
    assert not (office.home / "takedown").exists()


def test_a_case_that_went_out_before_is_said(office: Office) -> None:
    name = ready(office)
    office("takedown", "seal", name, by="沈一")
    assert office("takedown", "send", name, "--way", "电子公文", by="沈一").code == 0
    again = drafted(office, "--paper", "police")
    seen = office("takedown", "show", again["id"], "--json").values[0]
    (before,) = {(one["batch"], one["addressee"]) for one in seen["before"]}
    assert before[0].endswith("〕1号")
    assert before[1] == "上海市通信管理局"
    assert len(seen["before"]) == 4


def test_a_case_that_was_excluded_after_the_approval_stops_the_sealing(office: Office) -> None:
    name = ready(office)
    case = office("takedown", "show", name, "--json").values[0]["case_ids"][1]
    assert office("review", case, "--verdict", "exclude", "--note", "系新闻", by="沈一").code == 0
    assert office("takedown", "show", name, "--json").values[0]["changed"] == [case]
    ran = office("takedown", "seal", name, by="沈一")
    assert (ran.code, case in ran.err) == (1, True)
    assert not (office.home / "takedown").exists()


def test_cases_are_named_by_id_and_what_was_excluded_is_left_out(office: Office) -> None:
    a, b, *_ = drafted(office)["case_ids"]
    assert office("review", b, "--verdict", "exclude", "--note", "系新闻", by="沈一").code == 0
    stdin = f"{a}\n{b}\n{a}\n"
    ran = office("takedown", "new", "--cases", "-", "--json", stdin=stdin, by="沈一")
    assert (ran.values[0]["case_ids"], ran.values[0]["query"], b in ran.err) == ([a], "", True)
    assert office("takedown", "new", "--cases", a, "--category", "2").code == 2


def test_a_void_batch_keeps_its_number_and_its_rows_are_visited_no_more(office: Office) -> None:
    name = ready(office)
    office("takedown", "seal", name, by="沈一")
    office("takedown", "send", name, "--way", "邮寄", by="沈一")
    assert office("takedown", "void", "2026-0001", "--note", "收件机关有误", by="沈一").code == 0
    (listed,) = office("takedown", "list", "--json").values
    assert (listed["state"], listed["number"], listed["ended"]["note"]) == ("void", 1, "收件机关有误")
    with open_store(office.store) as store:
        assert [item.next_visit for item in store.handovers().items(name)] == [None] * 4
    second = ready(office)
    office("takedown", "seal", second, by="沈一")
    assert office("takedown", "list", "--json").values[0]["number"] == 2
    actions = [value["draft"]["action"] for value in office("audit", "log", "--json").values]
    assert actions[:5] == ["drafted", "approved", "sealed", "sent", "voided"]


def test_a_closed_batch_is_not_reminded_of_and_its_ads_are_visited_on(office: Office) -> None:
    name = ready(office)
    office("takedown", "seal", name, by="沈一")
    assert office("takedown", "close", "2026-0001", "--note", "全部关闭", by="沈一").code == 1
    office("takedown", "send", name, "--way", "邮寄", by="沈一")
    assert office("takedown", "close", "2026-0001", "--note", " ", by="沈一").code == 2
    assert office("takedown", "close", "2026-0001", "--note", "全部关闭", by="沈一").code == 0
    assert office("takedown", "list", "--json").values[0]["state"] == "closed"
    with open_store(office.store) as store:
        assert all(item.next_visit for item in store.handovers().items(name))
    assert office("audit", "log", "--json").values[-1]["draft"]["action"] == "settled"


def test_a_folder_of_another_store_or_office_keeps_its_number(office: Office) -> None:
    (office.home / "takedown" / "2026-0002").mkdir(parents=True)
    office("takedown", "seal", ready(office), by="沈一")
    assert office("takedown", "list", "--json").values[0]["number"] == 3
    (office.home / "config.yaml").write_text("takedown: {office: 改名后的局}\n", "utf-8")
    office("takedown", "seal", ready(office), by="沈一")
    assert office("takedown", "list", "--json").values[0]["number"] == 4


@pytest.mark.parametrize("files_first", [True, False])
def test_what_is_made_void_while_it_is_sealed_is_never_said_to_be_sealed(
    office: Office, monkeypatch: pytest.MonkeyPatch, files_first: bool
) -> None:
    name = ready(office)

    def void() -> None:
        assert office("takedown", "void", name, "--note", "有误", by="陆二").code == 0

    def making(*given: Any) -> Batch:
        if not files_first:
            void()
        batch = make_batch(*given)
        if files_first:
            void()
        return batch

    monkeypatch.setattr("finadwatch.handing_over.sealing.make_batch", making)
    ran = office("takedown", "seal", name, by="沈一")
    assert (ran.code, "作废" in ran.err) == (1, True)
    (listed,) = office("takedown", "list", "--json").values
    assert (listed["state"], listed["number"]) == ("void", 1)
    # Files that were there when it was made void stay; those that came later go.
    assert (office.home / "takedown" / "2026-0001").exists() is files_first


def in_processes(*calls: Any) -> None:
    some = [FORK.Process(target=call) for call in calls]
    for one in some:
        one.start()
    for one in some:
        one.join()
        assert one.exitcode == 0


@pytest.mark.slow
def test_two_who_seal_at_once_make_one_batch_and_two_batches_get_two_numbers(office: Office) -> None:
    first, second = ready(office), ready(office, "--paper", "police")

    def sealing(name: str, by: str) -> None:
        ran: Ran = office("takedown", "seal", name, "--json", by=by)
        # Who comes second finds it sealed, or is told so.
        assert ran.code == 1, ran.err

    in_processes(*(lambda n=name, b=by: sealing(n, b) for name in (first, second) for by in ("沈一", "陆二")))
    with open_store(office.store) as store:
        found = [store.handovers().batch(name) for name in (first, second)]
    records = [one for one in found if isinstance(one, BatchRecord)]
    assert sorted(one.number or 0 for one in records) == [1, 2]
    assert {one.state.value for one in records} == {"sealed"}
    folders = sorted(one.name for one in (office.home / "takedown").iterdir() if one.name[0] != ".")
    assert [name[-4:] for name in folders] == ["0001", "0002"]
    for name in folders:
        assert office("evidence", "verify", str(office.home / "takedown" / name)).code == 0


def test_a_batch_that_is_not_there_is_wrong_use(office: Office) -> None:
    for words in (("show",), ("approve",), ("seal",), ("send", "--way", "x"), ("void", "--note", "x")):
        ran = office("takedown", words[0], "2026-0009", *words[1:])
        assert (ran.code, "takedown list" in ran.err) == (2, True)


def test_at_once_is_for_an_office_of_one_person(office: Office) -> None:
    ran = office("takedown", "new", "--now")
    assert (ran.code, "takedown.one_person" in ran.err) == (2, True)
