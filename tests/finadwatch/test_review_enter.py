"""Manual intake: what an officer enters is kept, judged like any other, and stands in the trail under their name."""

import json
import os
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from elasticsearch import Elasticsearch
from PIL import Image

from analyzers.errors import ImageTooLarge, ImageUnreadable
from finadwatch.entering import Entered, capture_of, keep_screenshot, run_of
from findings.evidence import FolderEvidenceStore
from findings.model.judgement import AppInfo
from findings.model.vocabulary import Channel
from findings.query import SearchQuery
from findings.stores import open_store
from tests.support import records as make
from tests.support.cache import share_patterns
from tests.support.cli import run_finadwatch
from tests.support.inprocess import Office
from tests.support.pictures import poster
from tests.support.web import Site, html

SHOT = "星河理财 保本保息 年化收益12%"


def entered(**more: object) -> Entered:
    values: dict[str, object] = {
        "by": "沈一",
        "place": "上海市静安区",
        "seen_at": make.NOON,
        "entered_at": make.minutes(90),
        "channel": Channel.WEB,
    }
    return Entered(**(values | more))  # type: ignore[arg-type]


@pytest.fixture
def evidence(tmp_path: Path) -> FolderEvidenceStore:
    return FolderEvidenceStore(tmp_path / "evidence")


# The capture, pure


def test_an_entry_is_a_capture_with_its_statement_as_evidence(evidence: FolderEvidenceStore) -> None:
    given = entered(url="https://licai.example/join", text="保本保息", note="群众来电")
    capture = capture_of(given, evidence, None)
    (seen,) = capture.ads
    assert (capture.task.source, capture.task.region, capture.at) == ("manual", "上海", make.NOON)
    assert (seen.landing_url, seen.text, seen.display) == (
        "https://licai.example/join",
        "保本保息",
        "licai.example",
    )
    (statement,) = capture.evidence
    assert msgspec.json.decode(evidence.get(statement.sha256), type=Entered) == given


def test_the_same_entry_again_is_the_same_task_and_any_other_is_another(
    evidence: FolderEvidenceStore,
) -> None:
    given = entered(url="https://licai.example/join", text="保本保息")
    first = capture_of(given, evidence, None).task.id
    later = msgspec.structs.replace(given, entered_at=make.minutes(99))
    assert capture_of(later, evidence, None).task.id == first
    for more in (
        {"by": "陆二"},
        {"place": "北京"},
        {"text": "保本"},
        {"seen_at": make.minutes(1)},
        {"channel": Channel.IM},
        {"entered_at": make.NOON + timedelta(days=1)},
    ):
        assert capture_of(msgspec.structs.replace(given, **more), evidence, None).task.id != first


def test_entries_of_a_day_in_china_are_one_run() -> None:
    evening = datetime(2026, 11, 20, 15, 59, tzinfo=UTC)
    assert run_of(evening).id == run_of(make.NOON).id == "r1-manual-20261120"
    assert run_of(evening + timedelta(minutes=1)).id == "r1-manual-20261121"


def test_screenshots_without_words_are_told_apart(evidence: FolderEvidenceStore, tmp_path: Path) -> None:
    titles = set()
    for colour in ("red", "blue"):
        Image.new("RGB", (40, 40), colour).save(tmp_path / "shot.png")
        kept = keep_screenshot(tmp_path / "shot.png", evidence)
        (seen,) = capture_of(entered(screenshot=kept.sha256), evidence, kept).ads
        titles.add(seen.title)
        assert seen.evidence == (kept,)
    assert len(titles) == 2


def test_an_app_is_named_by_its_name_else_by_its_package(evidence: FolderEvidenceStore) -> None:
    for app, title in (
        (AppInfo(package="example.jieqian.app", name="借钱花"), "借钱花"),
        (AppInfo(package="example.jieqian.app"), "example.jieqian.app"),
    ):
        assert capture_of(entered(app=app), evidence, None).ads[0].title == title


# Hostile files


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_pictures_of_the_web_are_kept_as_they_are(
    evidence: FolderEvidenceStore, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / "shot"
    Image.new("RGB", (40, 40), "red").save(path, format=kind)
    kept = keep_screenshot(path, evidence)
    assert (kept.role, kept.media_type) == ("ad_screenshot", f"image/{kind.lower()}")
    assert evidence.get(kept.sha256) == path.read_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no picture",
        b"<svg/>",
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n" + b"\x00" * 50,
        b"GIF89a" + b"\xff" * 20,
    ],
)
def test_what_is_no_picture_is_refused_and_not_kept(
    evidence: FolderEvidenceStore, tmp_path: Path, data: bytes
) -> None:
    path = tmp_path / "shot.png"
    path.write_bytes(data)
    with pytest.raises(ImageUnreadable):
        keep_screenshot(path, evidence)
    assert list(evidence) == []


