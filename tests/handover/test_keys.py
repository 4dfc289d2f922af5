"""Keys follow one another so that old signatures stay good, and other offices are trusted by what they told."""

import json
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from findings.evidence import FolderEvidenceStore
from handover.errors import KeyUnusable
from handover.keys.errors import FingerprintForeign, HistoryBroken
from handover.keys.ring import KeyRing
from handover.signing import Signer, fingerprint
from handover.verify import verify
from tests.support import packaged

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
OURS = "甲市市场监督管理局"


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return KeyRing(tmp_path / "keys" / "signing.pem", OURS)


def export(ring: KeyRing) -> bytes:
    import msgspec

    return msgspec.json.encode(ring.history())


def test_what_an_old_key_signed_stays_good_and_says_until_when(
    ring: KeyRing, tmp_path: Path, evidence: FolderEvidenceStore
) -> None:
    before = packaged.write(tmp_path / "before", evidence, ring.signer(AT - timedelta(days=2)))
    assert verify(before.folder, whose=ring.standing).standing.kind == "ours"
    old, new = ring.rotate(AT)
    report = verify(before.folder, whose=ring.standing)
    assert (report.sound, report.standing.kind, report.key) == (True, "ours_until", old.fingerprint)
    assert "2026-11-22" in report.standing.zh
    assert fingerprint(ring.signer(AT).public_pem) == new.fingerprint


def test_a_retired_key_that_signs_on_is_a_fault(
    ring: KeyRing, tmp_path: Path, evidence: FolderEvidenceStore
) -> None:
    kept = ring.signer(AT - timedelta(days=9))
    ring.rotate(AT - timedelta(days=5))  # the package says it was signed after that
    made = packaged.write(tmp_path / "late", evidence, kept)
    assert [(fault.path, fault.kind) for fault in verify(made.folder, whose=ring.standing).faults] == [
        ("signing-key.pub.pem", "key")
    ]


def test_trust_in_one_key_of_an_office_leads_to_the_others(ring: KeyRing, tmp_path: Path) -> None:
    theirs = KeyRing(tmp_path / "theirs" / "signing.pem", "乙市市场监督管理局")
    first = fingerprint(theirs.signer(AT - timedelta(days=9)).public_pem)
    theirs.rotate(AT - timedelta(days=5))
    _, newest = theirs.rotate(AT)
    told = ":".join(first[i : i + 2].upper() for i in range(0, 64, 2))
    ring.trust(export(theirs), told, "乙局", "张三", AT)
    assert [ring.standing(key, AT - timedelta(days=6)).kind for key in (first, newest.fingerprint, "0" * 64)] == [
        "trusted", "trusted", "unknown",
    ]  # fmt: skip
    assert ring.standing(first, AT).fault
    assert "乙局" in ring.standing(newest.fingerprint, AT).zh


def test_a_statement_that_the_old_key_did_not_sign_leads_nowhere(ring: KeyRing, tmp_path: Path) -> None:
    theirs = KeyRing(tmp_path / "theirs" / "signing.pem", "乙局")
    first = fingerprint(theirs.signer(AT).public_pem)
    _, second = theirs.rotate(AT)
    forged = json.loads(export(theirs))
    forged["rotations"][0]["by_old"] = forged["rotations"][0]["by_new"]
    ring.trust(json.dumps(forged).encode(), first, "乙局", "张三", AT)
    assert [ring.standing(key, AT).kind for key in (first, second.fingerprint)] == ["trusted", "unknown"]


def test_a_key_is_trusted_by_its_pem_only_under_the_fingerprint_told(ring: KeyRing) -> None:
    pem = Signer.made().public_pem
    with pytest.raises(FingerprintForeign):
        ring.trust(pem, "ab" * 32, "乙局", "张三", AT)
    with pytest.raises(HistoryBroken):
        ring.trust(b"{}", "ab" * 32, "乙局", "张三", AT)
    ring.trust(pem, fingerprint(pem), "乙局", "张三", AT)
    assert ring.standing(fingerprint(pem), AT).kind == "trusted"


def test_a_private_key_is_its_owners_alone_and_encrypted_under_a_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    made = KeyRing(path, OURS, b"secret").signer(AT).public_pem
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert b"ENCRYPTED" in path.read_bytes()
    for wrong in (None, b"other"):
        with pytest.raises(KeyUnusable):
            KeyRing(path, OURS, wrong).signer(AT)
    assert KeyRing(path, OURS, b"secret").signer(AT).public_pem == made


def test_a_rotation_killed_before_the_new_key_was_in_place_is_ended(ring: KeyRing, tmp_path: Path) -> None:
    path = tmp_path / "keys" / "signing.pem"
    ring.signer(AT)
    before = path.read_bytes()
    _, new = ring.rotate(AT)
    path.rename(path.with_name("signing.pem.next"))  # as a kill right after the note leaves it
    path.write_bytes(before)
    assert fingerprint(ring.signer(AT).public_pem) == new.fingerprint
    assert len(ring.history().keys) == 2


def test_two_who_make_the_first_key_at_once_have_one(tmp_path: Path) -> None:
    found: list[bytes] = []
    rings = [KeyRing(tmp_path / "keys" / "signing.pem", OURS) for _ in range(6)]
    threads = [
        threading.Thread(target=lambda one=one: found.append(one.signer(AT).public_pem)) for one in rings
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found)), len(rings[0].history().keys)) == (6, 1, 1)


def test_openssl_reads_a_rotation_statement(ring: KeyRing, tmp_path: Path) -> None:
    ring.signer(AT)
    old, _ = ring.rotate(AT)
    rotation = ring.history().rotations[0]
    for name, data in (
        ("old.pem", old.pem.encode()), ("said", rotation.statement.encode()), ("sig", bytes.fromhex(rotation.by_old)),
    ):  # fmt: skip
        (tmp_path / name).write_bytes(data)
    command = "openssl pkeyutl -verify -pubin -inkey old.pem -rawin -in said -sigfile sig"
    assert subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True).returncode == 0
