"""Checking a package or batch offline, folder or ZIP: which file, signature or time fails, each named."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from findings.model.errors import Said
from handover.errors import BatchBroken
from handover.manifest import (
    FORMAT,
    MANIFEST,
    NOT_PROVEN,
    PUBLIC_KEY,
    SIGNATURE,
    SUMS,
    UNLISTED,
    FileEntry,
    Kind,
    Manifest,
    bytes_entry,
    safe_path,
    sums_bytes,
)
from handover.signing import fingerprint, signed_by
from handover.times import TimeSeen, check_times
from handover.trees import Tree, open_tree

#: Bytes of a manifest at most: a batch of 10,000 packages has some 60 MB.
MOST_MANIFEST = 500_000_000
_MOST_SMALL = 10_000


class Fault(msgspec.Struct, frozen=True):
    """One thing wrong, in English and Chinese. `kind`:
    `signature altered missing unlisted unsafe_path duplicate sums key package time`."""

    path: str
    kind: str
    detail: str
    zh: str

    def said(self, lang: str) -> str:
        """The detail in Chinese (`zh`) or English."""
        return self.zh if lang == "zh" else self.detail


class Standing(msgspec.Struct, frozen=True):
    """Whose key signed: `kind` is `ours ours_until trusted given unknown`. `fault`: such a key could not have signed
    then (it was retired before)."""

    kind: str
    text: str
    zh: str
    fault: bool = False


UNKNOWN = Standing(
    "unknown",
    "unknown here: compare its fingerprint with what the office tells by other means",
    "本机不认识：请与发出机关另行告知的指纹核对",
)


class VerifyReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a check found. `key` is the fingerprint of the key that signed, "" where it can't be read, `standing`
    whose that is; `packages` counts those in a batch. `times` are the time stamps that were checked."""

    kind: Kind
    number: str
    office: str
    created_at: datetime
    key: str
    standing: Standing
    files: int
    packages: int
    times: tuple[TimeSeen, ...]
    faults: tuple[Fault, ...]
    not_proven: str

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong."""
        return not self.faults


def verify(
    path: Path,
    *,
    trusted_key: str | None = None,
    whose: Callable[[str, datetime], Standing] | None = None,
    roots: Mapping[str, str] | None = None,
) -> VerifyReport:
    """Check the signature, every file, every package and time stamp; reads nothing outside, writes nothing.

    `trusted_key` is the fingerprint (SHA-256 hex) that the sender's key must have: without it, and without
    `whose`, the signature only shows that the folder fits the key that came with it. `roots` are the authorities'
    root certificates known here: SHA-256 of their DER form, and the authority's name.
    Raises BatchBroken if there is no readable manifest.
    """
    tree = open_tree(path)
    try:
        return _Check(tree, path, trusted_key, whose, roots or {}).run()
    finally:
        tree.close()


class _Check:
    def __init__(
        self,
        tree: Tree,
        path: Path,
        trusted_key: str | None,
        whose: Callable[[str, datetime], Standing] | None,
        roots: Mapping[str, str],
    ) -> None:
        self._tree = tree
        self._path = path
        self._trusted = plain_fingerprint(trusted_key) if trusted_key else None
        self._whose = whose
        self._roots = roots
        self._faults: list[Fault] = []

    def run(self) -> VerifyReport:
        """All checks, from the outside in."""
        if MANIFEST not in self._tree.files:
            raise BatchBroken(self._path, Said(f"{MANIFEST} is missing", f"缺少 {MANIFEST}"))
        try:
            data = self._tree.read(MANIFEST, MOST_MANIFEST)
            manifest = _manifest(data)
        except (OSError, ValueError) as error:
            raise BatchBroken(self._path, f"{MANIFEST}: {error}") from error
        key, standing = self._key(manifest, self._signed("", data))
        good = self._files(manifest)
        self._sums("", manifest)
        self._others(manifest)
        packages = [name.removesuffix(MANIFEST) for name in sorted(good) if name.endswith(f"/{MANIFEST}")]
        entries = _by_package(manifest, packages)
        for folder in packages:
            self._package(folder, entries[folder], key)
        times: list[TimeSeen] = []
        for folder in packages if manifest.kind is Kind.BATCH else ["", *packages]:
            hashes = {entry.sha256 for entry in entries[folder]}
            seen, faults = check_times(self._tree, folder, hashes, good, self._roots)
            times += seen
            for name, said in faults:
                self._fault(name, "time", said)
        return VerifyReport(
            kind=manifest.kind,
            number=manifest.number,
            office=manifest.office,
            created_at=manifest.created_at,
            key=key,
            standing=standing,
            files=len(manifest.files),
            packages=len(packages),
            times=tuple(times),
            faults=tuple(self._faults),
            not_proven=NOT_PROVEN,  # in our words, whatever the sender wrote
        )

    def _fault(self, path: str, kind: str, said: Said) -> None:
        self._faults.append(Fault(path, kind, str(said), said.zh))

    def _signed(self, folder: str, data: bytes) -> str:
        """The fingerprint of the key beside a manifest, "" if it can't be read; a wrong signature is a fault."""
        try:
            pem = self._tree.read(f"{folder}{PUBLIC_KEY}", _MOST_SMALL)
            key = fingerprint(pem)
            good = signed_by(pem, self._tree.read(f"{folder}{SIGNATURE}", _MOST_SMALL), data)
        except (OSError, ValueError) as error:
            self._fault(
                f"{folder}{SIGNATURE}",
                "signature",
                Said(f"signature or key can't be read ({error})", zh=f"签名或公钥不可读（{error}）"),
            )
            return ""
        if not good:
            self._fault(
                f"{folder}{SIGNATURE}",
                "signature",
                Said(f"the signature does not fit {MANIFEST} and {PUBLIC_KEY}", zh="签名与清单或公钥不符"),
            )
        return key

    def _key(self, manifest: Manifest, key: str) -> tuple[str, Standing]:
        """Whose key it is; one that may not have signed is a fault."""
        standing = self._whose(key, manifest.created_at) if key and self._whose else UNKNOWN
        if key and self._trusted == key:
            standing = Standing("given", "the one that was given", "与给定指纹一致", standing.fault)
        elif self._trusted:
            self._fault(
                PUBLIC_KEY,
                "key",
                Said(f"signed by key {key}, not by the one given", zh=f"签名公钥为 {key}，与给定指纹不符"),
            )
        if standing.fault:
            self._fault(PUBLIC_KEY, "key", Said(standing.text, zh=standing.zh))
        return key, standing

    def _files(self, manifest: Manifest) -> set[str]:
        """Hash every listed file; return those that are as listed."""
        good: set[str] = set()
        folded: dict[str, str] = {}
        for entry in manifest.files:
            same = folded.setdefault(unicodedata.normalize("NFC", entry.path).casefold(), entry.path)
            if not safe_path(entry.path) or entry.path in UNLISTED:
                self._fault(
                    entry.path, "unsafe_path", Said("the path leads out of the folder", zh="路径越出文件夹")
                )
            elif same != entry.path or entry.path in good:
                self._fault(
                    entry.path,
                    "duplicate",
                    Said(
                        f"the same name as {same}, where case is not told",
                        zh=f"与 {same} 同名（不分大小写时）",
                    ),
                )
            elif entry.path not in self._tree.files:
                self._fault(entry.path, "missing", Said("the file is not there", zh="文件缺失"))
            else:
                found = self._tree.digest(entry.path, entry.size)
                if (found.sha256, found.size) == (entry.sha256, entry.size):
                    good.add(entry.path)
                    continue
                now = f"hashes to {found.sha256}" if found.sha256 else "has another size, or can't be read"
                self._fault(
                    entry.path,
                    "altered",
                    Said(
                        f"the file now {now}", zh=f"文件已被改动（现为 {found.sha256 or '不同大小或不可读'}）"
                    ),
                )
        return good

    def _sums(self, folder: str, manifest: Manifest) -> None:
        """`SHA256SUMS` must say what the manifest says: who checks by it alone gets the same answer."""
        listed = {entry.path: entry for entry in manifest.files}
        said = listed.pop(SUMS, None)
        wanted = bytes_entry(SUMS, sums_bytes(sorted(listed.values(), key=lambda entry: entry.path)))
        if said != wanted:
            self._fault(
                f"{folder}{SUMS}",
                "sums",
                Said("it is not the list that the manifest holds", zh="校验表与清单所列不同"),
            )

    def _others(self, manifest: Manifest) -> None:
        listed = {entry.path for entry in manifest.files} | UNLISTED
        for name in sorted(self._tree.files - listed):
            self._fault(name, "unlisted", Said("the manifest does not list this file", zh="清单未列此文件"))
        for name, why in sorted(self._tree.others.items()):
            zh, _, english = why.partition(" ")
            self._fault(name, "unlisted", Said(english, zh=zh))

    def _package(self, folder: str, entries: Sequence[FileEntry], key: str) -> None:
        """A package in a batch: signed by the batch's key, and holding what its own manifest says."""
        try:
            data = self._tree.read(f"{folder}{MANIFEST}", MOST_MANIFEST)
            inner = _manifest(data)
        except (OSError, ValueError) as error:
            self._fault(
                f"{folder}{MANIFEST}",
                "package",
                Said(f"it can't be read ({error})", zh=f"无法读取（{error}）"),
            )
            return
        if (found := self._signed(folder, data)) and key and found != key:
            self._fault(
                f"{folder}{PUBLIC_KEY}",
                "key",
                Said("the package is signed by another key than the batch", zh="证据包与批次的签名公钥不同"),
            )
        self._sums(folder, inner)
        listed = {entry.path: (entry.sha256, entry.size) for entry in inner.files}
        own = {
            entry.path.removeprefix(folder): (entry.sha256, entry.size)
            for entry in entries
            if entry.path.removeprefix(folder) not in UNLISTED
        }
        for name in sorted(set(listed) | set(own)):
            if listed.get(name) != own.get(name):
                self._fault(
                    f"{folder}{name}",
                    "package",
                    Said("package and batch list this file differently", zh="证据包与批次对此文件所列不同"),
                )


def _by_package(manifest: Manifest, packages: Sequence[str]) -> dict[str, list[FileEntry]]:
    """The entries of each package by its folder, and of all else by ""."""
    found: dict[str, list[FileEntry]] = {folder: [] for folder in ("", *packages)}
    for entry in manifest.files:
        folder = entry.path
        while folder and folder not in found:
            folder = folder.rstrip("/").rpartition("/")[0]
            folder += "/" if folder else ""
        found[folder].append(entry)
    return found


def _manifest(data: bytes) -> Manifest:
    """Raises ValueError."""
    try:
        manifest = msgspec.json.decode(data, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ValueError(str(error)[:300]) from error
    if manifest.format != FORMAT:
        raise ValueError(f"its format is {manifest.format[:60]!r}, not {FORMAT}")
    return manifest


def plain_fingerprint(text: str) -> str:
    """A fingerprint as people write it (colons, spaces, capitals) in its plain form."""
    return "".join(char for char in text.lower() if char not in ": \t\n")