def test_bombs_and_endless_files_are_refused_without_being_read(
    evidence: FolderEvidenceStore, tmp_path: Path
) -> None:
    wide = tmp_path / "wide.png"
    Image.new("1", (30_000, 30_000)).save(wide)
    with pytest.raises(ImageTooLarge):
        keep_screenshot(wide, evidence)
    long = tmp_path / "long.png"
    with long.open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(ImageTooLarge):
        keep_screenshot(long, evidence)
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    with pytest.raises(ImageUnreadable):
        keep_screenshot(pipe, evidence)
    assert list(evidence) == []


# The command


@pytest.fixture
def office(tmp_path: Path, hanlp: Path) -> Office:
    home = tmp_path / "home"
    home.mkdir()
    share_patterns(home)
    (home / "config.yaml").write_text(f"models: {{hanlp: '{hanlp}'}}\n", "utf-8")
    return Office(home, f"sqlite:///{tmp_path / 'findings.db'}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--url、--app 或 --screenshot"),
        (("--url", "licai.example"), "协议缺失"),
        (("--url", "https://user:pw@licai.example/"), "用户名或密码"),
        (("--url", "https://a.example/", "--at", "2099-01-01"), "当前时间之前"),
        (("--url", "https://a.example/", "--at", "1999-01-01"), "2000 年之后"),
        (("--url", "https://a.example/", "--at", "昨天"), "不是时间"),
        (("--url", "https://a.example/", "--text", "长" * 20_001), "--text 最多 20000"),
        (("--url", "https://a.example/", "--note", "长" * 1501), "--note 最多 1500"),
        (("--url", "https://a.example/", "--fetch", "--text", "保本"), "--fetch 只与 --url 合用"),
        (("--app", "借钱花", "--fetch"), "--fetch 只与 --url 合用"),
        (("--app", "借钱 花/名称"), "不是应用包名"),
        (("--app", " "), "不能为空"),
        (("--app", "/"), "应如 example.jieqian.app/借钱花"),
        (("--url", "https://a.example/", "--place", " "), "--place: "),
        (("--url", "https://a.example/", "--place", "上" * 101), "--place: "),
        (("--url", "https://a.example/", "--developer", "某公司"), "需要 --app"),
        (("--url", "https://a.example/", "--as", "system"), "不能作为名称"),
        (("--screenshot", "none.png"), "没有这个文件"),
    ],
)
def test_wrong_use_is_one_sentence(office: Office, words: tuple[str, ...], said: str) -> None:
    ran = office("enter", "--place", "上海", *words)
    assert (ran.code, said in ran.err, ran.err.count("\n")) == (2, True, 1), ran.err


def test_a_place_is_asked_for(office: Office) -> None:
    assert "--place" in office("enter", "--url", "https://a.example/").err


