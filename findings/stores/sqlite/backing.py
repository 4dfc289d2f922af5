"""Backup of a SQLite store by the online backup API, and its restore.

A backup folder holds one backup: `manifest.json` names the copy of the database that belongs to it. A new
copy lies beside the old one until the manifest is replaced, in one rename: killed at any moment, the
folder holds the old backup or the new one, whole.
"""

import os
import re
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from findings.backup.alone import alone
from findings.backup.errors import (
    BackupDamaged,
    BackupFailed,
    BackupForeign,
    BackupRefused,
    StoreHolds,
    StoreInUse,
)
from findings.backup.manifest import (
    NAME,
    EvidenceListed,
    Hashed,
    Manifest,
    Restored,
    hashed,
    head_of,
    read,
    software,
    sync_folder,
    write_whole,
    wrong_counts,
    wrong_trail,
)
from findings.errors import IndexMissing, StoreAway, StoreDamaged
from findings.model.casework import AuditEntry
from findings.model.errors import Said
from findings.stores.sqlite.casebook import SqliteCasebook
from findings.stores.sqlite.database import APPLICATION_ID, SCHEMA_VERSION, Database

#: What is counted: the kinds that can't be made again from others.
KINDS = (
    "ads", "audit", "batch_numbers", "batches", "captures", "case_files", "handed_items", "plans", "runs",
    "searches", "sightings", "tasks",
)  # fmt: skip
#: Pages copied between two reports of progress (4 kB each).
_PAGES = 4096
_COPY = re.compile(r"store-[0-9a-f]{16}\.db")
_SIDE_FILES = ("-wal", "-shm", "-journal")


