"""finadwatch backup and restore, as an office calls them."""

from pathlib import Path

import pytest

from findings.evidence import FolderEvidenceStore
from findings.stores import open_store
from tests.support import records as make
from tests.support.inprocess import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.yaml").write_text("lang: en\n", "utf-8")
    url = f"sqlite:///{home / 'finadwatch.db'}"
    with open_store(url) as store:
        store.create()
        ref = FolderEvidenceStore(home / "evidence").put(b"<p>page", role="html", media_type="text/html")
        store.write(make.bundle(make.ad("保本保息", make.finding()), sha256=ref.sha256))
    return Office(home, url)


def test_store_and_evidence_come_back_in_an_empty_home(office: Office, tmp_path: Path) -> None:
    backed = office("backup", str(tmp_path / "backup"))
    assert backed.code == 0, backed.err
    assert "ads 1" in backed.out
    assert "1 evidence files" in backed.out
    home = tmp_path / "new"
    home.mkdir()
    new = Office(home, f"sqlite:///{home / 'finadwatch.db'}")
    (restored,) = new("restore", str(tmp_path / "backup"), "--json").values
    assert restored["restored"]["counts"]["ads"] == 1
    assert restored["evidence"] == {"files": 1, "copied": 1, "faulty": []}
    (hit,) = new("search", "保本", "--json").values[0]["hits"]
    assert hit["ad"]["text"] == "保本保息"
    assert len(list(FolderEvidenceStore(home / "evidence"))) == 1
    assert new("evidence", "verify").code == 0
    assert new("audit", "verify").code == 0


def test_a_store_that_holds_something_needs_replace(office: Office, tmp_path: Path) -> None:
    assert office("backup", str(tmp_path / "backup"), "--no-evidence").code == 0
    refused = office("restore", str(tmp_path / "backup"))
    assert refused.code == 2
    assert "--replace" in refused.err
    replaced = office("restore", str(tmp_path / "backup"), "--replace")
    assert replaced.code == 0, replaced.err
    assert "no evidence was restored" in replaced.out
    assert len(list(office.home.glob("finadwatch.db.replaced-*"))) == 1


def test_evidence_that_the_backup_lost_is_named(office: Office, tmp_path: Path) -> None:
    assert office("backup", str(tmp_path / "backup")).code == 0
    kept = FolderEvidenceStore(tmp_path / "backup" / "evidence")
    (sha256,) = kept
    kept.path(sha256).unlink()
    own = FolderEvidenceStore(office.home / "evidence")
    own.path(sha256).unlink()
    restored = office("restore", str(tmp_path / "backup"), "--replace")
    assert restored.code == 1
    assert sha256 in restored.out


def test_a_folder_without_a_backup_is_wrong_use(office: Office, tmp_path: Path) -> None:
    refused = office("restore", str(tmp_path / "nowhere"))
    assert refused.code == 2
    assert "manifest.json" in refused.err