@pytest.mark.models
@pytest.mark.slow
def test_a_screenshot_is_read_judged_and_worked_as_a_case(office: Office, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    poster((900, 200), [(30, 40, 40, SHOT), (30, 110, 40, "零风险 稳赚不赔")]).save(shot)
    words = ("enter", "--screenshot", str(shot), "--place", "上海市静安区", "--at", "2026-11-20 14:30",
             "--channel", "im", "--note", "群众转来", "--json")  # fmt: skip
    ran = office(*words, by="沈一")
    assert ran.code == 0, ran.err
    told = ran.values[0]
    (ad,) = told["ads"]
    assert 2 in [finding["category"] for finding in ad["judgement"]["findings"]]
    assert (ad["channel"], ad["first_seen"]) == ("im", "2026-11-20T06:30:00Z")
    found = office("search", "稳赚不赔", "--exact")
    assert ad["id"] in found.out
    assert "图中：" in found.out
    case_id = ad["case_id"]
    (entry,) = office("audit", "log", case_id, "--json").values
    assert (entry["draft"]["actor"], entry["draft"]["action"]) == ("沈一", "entered")
    assert entry["draft"]["note"] == "上海市静安区；2026-11-20 14:30；群众转来"
    assert office("audit", "verify").code == 0
    with open_store(office.store) as store:
        (sighting,) = store.sightings(ad["id"])
        evidence = FolderEvidenceStore(office.home / "evidence")
        roles = {ref.role: evidence.get(ref.sha256) for ref in sighting.evidence}
    assert roles["ad_screenshot"] == shot.read_bytes()
    assert "群众转来".encode() in roles["body"]
    assert (sighting.region, sighting.source) == ("上海", "manual")
    again = office(*words, by="沈一")
    assert again.values[0]["ads"][0]["id"] == ad["id"]
    with open_store(office.store) as store:
        assert len(store.sightings(ad["id"])) == 1
        assert len(store.runs()) == 1
    queue = office("cases", "queue", "--json").values[0]
    assert [file["id"] for file in queue["files"]] == [case_id]
    assert office("review", case_id, "--verdict", "confirm", "--note", "承诺保本", by="陆二").code == 0


@pytest.mark.models
@pytest.mark.slow
def test_an_app_from_a_complaint_has_the_deadline_of_complaints(office: Office) -> None:
    ran = office("enter", "--app", "example.jieqian.app/借钱花", "--developer", "某某科技有限公司", "--place", "上海",
                 "--text", "不看征信，凭身份证秒放款，人人可贷", "--complaint", "--json", by="沈一")  # fmt: skip
    told = ran.values[0]
    assert told["ads"][0]["app"] == {
        "name": "借钱花",
        "package": "example.jieqian.app",
        "developer": "某某科技有限公司",
    }
    assert told["ads"][0]["channel"] == "app"
    assert told["cases"][0]["file"]["owed"] == "complaint"


@pytest.mark.models
@pytest.mark.slow
def test_an_address_alone_is_recorded_and_nothing_is_said_against_it(office: Office) -> None:
    # Half of a surrogate pair, as a shell hands over a byte that is no UTF-8, is stored mended.
    ran = office(
        "enter", "--url", "https://licai.example/join", "--place", "上海", "--note", "\udcff", by="沈一"
    )
    assert ran.code == 0
    assert "未发现线索" in ran.out
    with open_store(office.store) as store:
        (hit,) = store.search(SearchQuery(hosts=("licai.example",))).hits
    assert hit.ad.judgement.findings == ()
    assert office("cases", "queue", "--json").values[0]["total"] == 0
    assert len(office("audit", "log", "--json").values) == 1


@pytest.mark.elastic
@pytest.mark.models
@pytest.mark.slow
def test_an_entry_goes_to_a_shared_store_like_any_other(office: Office, elasticsearch_url: str) -> None:
    shared = Office(office.home, f"{elasticsearch_url}?prefix=t{secrets.token_hex(6)}")
    with open_store(shared.store) as store:
        store.create()
        ran = shared("enter", "--app", "借钱花", "--place", "上海", "--text", "不看征信，凭身份证秒放款，人人可贷",
                     "--complaint", "--json", by="沈一")  # fmt: skip
        assert ran.code == 0, ran.err
        file = ran.values[0]["cases"][0]["file"]
        assert (file["owed"], file["version"]) == ("complaint", 2)
        assert shared("audit", "verify", "--cases").code == 0
        with Elasticsearch(elasticsearch_url) as client:
            for part in store.status():
                client.indices.delete(index=part.name)


@pytest.mark.browser
@pytest.mark.models
@pytest.mark.slow
def test_an_address_is_fetched_where_asked_and_recorded_where_nothing_answers(office: Office) -> None:
    page = "<h1>星河理财</h1><p>保本保息，零风险，年化收益12%，稳赚不赔，立即加入</p>"
    words = ("enter", "--place", "上海", "--fetch", "--allow-private", "--json", "--as", "沈一", "--url")
    with Site({"/join": html(page)}) as site:
        url = f"http://127.0.0.1:{site.port}/join"
        ran = run_finadwatch(office.home, *words, url, env={"FINADWATCH_STORE": office.store})
    assert ran.returncode == 0, ran.stderr
    (ad,) = json.loads(ran.stdout)["ads"]
    assert ad["source"] == "watchlist"
    assert 2 in [finding["category"] for finding in ad["judgement"]["findings"]]
    assert [entry["draft"]["actor"] for entry in office("audit", "log", "--json").values] == ["沈一"]
    with open_store(office.store) as store:
        (sighting,) = store.sightings(ad["id"])
    assert sighting.region == "上海"
    gone = run_finadwatch(office.home, *words, url, env={"FINADWATCH_STORE": office.store})
    assert gone.returncode == 0, gone.stderr
    assert "无法访问），仅作记录" in gone.stderr
    assert json.loads(gone.stdout)["ads"][0]["source"] == "manual"