def back_up(
    database: Database,
    folder: Path,
    meanwhile: Callable[[], EvidenceListed | None],
    told: Callable[[int, int], None],
) -> Manifest:
    """Copy a database into a folder while others write to it; `meanwhile` copies the evidence.

    Raises IndexMissing, StoreAway, StoreDamaged, BackupRefused, BackupBusy, BackupFailed.
    """
    place = str(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _refuse_others(folder)
        with alone(folder / ".lock", place):
            _sweep(folder)
            name = f"store-{secrets.token_hex(8)}.db"
            aside = folder / f".{name}.new"
            try:
                layout, counts = _copied(database, aside, told)
                _checked(aside, place, counts)
                with _trail(aside, place) as entries:
                    head, fault = head_of(entries)
                _settled(aside)
                if fault:
                    raise BackupFailed(place, fault)
                found = hashed(aside)
                aside.replace(folder / name)
                sync_folder(folder)
            except BaseException:
                aside.unlink(missing_ok=True)
                raise
            manifest = Manifest(
                store="sqlite",
                software=software(),
                layout=layout,
                at=datetime.now(UTC),
                counts=counts,
                trail=head,
                database=Hashed(name=name, size=found.size, sha256=found.sha256),
                evidence=meanwhile(),
            )
            write_whole(folder / NAME, _json(manifest))
            _sweep(folder)
            return manifest
    except OSError as error:
        raise _no_room(place, error.strerror or str(error)) from error


def restore(
    path: Path,
    url: str,
    folder: Path,
    meanwhile: Callable[[Manifest], None],
    told: Callable[[int, int], None],
    *,
    replace: bool,
) -> Restored:
    """Put the database of a backup in its place, once it is proven whole.

    What stood there is kept beside it under the name that comes back as `aside`.
    Raises BackupForeign, BackupDamaged, BackupBusy, StoreHolds, StoreInUse, StoreAway.
    """
    place = str(folder)
    manifest, source = _backup_in(folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone(path.with_name(f"{path.name}.restore"), url):
            if path.exists() and _holds(path, url) and not replace:
                raise StoreHolds(url)
            fresh = path.with_name(f"{path.name}.restoring")
            _remove(fresh)
            try:
                _fetched(source, fresh, manifest, place, told)
                counts = _proven(fresh, manifest, place)
                meanwhile(manifest)
                with _nobody_else(path, url):
                    aside = _swapped(fresh, path)
            except BaseException:
                _remove(fresh)
                raise
            return Restored(manifest=manifest, counts=counts, aside=aside)
    except OSError as error:
        raise StoreAway(url, error.strerror or str(error)) from error


def manifest_in(folder: Path) -> Manifest:
    """The manifest of a backup. Raises BackupForeign."""
    place = str(folder)
    try:
        with (folder / NAME).open("rb") as file:
            data = file.read(2_000_000)
    except OSError as error:
        raise BackupForeign(place, Said("it holds no manifest.json", zh="其中没有 manifest.json")) from error
    return read(place, data, "sqlite", SCHEMA_VERSION)


def _backup_in(folder: Path) -> tuple[Manifest, Path]:
    manifest = manifest_in(folder)
    if manifest.database is None or not _COPY.fullmatch(manifest.database.name):
        raise BackupForeign(str(folder), Said("its manifest can't be read", zh="清单无法读取"))
    source = folder / manifest.database.name
    if not source.is_file():
        reason = Said(f"{source.name} is missing", zh=f"缺少 {source.name}")
        raise BackupDamaged(str(folder), reason)
    return manifest, source


def _copied(database: Database, aside: Path, told: Callable[[int, int], None]) -> tuple[int, dict[str, int]]:
    """Copy one view of the database; its layout and the counts of that view."""
    with database.reading() as connection:
        # Counted first: from here on this connection sees one state, and others go on writing.
        counts = _counts(connection)
        handle = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        os.close(handle)
        with closing(sqlite3.connect(aside, isolation_level=None)) as target:
            try:
                connection.backup(
                    target,
                    pages=_PAGES,
                    progress=lambda _, left, total: told(total - left, total),
                    sleep=0.05,
                )
            except sqlite3.OperationalError as error:
                raise _no_room(str(aside.parent), str(error)) from error
    return SCHEMA_VERSION, counts


def _checked(copy: Path, place: str, counts: dict[str, int]) -> None:
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        said = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
        if said != ["ok"]:
            raise BackupFailed(place, Said(f"integrity check: {said[0]}", zh=f"完整性检查：{said[0]}"))
        if (found := _counts(connection)) != counts:
            raise BackupFailed(place, Said(f"counts {found} ≠ {counts}", zh=f"数目 {found} ≠ {counts}"))


def _settled(copy: Path) -> None:
    """One file without a log beside it, on the disk."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    with copy.open("rb+") as file:
        os.fsync(file.fileno())


def _fetched(
    source: Path, fresh: Path, manifest: Manifest, place: str, told: Callable[[int, int], None]
) -> None:
    assert manifest.database is not None
    told(0, manifest.database.size)
    if source.stat().st_size != manifest.database.size:
        raise BackupDamaged(place, Said(f"{source.name} has another size", zh=f"{source.name} 大小不符"))
    with source.open("rb") as old, fresh.open("xb") as new:
        os.fchmod(new.fileno(), 0o600)
        shutil.copyfileobj(old, new, 1 << 20)
        new.flush()
        os.fsync(new.fileno())
    if hashed(fresh).sha256 != manifest.database.sha256:
        raise BackupDamaged(place, Said(f"{source.name} has another hash", zh=f"{source.name} 哈希值不符"))
    told(manifest.database.size, manifest.database.size)


def _proven(fresh: Path, manifest: Manifest, place: str) -> dict[str, int]:
    """The copy is a whole database of ours with what the manifest says; its counts."""
    try:
        with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
            if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise BackupForeign(
                    place, Said("it is a database of another program", zh="是其他程序的数据库")
                )
            said = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
            if said != ["ok"]:
                raise BackupDamaged(place, Said(f"integrity check: {said[0]}", zh=f"完整性检查：{said[0]}"))
            counts = _counts(connection)
            if fault := wrong_counts(counts, manifest):
                raise BackupDamaged(place, fault)
            connection.execute("PRAGMA journal_mode = WAL")
        with _trail(fresh, place) as entries:
            fault = wrong_trail(entries, manifest)
    except (sqlite3.DatabaseError, StoreDamaged) as error:
        raise BackupDamaged(place, Said(str(error), zh=str(error))) from error
    if fault:
        raise BackupDamaged(place, fault)
    return counts


@contextmanager
def _trail(copy: Path, place: str) -> Iterator[Iterator[AuditEntry]]:
    """The entries of the trail in a copy."""
    database = Database(copy, place)
    try:
        yield SqliteCasebook(database).trail()
    finally:
        database.close()


def _holds(path: Path, url: str) -> bool:
    """Whether a file is more than an empty store; a damaged or foreign one counts as something."""
    database = Database(path, url)
    try:
        with database.transaction() as connection:
            return any(_counts(connection).values())
    except IndexMissing:
        return path.stat().st_size > 0
    except StoreDamaged:
        return True
    finally:
        database.close()


@contextmanager
def _nobody_else(path: Path, url: str) -> Iterator[None]:
    """Keep others from writing to a store that is about to be replaced; its log is written back first."""
    if not path.exists():
        yield
        return
    with closing(sqlite3.connect(path, timeout=2, isolation_level=None)) as connection:
        try:
            # Refused while any other connection is open.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise StoreInUse(url) from error
        except sqlite3.DatabaseError:  # no database: nobody can have it open as one
            connection.rollback()
        yield


def _swapped(fresh: Path, path: Path) -> str | None:
    """Put the new file in the place of the old one, which stays beside it; the place is never empty."""
    aside = None
    if path.exists():
        aside = path.with_name(f"{path.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%f}")
        os.link(path, aside)
        for side in _SIDE_FILES:  # left only by a file that is no sound database
            with suppress(FileNotFoundError):
                path.with_name(path.name + side).replace(aside.with_name(aside.name + side))
    fresh.replace(path)
    sync_folder(path.parent)
    return str(aside) if aside else None


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    """Rows of each kind; a kind that an older layout has no table for is left out."""
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    return {
        kind: connection.execute(f"SELECT count(*) FROM {kind}").fetchone()[0]  # noqa: S608
        for kind in KINDS
        if kind in there
    }


def _refuse_others(folder: Path) -> None:
    """A folder with anything but a backup in it is somebody's: nothing is written there."""
    if (folder / NAME).exists():
        manifest_in(folder)
        return
    ours = re.compile(r"\.lock|evidence|\.?store-.*|\.manifest\.json\.new")
    for entry in folder.iterdir():
        if not ours.fullmatch(entry.name):
            raise BackupRefused(
                str(folder),
                Said(f"it holds {entry.name}: name an empty folder", zh=f"其中有 {entry.name}：请用空文件夹"),
            )


def _sweep(folder: Path) -> None:
    """Remove copies that no manifest names: of a backup that was killed, or that another took the place of."""
    kept = None
    if (folder / NAME).exists():
        database = manifest_in(folder).database
        kept = database.name if database else None
    for path in (*folder.glob("store-*"), *folder.glob(".store-*")):
        if path.name != kept:
            path.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    for name in (path.name, *(path.name + side for side in _SIDE_FILES)):
        path.with_name(name).unlink(missing_ok=True)


def _no_room(place: str, reason: str) -> BackupFailed:
    return BackupFailed(place, Said(reason, zh=reason))


def _json(manifest: Manifest) -> bytes:
    import msgspec

    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
