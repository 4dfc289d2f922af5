"""The lists that one verdict was asked of, so that it can be had again: their versions under one short name.

`<folder>/.sets/<id>.json` maps register to version. The id is of the versions themselves: the same lists have the
same id everywhere, and a set that was altered is known.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from licences.aside import aside
from licences.errors import VersionUnknown
from licences.model import REGISTER_NAME
from licences.registers import Registers, set_id

_SET = re.compile(r"[0-9a-f]{12}")
_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}-[0-9a-f]{8}")
_versions = msgspec.json.Decoder(dict[str, str])


def remember(folder: Path, versions: Mapping[str, str]) -> None:
    """Keep a set, once; where nothing was ever imported there is nothing to keep it for. Raises OSError."""
    place = folder / ".sets" / f"{set_id(versions)}.json"
    if not folder.is_dir() or place.exists():
        return
    place.parent.mkdir(exist_ok=True)
    with aside(place.parent) as making:
        making.file.write(msgspec.json.encode(dict(sorted(versions.items()))))
        making.put(place)


def _unknown(what: str) -> VersionUnknown:
    return VersionUnknown(
        f"{what} is not stored here: look the versions up with licences check or licences status",
        zh=f"此处没有保存 {what}：请用 licences check 或 licences status 查看版本",
    )


def parse_versions(named: Iterable[str]) -> dict[str, str]:
    """Register → version from `register@version`. Raises VersionUnknown for anything else."""
    found: dict[str, str] = {}
    for one in named:
        register, _, version = one.strip().partition("@")
        if not REGISTER_NAME.fullmatch(register) or not _VERSION.fullmatch(version):
            raise _unknown(repr(one))
        found[register] = version
    return found


def recall(folder: Path, asked: str) -> dict[str, str]:
    """The versions of a set. Raises VersionUnknown for a set that is missing or was altered."""
    if not _SET.fullmatch(asked):
        raise _unknown(repr(asked))
    try:
        versions = _versions.decode((folder / ".sets" / f"{asked}.json").read_bytes())
    except (OSError, msgspec.MsgspecError) as error:
        raise _unknown(asked) from error
    if set_id(versions) != asked:
        raise _unknown(asked)
    return versions


def replayed(folder: Path, versions: Mapping[str, str], *, whole: bool) -> Registers:
    """The lists in these versions: `whole` for these and no others, else beside the others in force.

    Raises VersionUnknown where one of them is not here, VersionAltered where it was changed.
    """
    loaded = Registers.load(folder, versions=versions)
    lists = [one for one in loaded.lists if not whole or one.register.id in versions]
    there = {one.register.id: one.version for one in lists}
    for register, version in sorted(versions.items()):
        if there.get(register) != version:
            raise _unknown(f"{register}@{version}")
    return Registers(lists)
