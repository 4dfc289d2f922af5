"""A package or batch as a ZIP is checked without unpacking; what a hostile one does is refused or named."""

import io
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from findings.evidence import FolderEvidenceStore
from handover.errors import BatchBroken
from handover.signing import Signer
from handover.trees import open_tree
from handover.verify import verify
from handover.zips import zip_folder
from tests.support import packaged


@pytest.fixture
def zipped(tmp_path: Path, evidence: FolderEvidenceStore, signer: Signer) -> Path:
    made = packaged.write(tmp_path / "c1-0", evidence, signer)
    zip_folder(made.folder, tmp_path / "c1-0.zip")
    return tmp_path / "c1-0.zip"


def test_a_zip_is_checked_as_it_is_and_is_the_same_each_time(zipped: Path, tmp_path: Path) -> None:
    report = verify(zipped)
    assert (report.sound, report.files) == (True, len(list((tmp_path / "c1-0").rglob("*.*"))) - 1)
    zip_folder(tmp_path / "c1-0", tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == zipped.read_bytes()


def _link(file: zipfile.ZipFile) -> None:
    info = zipfile.ZipInfo("c1-0/link.txt")
    info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    file.writestr(info, "/etc/passwd")


@pytest.mark.parametrize(
    ("add", "named"),
    [
        pytest.param(lambda file: file.writestr("c1-0/../../out.txt", "x"), "../../out.txt", id="traversal"),
        pytest.param(lambda file: file.writestr("c1-0/case.json", "{}"), "case.json", id="a-name-twice"),
        pytest.param(
            lambda file: file.writestr("c1-0/CASE.json", "{}"), "CASE.json", id="a-name-in-capitals"
        ),
        pytest.param(lambda file: file.writestr("c1-0/a\x1bb", "x"), "a\x1bb", id="control-characters"),
        pytest.param(_link, "link.txt", id="link"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_what_is_put_into_a_zip_is_named(
    zipped: Path, add: Callable[[zipfile.ZipFile], None], named: str
) -> None:
    with zipfile.ZipFile(zipped, "a") as file:
        add(file)
    assert named in {fault.path for fault in verify(zipped).faults}


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("manifest.json", bytes(50_000_000))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        pytest.param(_bomb, "bomb", id="bomb"),
        pytest.param(lambda path: path.write_bytes(b"PK nothing"), "no ZIP", id="no-zip"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-200]), "no ZIP", id="cut"),
        pytest.param(lambda path: zipfile.ZipFile(path, "w").close(), "manifest.json is missing", id="empty"),
        pytest.param(_pipe, "plain file", id="pipe"),
    ],
)
def test_what_is_no_package_is_refused(zipped: Path, make: Callable[[Path], object], why: str) -> None:
    make(zipped)
    with pytest.raises(BatchBroken, match=why):
        verify(zipped)


def test_a_member_is_read_no_further_than_its_manifest_says(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("long", io.BytesIO(b"x" * 3_000).getvalue())
    tree = open_tree(path)
    assert tree.digest("long", 100).sha256 == ""
    with pytest.raises(OSError, match="larger"):
        tree.read("long", 100)
    tree.close()


def test_a_changed_byte_of_a_member_is_named(zipped: Path) -> None:
    data = bytearray(zipped.read_bytes())
    place = data.index(b"finadwatch-case-1")
    data[place] ^= 1
    zipped.write_bytes(data)
    assert [(fault.path, fault.kind) for fault in verify(zipped).faults] == [("case.json", "altered")]
