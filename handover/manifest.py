"""The manifest of a package or batch: every file with its SHA-256, signed as one (`sealing.py`)."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePosixPath

import msgspec

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
PUBLIC_KEY = "signing-key.pub.pem"
SUMS = "SHA256SUMS"
GUIDE = "VERIFY.md"

#: Files that stand outside the manifest: it can't hold its own hash, nor its signature.
UNLISTED = frozenset({MANIFEST, SIGNATURE})

FORMAT = "finadwatch-manifest-2"

NOT_PROVEN_ZH = (
    "签名只证明清单及所列文件自签名后未被改动、由持有该私钥者签出；不证明网页内容在抓取时确由其域名所有人发布，"
    "不证明截图、判定与所列事实属实，也不证明时间：时间以抓取主机时钟为准，仅可信时间戳能证明所列散列值最迟于何时已存在。"
)
NOT_PROVEN_EN = (
    "The signature proves that the listed files are unchanged since signing and who held the key. It proves neither who"
    " published the page, nor that pictures, judgement and facts are true, nor the time, which is the capturing machine's"
    " clock: only a time stamp proves by when the hashes that it covers existed."
)
#: What a manifest says itself, to whoever reads it.
NOT_PROVEN = f"{NOT_PROVEN_ZH} {NOT_PROVEN_EN}"


class Kind(StrEnum):
    """What a manifest is of: the evidence of one case (证据包), or a batch of them (移送批次)."""

    PACKAGE = "package"
    BATCH = "batch"


class FileEntry(msgspec.Struct, frozen=True):
    """One file: path below the manifest's folder with `/`, SHA-256 in hex, size in bytes."""

    path: str
    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a package or batch holds. `number` is the case's id or the batch's mark; `created_at` is UTC by the
    machine's clock."""

    format: str = FORMAT
    kind: Kind = Kind.BATCH
    number: str
    office: str
    addressee: str = ""
    actor: str
    created_at: datetime
    software: str
    rulesets: tuple[str, ...]
    cases: int
    not_proven: str = NOT_PROVEN
    files: tuple[FileEntry, ...] = ()


def manifest_bytes(manifest: Manifest) -> bytes:
    """The signed form: indented UTF-8 JSON, keys in order, one newline at the end."""
    return msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=2) + b"\n"


def sums_bytes(entries: Iterable[FileEntry]) -> bytes:
    """Hashes as `sha256sum -c` reads them, binary mode."""
    return "".join(f"{entry.sha256} *{entry.path}\n" for entry in entries).encode()


def bytes_entry(path: str, data: bytes) -> FileEntry:
    """The entry of a file that is still in memory."""
    return FileEntry(path, hashlib.sha256(data).hexdigest(), len(data))


def file_entry(root: Path, path: Path) -> FileEntry:
    """Name and hash one file below `root`, read in pieces."""
    sha256, size = hash_file(path)
    return FileEntry(path.relative_to(root).as_posix(), sha256, size)


def hash_file(path: Path) -> tuple[str, int]:
    """SHA-256 in hex and size in bytes of a file."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return digest.hexdigest(), file.tell()


def safe_path(name: str) -> bool:
    """Whether a path from a manifest or a ZIP stays inside its folder, and means one file everywhere.

    Control characters are refused: `sha256sum` writes such names in another way, and a terminal obeys them.
    """
    return (
        bool(name)
        and "\\" not in name
        and not any(ord(char) < 32 or ord(char) == 127 for char in name)
        and PurePosixPath(name).as_posix() == name
        and not name.startswith("/")
        and ".." not in name.split("/")
        and name != "."
    )
