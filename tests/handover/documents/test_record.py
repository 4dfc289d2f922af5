"""The record says what the captures say, leaves blank what nobody recorded, and tells what does not fit."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from findings.evidence import FolderEvidenceStore
from findings.model.crawl import EvidenceRef, Landing, SeenAd
from findings.model.vocabulary import Outcome, Slot
from handover.documents.looking import Looks
from handover.documents.record import People, anomalies, record_docx, variables
from handover.documents.taken import FileLook, pages_taken
from handover.documents.words import BLANK
from tests.support import papers, records


def told(**more: Any) -> dict[str, Any]:
    return variables(papers.extraction(**more))


def test_steps_follow_the_capture_in_order() -> None:
    steps = told()["步骤"]
    assert steps[0] == (
        "监测系统以电脑形态访问第 1 页（广告所在页）（来源 baidu，检索词“理财”）："
        "https://so.example/s?wd=理财"
    )
    assert "抓取结果：成功，服务器 IP 地址 192.0.2.1" in steps[1]
    assert "保存 4 个文件（其中截图 1 张）" in steps[2]
    assert "以手机形态点击广告后到达第 2 页" in steps[3]
    assert steps[4] == "2026年11月20日 12:00:00，请求 https://t.example/，应答状态码 302"
    assert steps[5].startswith("2026年11月20日 12:00:01，经服务器重定向转到 https://t.example/b")
    assert "重新计算 SHA-256：4 个与保存时一致，1 个不一致" in steps[-1]


def test_time_runs_from_the_first_to_the_last_that_was_recorded() -> None:
    said = told()
    assert (said["开始时间"], said["结束时间"]) == ("2026年11月20日 12:00:00", "2026年11月20日 12:01:00")
    assert told(pages=())["开始时间"] == BLANK


def test_what_does_not_fit_is_told() -> None:
    said = "\n".join(anomalies(papers.pages()))
    for part in (
        "抓取主机时钟与服务器响应头时间相差 0:01:15（抓取主机偏快）",
        "有 7 个响应正文不完整：https://x.example/big.js（超过保存上限）",
        "抓取结果为“超时”（timeout）",
        "整页截图 0000000000000000…：缺失",
    ):
        assert part in said
    sound = replace(papers.pages()[0], files=(papers.file("html", 1),))
    assert anomalies([sound]) == []
    assert "未发现" in told(pages=(sound,))["异常"][0]


def test_a_capture_that_is_gone_is_an_anomaly() -> None:
    sighting = records.sighting(records.ad(), records.task())
    (page,) = pages_taken([(sighting, None)], lambda _: FileLook())
    assert page.lost
    assert "抓取记录已不在库中" in anomalies([page])[0]


def test_who_is_not_named_is_blank_and_there_are_two_officers() -> None:
    assert told(people=People(office="某局"))["执法人员"] == [{"姓名": BLANK, "证号": BLANK}] * 2
    three = told(people=People(office="某局", officers=("甲 1", "乙", "丙 3 4")))["执法人员"]
    assert [one["姓名"] for one in three] == ["甲", "乙", "丙"]
    assert [one["证号"] for one in three] == ["1", BLANK, "3 4"]


def test_personal_data_in_the_headline_is_masked() -> None:
    assert "13800138000" not in told(case=papers.case("贷款找张三 13800138000"))["广告标题"]


def test_a_record_is_bounded_however_much_was_captured() -> None:
    page = papers.pages()[1]
    many = replace(page, hops=page.hops * 500, files=tuple(papers.file("body", n) for n in range(1, 1_200)))
    said = told(pages=(many,) * 30)
    assert (len(said["文件"]), said["文件未列"]) == (1_000, 30 * 1_199 - 1_000)
    assert len(said["步骤"]) == 200
    assert said["步骤"][-1].startswith("另有 ")
    assert any("其后另有 1488 次跳转" in step for step in said["步骤"])


def test_the_same_record_is_the_same_bytes() -> None:
    assert record_docx(papers.extraction()) == record_docx(papers.extraction())


def test_pages_are_those_of_the_cases_own_ads_each_capture_once() -> None:
    ad, by = records.ad(), records.task()
    landing = Landing(
        url="https://licai.example/", outcome=Outcome.OK, evidence=(records.evidence("landing_html"),)
    )
    ours = SeenAd(title="我们的", text="", slot=Slot.TOP, position=1, landing=landing, landings=(landing,))
    other = SeenAd(
        title="别家的",
        text="",
        slot=Slot.TOP,
        position=2,
        landing=replace(landing, url="https://other.example/"),
    )
    capture = replace(records.capture(by), ads=(ours, other))
    sighting = records.sighting(ad, by)
    pages = pages_taken([(sighting, capture), (sighting, capture)], lambda _: FileLook())
    assert [(page.behind, page.url) for page in pages] == [
        (False, by.url),
        (True, "https://licai.example/"),
        (True, "https://licai.example/"),
    ]


@pytest.fixture
def evidence(tmp_path: Path) -> FolderEvidenceStore:
    return FolderEvidenceStore(tmp_path / "evidence")


def test_a_look_tells_sound_files_from_lost_and_altered_ones(evidence: FolderEvidenceStore) -> None:
    sound, altered = (evidence.put(text, role="html", media_type="text/html") for text in (b"a", b"b"))
    path = evidence.path(altered.sha256)
    path.chmod(0o600)
    path.write_bytes(b"c")
    look = Looks(evidence)
    assert look(sound).fault == ""
    assert look(altered).fault.startswith("已被改动（现 SHA-256 为 ")
    assert look(EvidenceRef("html", "00" * 32, 1, "text/html")).fault == "缺失"


@pytest.mark.parametrize(
    ("headers", "ahead"),
    [
        pytest.param(
            '{"at":"2026-11-20T04:01:15+00:00","headers":[["Date","Fri, 20 Nov 2026 04:00:00 GMT"]]}',
            75.0,
            id="ahead",
        ),
        pytest.param('{"at":"2026-11-20T04:01:15+00:00","headers":[["Date","gestern"]]}', None, id="no-date"),
        pytest.param('{"at":7,"headers":[["date","Fri, 20 Nov 2026 04:00:00 GMT"]]}', None, id="no-time"),
        pytest.param('{"headers":{}}', None, id="no-headers"),
        pytest.param("[" * 100_000, None, id="deep"),
    ],
)
def test_the_clock_is_held_against_the_servers(
    evidence: FolderEvidenceStore, headers: str, ahead: float | None
) -> None:
    ref = evidence.put(headers.encode(), role="headers", media_type="application/json")
    assert Looks(evidence)(ref).ahead_s == ahead


def test_cut_bodies_are_read_from_the_traffic(evidence: FolderEvidenceStore, tmp_path: Path) -> None:
    from warcio.warcwriter import WARCWriter

    path = tmp_path / "a.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record("a", {"software": "finadwatch 1"}))
        for number in range(7):
            more = {"WARC-Truncated": "length"} if number else {}
            writer.write_record(
                writer.create_warc_record(f"https://x.example/{number}", "response", warc_headers_dict=more)
            )
    look = Looks(evidence)(evidence.put_file(path, role="landing_warc", media_type="application/warc"))
    assert (look.software, look.cut_total, len(look.cut)) == ("finadwatch 1", 6, 5)
    assert look.cut[0] == "https://x.example/1（超过保存上限）"
    broken = evidence.put(b"no traffic" * 100, role="warc", media_type="application/warc")
    assert Looks(evidence)(broken).fault.startswith("无法按 WARC 读取")
