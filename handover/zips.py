"""ZIP files that are the same bytes whenever they are made: stored, sorted by the caller, without a time of their own."""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

#: The earliest day that a ZIP can name; the times that count stand in the manifest.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def write_zip(path: Path, members: Iterable[tuple[str, bytes | Path]]) -> None:
    """Write a ZIP of bytes and files under the names given, in that order, not compressed."""
    with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED) as file:
        for name, content in members:
            info = zipfile.ZipInfo(name, _NO_TIME)
            info.create_system = 3  # else a ZIP made on Windows differs
            info.external_attr = 0o100644 << 16
            if isinstance(content, bytes):
                file.writestr(info, content)
                continue
            info.file_size = content.stat().st_size
            with content.open("rb") as source, file.open(info, "w") as target:
                shutil.copyfileobj(source, target, 1 << 20)


def zip_folder(folder: Path, path: Path) -> None:
    """Write a folder and all files in it as a ZIP that unpacks to a folder of that name."""
    files = sorted((one.relative_to(folder).as_posix(), one) for one in folder.rglob("*") if one.is_file())
    write_zip(path, ((f"{folder.name}/{name}", file) for name, file in files))
