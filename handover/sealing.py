"""The one way to end a folder that leaves the house, package or batch: listed, hashed, signed.

Beside the manifest and its signature it gets `VERIFY.md`, which tells how to check it without this software, the public
key, and `SHA256SUMS` for `sha256sum -c`. `SHA256SUMS` lists all content; it is itself listed in the manifest.
"""

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from handover.guide import Tokens, guide_bytes
from handover.manifest import (
    GUIDE,
    MANIFEST,
    PUBLIC_KEY,
    SIGNATURE,
    SUMS,
    FileEntry,
    Manifest,
    bytes_entry,
    file_entry,
    manifest_bytes,
    sums_bytes,
)
from handover.signing import Signer, fingerprint


class Sealed(msgspec.Struct, frozen=True):
    """A folder that was ended by `seal`. `sha256` is the manifest's, `key` the fingerprint of the key that signed;
    `files` are all files of the folder, also manifest and signature."""

    sha256: str
    key: str
    files: tuple[FileEntry, ...]


def seal(
    root: Path,
    manifest: Manifest,
    signer: Signer,
    *,
    known: Iterable[FileEntry] = (),
    tokens: Sequence[Tokens] = (),
) -> Sealed:
    """End a folder: write `VERIFY.md`, public key, `SHA256SUMS`, manifest and signature.

    The manifest's `files` are filled in here. `known` are files whose hash the caller has already: they are not read
    again. `tokens` are the time stamps that `VERIFY.md` tells how to check. Of a batch, files of packages in it are
    listed like any other, so that one check covers all.
    """
    pem = signer.public_pem
    listed = {entry.path: entry for entry in known}
    (root / PUBLIC_KEY).write_bytes(pem)
    (root / GUIDE).write_bytes(guide_bytes(manifest.kind, tokens))
    for path in root.rglob("*"):
        name = path.relative_to(root).as_posix()
        if path.is_file() and name not in listed and name not in (SUMS, MANIFEST, SIGNATURE):
            listed[name] = file_entry(root, path)
    content = sorted(listed.values(), key=lambda entry: entry.path)
    sums = sums_bytes(content)
    (root / SUMS).write_bytes(sums)
    content.append(bytes_entry(SUMS, sums))
    data = manifest_bytes(replace(manifest, files=tuple(sorted(content, key=lambda entry: entry.path))))
    signature = signer.sign(data)
    (root / MANIFEST).write_bytes(data)
    (root / SIGNATURE).write_bytes(signature)
    content += [bytes_entry(MANIFEST, data), bytes_entry(SIGNATURE, signature)]
    return Sealed(hashlib.sha256(data).hexdigest(), fingerprint(pem), tuple(content))
