"""The manifest of a batch: every file with its SHA-256, signed as one."""

import hashlib
from datetime import datetime
from pathlib import Path, PurePosixPath

import msgspec

MANIFEST = "manifest.json"
SIGNATURE = "manifest.json.sig"
PUBLIC_KEY = "signing-key.pub.pem"

#: Files that stand outside the manifest: it can't hold its own hash, nor its signature.
UNLISTED = frozenset({MANIFEST, SIGNATURE})

NOT_PROVEN = (
    "签名只证明清单及所列文件自签名后未被改动、由持有该私钥者签出；"
    "不证明网页内容在抓取时确由其域名所有人发布，也不证明时间（时间以抓取主机时钟为准）。"
    " The signature proves that the listed files are unchanged since signing and who held the key; it does not"
    " prove who published the page, nor the time, which is the capturing machine's clock."
)


class FileEntry(msgspec.Struct, frozen=True):
    """One file: path in the batch with `/`, SHA-256 in hex, size in bytes."""

    path: str
    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch holds. `created_at` is UTC by the machine's clock."""

    format: str = "finadwatch-batch-1"
    number: str
    office: str
    addressee: str
    actor: str
    created_at: datetime
    software: str
    rulesets: tuple[str, ...]
    cases: int
    not_proven: str = NOT_PROVEN
    files: tuple[FileEntry, ...]


def manifest_bytes(manifest: Manifest) -> bytes:
    """The signed form: indented UTF-8 JSON, keys in order, one newline at the end."""
    return msgspec.json.format(msgspec.json.encode(manifest, order="deterministic"), indent=2) + b"\n"


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
    """Whether a path from a manifest stays inside its batch."""
    path = PurePosixPath(name)
    return (
        bool(name)
        and "\\" not in name
        and "\x00" not in name
        and not path.is_absolute()
        and ".." not in path.parts
    )
