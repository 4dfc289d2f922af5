"""Checking a batch offline: which file, or the signature, fails."""

from pathlib import Path

import msgspec

from handover.errors import BatchBroken
from handover.manifest import MANIFEST, PUBLIC_KEY, SIGNATURE, UNLISTED, Manifest, hash_file, safe_path
from handover.signing import fingerprint, signed_by


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong with a batch. `kind`: `signature altered missing unlisted unsafe_path key`."""

    path: str
    kind: str
    detail: str


class VerifyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found. `key` is the fingerprint of the key that signed."""

    number: str
    key: str
    files: int
    faults: tuple[Fault, ...]
    not_proven: str

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults


def verify(folder: Path, *, trusted_key: str | None = None) -> VerifyReport:
    """Check signature and every file of a batch; reads nothing outside it.

    `trusted_key` is the fingerprint (SHA-256 hex) that the sender's key must have: without
    it, the signature only shows that the batch fits the key that came with it.
    Raises BatchBroken if the folder holds no readable manifest.
    """
    root = folder.absolute()
    try:
        data = (root / MANIFEST).read_bytes()
        manifest = msgspec.json.decode(data, type=Manifest)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BatchBroken(folder, f"{MANIFEST}: {error}") from error
    faults: list[Fault] = []
    key = _check_signature(root, data, trusted_key, faults)
    for entry in manifest.files:
        if not safe_path(entry.path):
            faults.append(Fault(entry.path, "unsafe_path", "the path leads out of the batch 路径越出批次"))
            continue
        path = root / entry.path
        if not path.is_file() or path.is_symlink():
            faults.append(Fault(entry.path, "missing", "the file is not there 文件缺失"))
            continue
        sha256, size = hash_file(path)
        if (sha256, size) != (entry.sha256, entry.size):
            faults.append(Fault(entry.path, "altered", f"the file now hashes to {sha256} 文件已被改动"))
    listed = {entry.path for entry in manifest.files} | UNLISTED
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if not path.is_dir() and name not in listed:
            faults.append(Fault(name, "unlisted", "the manifest does not list this file 清单未列此文件"))
    return VerifyReport(
        number=manifest.number,
        key=key,
        files=len(manifest.files),
        faults=tuple(faults),
        not_proven=manifest.not_proven,
    )


def _check_signature(root: Path, data: bytes, trusted: str | None, faults: list[Fault]) -> str:
    try:
        pem = (root / PUBLIC_KEY).read_bytes()
        key = fingerprint(pem)
        good = signed_by(pem, (root / SIGNATURE).read_bytes(), data)
    except (OSError, ValueError) as error:
        faults.append(
            Fault(SIGNATURE, "signature", f"signature or key can't be read 签名或公钥不可读 ({error})")
        )
        return ""
    if not good:
        faults.append(Fault(SIGNATURE, "signature", f"the signature does not fit {MANIFEST} 签名与清单不符"))
    if trusted and key != trusted.replace(":", "").lower():
        faults.append(Fault(PUBLIC_KEY, "key", f"signed by key {key}, not by the trusted one 非信任的密钥"))
    return key
