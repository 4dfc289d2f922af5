"""evidence record and takedown templates: from store and evidence to files, and what is said where something lacks."""

import io
import json
from pathlib import Path

import docx
import pytest
from msgspec.structs import replace

from findings.evidence import FolderEvidenceStore
from findings.model.crawl import Landing, SeenAd
from findings.model.records import CaptureBundle
from findings.model.vocabulary import Outcome, Slot
from findings.stores import open_store
from handover.documents.templates import NAMES
from tests.support import records as make
from tests.support.inprocess import Office

AD = make.ad("保本保息，年化12.5%", make.finding())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A store with one case whose page, page behind the ad and files are all there."""
    home = tmp_path / "home"
    home.mkdir()
    templates = tmp_path / "模板"
    templates.mkdir()
    (home / "config.yaml").write_text(f"takedown: {{office: 虚构市局, templates: '{templates}'}}\n", "utf-8")
    url = f"sqlite:///{home / 'finadwatch.db'}"
    evidence = FolderEvidenceStore(home / "evidence")
    page = evidence.put(b"<html>page", role="html", media_type="text/html")
    behind = evidence.put(b"<html>behind", role="landing_html", media_type="text/html")
    landing = Landing(url="https://licai.example/join", outcome=Outcome.OK, evidence=(behind,))
    shown = SeenAd(title=AD.title, text=AD.text, slot=Slot.TOP, position=1, landing=landing)
    by = make.task()
    capture = replace(make.capture(by), ads=(shown,), evidence=(page,))
    with open_store(url) as store:
        store.create()
        store.put_run(make.run())
        store.write(CaptureBundle(capture=capture, ads=(AD,), sightings=(make.sighting(AD, by),)))
    return Office(home, url)


def text(path: str) -> str:
    opened = docx.Document(io.BytesIO(Path(path).read_bytes()))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in opened.paragraphs), *cells])


def test_a_case_gets_its_record(office: Office, tmp_path: Path) -> None:
    words = ("--officer", "张三 310001", "--place", "监测室", "--no-pdf", "--json")
    made = office("evidence", "record", AD.case_id, *words, "-o", str(tmp_path / "笔录"))
    assert made.code == 0, made.err
    (said,) = made.values
    assert (said["pdf"], said["files"], said["anomalies"]) == (None, 2, [])
    written = text(said["docx"])
    for part in (
        "虚构市局",
        AD.case_id,
        "张三（执法证号：310001）",
        "监测室",
        "https://licai.example/join",
        "2 个与保存时一致",
    ):
        assert part in written


def test_lost_evidence_is_told_with_the_record(office: Office, tmp_path: Path) -> None:
    for path in (office.home / "evidence").rglob("*"):
        if path.is_file():
            path.unlink()
    made = office("evidence", "record", AD.case_id, "--no-pdf", "-o", str(tmp_path))
    assert made.code == 0
    assert made.err.count("缺失") == 2
    assert "执法人员不足两名" in made.err


def test_without_libreoffice_there_is_the_docx_and_the_sentence(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFFICE", str(tmp_path / "none"))
    made = office("evidence", "record", AD.case_id, "-o", str(tmp_path))
    assert made.code == 3
    assert "apt-get install libreoffice-writer" in made.err
    assert (tmp_path / f"电子数据提取笔录-{AD.case_id}.docx").is_file()


def test_a_case_that_is_not_there_is_named(office: Office, tmp_path: Path) -> None:
    assert office("evidence", "record", "c1-0", "-o", str(tmp_path)).code == 2


def test_templates_are_exported_once_and_an_offices_own_are_tried(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "模板"
    assert office("takedown", "templates", str(folder)).code == 0
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    changed = docx.Document()
    changed.add_paragraph("{{ 收件单位 }}")
    changed.save(str(folder / "交办单.docx"))
    assert "已有，未覆盖" in office("takedown", "templates", str(folder)).out
    tried = office("takedown", "templates")
    assert tried.code == 1
    assert "✗ 交办单.docx（本机关）" in tried.out
    assert "变量“收件单位”不存在" in tried.out
    assert tried.out.count("✓") == len(NAMES) - 1


@pytest.mark.slow
def test_doctor_says_what_lacks_without_libreoffice(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFFICE", str(tmp_path / "none"))
    told = [json.loads(line) for line in office("doctor", "--json").out.splitlines()]
    (part,) = [one for one in told if one["part"] == "文书 PDF"]
    assert part["ok"]
    assert "DOCX 不受影响" in part["detail"]
