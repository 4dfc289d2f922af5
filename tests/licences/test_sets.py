"""A verdict can be had again after newer lists came in: same versions, same answer."""

from datetime import date
from pathlib import Path

import pytest

from findings.model.vocabulary import LicenceStatus, Product
from licences.errors import VersionAltered, VersionUnknown
from licences.listings import add_listing, new_entry
from licences.registers import Registers, set_id
from licences.resolve import check_name
from licences.sets import parse_versions, recall, remember, replayed
from tests.licences.conftest import NOW, Importer, Writer
from tests.support.licence_lists import stored

ON = date(2026, 11, 22)
FIRM = "云岫消费金融有限公司"
HEAD = "name,full_name,licence_type,status"


@pytest.fixture
def imported(folder: Path, load: Importer, csv_file: Writer) -> Path:
    """One list with the firm."""
    rows = [
        HEAD,
        f"云岫消金,{FIRM},consumer_finance,valid",
        "松石消金,松石消费金融有限公司,consumer_finance,valid",
    ]
    load(csv_file(*rows))
    return folder


def later(folder: Path, load: Importer, csv_file: Writer) -> None:
    """Newer lists: the firm lost its licence, another list came, an authority named the firm."""
    rows = [
        HEAD,
        f"云岫消金,{FIRM},consumer_finance,revoked",
        "松石消金,松石消费金融有限公司,consumer_finance,valid",
    ]
    load(csv_file(*rows, name="newer.csv"), as_of=date(2026, 11, 21))
    load(csv_file(HEAD, f"云岫消金,{FIRM},consumer_finance,cancelled", name="other.csv"), register="other")
    entry = new_entry(FIRM, authority="虚城金融监管局", listed_on=date(2026, 11, 1))
    add_listing(folder, entry, "张三", NOW)


def verdict(registers: Registers) -> object:
    return check_name(FIRM, Product.LOAN, ON, registers)


def test_all_lists_of_a_verdict_give_it_again_after_newer_imports(
    imported: Path, load: Importer, csv_file: Writer
) -> None:
    then = Registers.load(imported)
    remember(imported, then.versions)
    said = check_name(FIRM, Product.LOAN, ON, then)
    assert (said.licence.status, said.licence.lists) == (LicenceStatus.LICENSED, then.set_id)
    later(imported, load, csv_file)
    assert (
        check_name(FIRM, Product.LOAN, ON, Registers.load(imported)).licence.status
        is LicenceStatus.LISTED_NEGATIVE
    )
    again = replayed(imported, recall(imported, said.licence.lists or ""), whole=True)
    assert check_name(FIRM, Product.LOAN, ON, again) == said


def test_one_version_beside_the_lists_in_force(imported: Path, load: Importer, csv_file: Writer) -> None:
    said = check_name(FIRM, Product.LOAN, ON, Registers.load(imported)).licence
    rows = [
        HEAD,
        f"云岫消金,{FIRM},consumer_finance,revoked",
        "松石消金,松石消费金融有限公司,consumer_finance,valid",
    ]
    load(csv_file(*rows, name="newer.csv"), as_of=date(2026, 11, 21))
    now = check_name(FIRM, Product.LOAN, ON, Registers.load(imported)).licence
    assert (said.status, now.status) == (LicenceStatus.LICENSED, LicenceStatus.EXPIRED)
    assert said.list_version != now.list_version
    again = replayed(imported, parse_versions([said.list_version or ""]), whole=False)
    assert check_name(FIRM, Product.LOAN, ON, again).licence == said


def test_a_set_is_kept_once_and_named_by_its_versions(imported: Path) -> None:
    versions = Registers.load(imported).versions
    remember(imported, versions)
    (kept,) = (imported / ".sets").glob("*.json")
    before = kept.stat().st_mtime_ns
    remember(imported, versions)
    assert kept.stat().st_mtime_ns == before
    assert kept.stem == set_id(versions) == set_id(dict(reversed(versions.items())))
    assert recall(imported, kept.stem) == versions


def test_nothing_imported_nothing_kept(tmp_path: Path) -> None:
    remember(tmp_path / "none", Registers.load(None).versions)
    assert list(tmp_path.iterdir()) == []


def test_an_altered_set_is_known(imported: Path) -> None:
    versions = Registers.load(imported).versions
    remember(imported, versions)
    (kept,) = (imported / ".sets").glob("*.json")
    kept.write_bytes(kept.read_bytes().replace(b"test", b"tesu"))
    with pytest.raises(VersionUnknown):
        recall(imported, kept.stem)


@pytest.mark.parametrize("asked", ["", "..", "../../etc", "0123456789ab", "0123456789AB", "x" * 1000])
def test_a_set_that_nobody_kept(imported: Path, asked: str) -> None:
    with pytest.raises(VersionUnknown):
        recall(imported, asked)


@pytest.mark.parametrize(
    "named", ["", "test", "test@", "@2026-11-20-00000000", "test@../x", "te st@2026-11-20-00000000"]
)
def test_what_names_no_version(named: str) -> None:
    with pytest.raises(VersionUnknown):
        parse_versions([named])


def test_a_version_of_a_list_that_is_gone(imported: Path) -> None:
    (version,) = stored(imported, "test")
    with pytest.raises(VersionUnknown):
        replayed(imported, {"test": version, "gone": version}, whole=True)
    with pytest.raises(VersionAltered):
        replayed(imported, {"test": "2026-11-20-00000000"}, whole=True)
