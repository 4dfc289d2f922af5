import json
from datetime import timedelta
from pathlib import Path

import pytest

from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import LicenceStatus, Product
from licences.errors import VersionAltered
from licences.registers import Registers
from licences.resolve import resolve
from licences.versions import current_version, read_folder
from tests.licences.conftest import AS_OF, NOW, Importer, Writer
from tests.support.licence_lists import stored

HEAD = "name,full_name,licence_type"


@pytest.fixture
def two_versions(load: Importer, csv_file: Writer) -> tuple[str, str]:
    """An older list with a firm, a newer one without."""
    old = load(csv_file(HEAD, "云岫银行,云岫银行股份有限公司,bank"), as_of=AS_OF - timedelta(days=9))
    new = load(csv_file(HEAD, "海棠银行,海棠银行股份有限公司,bank"))
    return old.version, new.version


def test_older_versions_stay_and_replay_older_verdicts(folder: Path, two_versions: tuple[str, str]) -> None:
    old, new = two_versions
    clues = AdvertiserClues(declared="云岫银行股份有限公司")

    def status(lists: Registers) -> LicenceStatus:
        return resolve(clues, Product.LOAN, NOW.date(), lists).licence.status

    assert stored(folder, "test") == [old, new]
    assert status(Registers.load(folder)) is LicenceStatus.NOT_FOUND
    replayed = Registers.load(folder, versions={"test": old})
    assert status(replayed) is LicenceStatus.LICENSED
    assert replayed.versions["test"] == old


def test_a_changed_file_is_not_used(folder: Path, two_versions: tuple[str, str]) -> None:
    path = folder / "test" / f"{two_versions[1]}.jsonl"
    path.write_bytes(path.read_bytes().replace("海棠".encode(), "海堂".encode()))
    with pytest.raises(VersionAltered, match="changed"):
        Registers.load(folder)


def test_a_broken_file_is_one_sentence(folder: Path, two_versions: tuple[str, str]) -> None:
    (folder / "test" / f"{two_versions[1]}.jsonl").write_bytes(b"not json\n")
    with pytest.raises(VersionAltered, match="import the list again"):
        Registers.load(folder)


@pytest.mark.parametrize(
    "pointer", ["{}", '{"version": "../../x", "imported_at": ""}'], ids=["empty", "a-path"]
)
def test_a_broken_pointer_is_one_sentence(folder: Path, two_versions: tuple[str, str], pointer: str) -> None:
    (folder / "test" / "current.json").write_text(pointer, "utf-8")
    with pytest.raises(VersionAltered):
        read_folder(folder, {})


def test_an_import_broken_off_leaves_the_old_list_current(
    folder: Path, two_versions: tuple[str, str]
) -> None:
    (folder / "test" / ".2026-11-21-aaaaaaaa.jsonl.77").write_bytes(b'{"half')
    (folder / "test" / "2026-11-21-aaaaaaaa.jsonl").write_bytes(b'{"half')
    assert current_version(folder, "test") == two_versions[1]
    assert len(Registers.load(folder).lists[0]) == 1


def test_the_pointer_says_when(folder: Path, two_versions: tuple[str, str]) -> None:
    pointer = json.loads((folder / "test" / "current.json").read_text("utf-8"))
    assert pointer == {"version": two_versions[1], "imported_at": "2026-11-22T08:00:00+00:00"}


def test_no_temporary_file_stays(folder: Path, two_versions: tuple[str, str]) -> None:
    assert [path.name for path in (folder / "test").iterdir() if path.name.startswith(".")] == []


def test_a_missing_folder_means_nothing_was_imported(tmp_path: Path) -> None:
    assert read_folder(tmp_path / "none", {}) == []
