"""A batch can be checked without us, and every change in it is named."""

import json
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from findings.evidence import FolderEvidenceStore
from handover.batch import Batch
from handover.errors import BatchBroken, KeyUnusable
from handover.manifest import Manifest, safe_path
from handover.sealing import seal
from handover.signing import Signer, fingerprint
from handover.verify import verify
from tests.support import packaged


def test_a_fresh_batch_is_sound(batch: Batch, signer: Signer) -> None:
    report = verify(batch.folder, trusted_key=fingerprint(signer.public_pem))
    assert report.sound
    there = sum(path.is_file() for path in batch.folder.rglob("*"))
    assert report.files == there - 2  # manifest and signature can't be listed


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_any_flipped_bit_is_detected_and_named(batch: Batch, data: st.DataObject) -> None:
    files = sorted(path for path in batch.folder.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    whole = path.read_bytes()
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    changed = bytearray(whole)
    changed[bit // 8] ^= 1 << bit % 8
    path.write_bytes(changed)
    try:
        report = verify(batch.folder)
    except BatchBroken:
        assert path.name == "manifest.json"
    else:
        named = {fault.path for fault in report.faults}
        expected = path.relative_to(batch.folder).as_posix()
        # The signature fails for a change in what is signed, in itself, or in its key.
        signed = {"manifest.json", "manifest.json.sig"}
        assert (named & signed) if expected in signed else expected in named
    finally:
        path.write_bytes(whole)


def test_a_missing_and_an_added_file_are_named(batch: Batch) -> None:
    (batch.folder / "移送清单.csv").unlink()
    (batch.folder / "note.txt").write_text("?")
    assert {(fault.path, fault.kind) for fault in verify(batch.folder).faults} == {
        ("移送清单.csv", "missing"),
        ("note.txt", "unlisted"),
    }


def test_a_manifest_signed_anew_by_a_stranger_fails_against_the_trusted_key(
    batch: Batch, signer: Signer, tmp_path: Path
) -> None:
    stranger = Signer.load_or_make(tmp_path / "stranger.pem")
    data = (batch.folder / "manifest.json").read_bytes()
    (batch.folder / "manifest.json.sig").write_bytes(stranger.sign(data))
    (batch.folder / "signing-key.pub.pem").write_bytes(stranger.public_pem)
    report = verify(batch.folder, trusted_key=fingerprint(signer.public_pem))
    assert {fault.kind for fault in report.faults} == {"key", "altered"}


def test_a_path_out_of_the_batch_is_refused(batch: Batch, tmp_path: Path) -> None:
    (tmp_path / "out" / "secret").write_text("x")
    manifest = json.loads((batch.folder / "manifest.json").read_text("utf-8"))
    manifest["files"].append({"path": "../secret", "sha256": "0" * 64, "size": 1})
    (batch.folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    kinds = {fault.path: fault.kind for fault in verify(batch.folder).faults}
    assert kinds["../secret"] == "unsafe_path"


@pytest.mark.parametrize("name", ["/etc/passwd", "a/../../b", "..", "", "a\\b", "a\x00"])
def test_unsafe_paths(name: str) -> None:
    assert not safe_path(name)


def test_a_folder_without_manifest_is_no_batch(tmp_path: Path) -> None:
    with pytest.raises(BatchBroken, match=r"manifest\.json"):
        verify(tmp_path)


def test_openssl_alone_gives_the_same_verdict(batch: Batch) -> None:
    if shutil.which("openssl") is None:
        pytest.fail("openssl is missing: apt-get install openssl")
    command = [
        "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "signing-key.pub.pem", "-rawin",
        "-in", "manifest.json", "-sigfile", "manifest.json.sig",
    ]  # fmt: skip
    assert subprocess.run(command, cwd=batch.folder, capture_output=True).returncode == 0
    with (batch.folder / "manifest.json").open("ab") as file:
        file.write(b" ")
    assert subprocess.run(command, cwd=batch.folder, capture_output=True).returncode != 0


def test_a_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    first = Signer.load_or_make(path).public_pem
    assert Signer.load_or_make(path).public_pem == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_no_key_says_so(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("nothing")
    with pytest.raises(KeyUnusable, match=r"key\.pem"):
        Signer.load_or_make(path)


@pytest.mark.slow
def test_the_page_of_a_batch_gives_the_same_verdict_also_of_what_is_in_its_packages(batch: Batch) -> None:
    assert packaged.by_hand(batch.folder) == []
    page = (batch.folder / "VERIFY.md").read_text("utf-8")
    (package, *_) = sorted(path.parent for path in batch.folder.rglob("*/case.json"))
    for path in (
        package / "case.json", package / "manifest.json", package / "manifest.json.sig", package / "SHA256SUMS",
        batch.folder / "移送清单.csv", batch.folder / "signing-key.pub.pem",
    ):  # fmt: skip
        whole = packaged.flip(path, 333)
        assert path.relative_to(batch.folder).as_posix() in {
            fault.path for fault in verify(batch.folder).faults
        }
        assert packaged.by_hand(batch.folder, page) != []
        path.write_bytes(whole)
    assert packaged.by_hand(package) == []
    assert verify(package).sound


def test_a_package_of_another_hand_in_a_batch_is_named(
    batch: Batch, signer: Signer, tmp_path: Path, evidence: FolderEvidenceStore
) -> None:
    manifest = msgspec.json.decode((batch.folder / "manifest.json").read_bytes(), type=Manifest)
    packaged.write(batch.folder / "evidence" / "c1-strange", evidence, Signer.made())
    seal(batch.folder, manifest, signer)
    assert [(fault.path, fault.kind) for fault in verify(batch.folder).faults] == [
        ("evidence/c1-strange/signing-key.pub.pem", "key")
    ]
