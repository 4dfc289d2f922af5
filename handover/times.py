"""The time stamps in a package: each token checked against its list, and the list against the package's files."""

from collections.abc import Mapping, Set
from datetime import datetime

import msgspec

from findings.model.errors import FinAdWatchError, Said
from handover.timestamps.checking import MOST_BYTES, check_token
from handover.timestamps.listing import read
from handover.trees import Tree

CASE = "case.json"
_MOST_CASE = 200_000_000
_MOST_LIST = 5_000_000
_MOST_ROOTS = 2_000_000


class TimeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """One time stamp as it was checked, or a gap that the package states.

    `at` is the authority's time, None where there is no token that could be checked. `known` is the name under which
    one of its root certificates is known here, None where none is: then the token only fits the certificates that
    came with it. `delay_s` is from the capture, as the package states it.
    """

    package: str
    authority: str
    at: datetime | None
    delay_s: float | None
    late: bool
    covers: int
    known: str | None = None
    gap: str | None = None
    gap_zh: str | None = None


class _Stamped(msgspec.Struct, frozen=True):
    authority: str
    listing: str | None = None
    token: str | None = None
    roots: str | None = None
    at: datetime | None = None
    delay_s: float | None = None
    late: bool = False
    covers: int = 0
    gap: str | None = None
    gap_zh: str | None = None


class _Case(msgspec.Struct, frozen=True):
    stamps: tuple[_Stamped, ...] = ()


def check_times(
    tree: Tree, folder: str, hashes: Set[str], good: Set[str], roots: Mapping[str, str]
) -> tuple[list[TimeSeen], list[tuple[str, Said]]]:
    """The time stamps of the package in `folder` ("" or with `/` at its end), and what is wrong with which file.

    `hashes` are those of the package's files as the manifest lists them, `good` the files that are so: others were named already, and
    tokens that need them are not checked. `roots` are the root certificates known here, by SHA-256.
    """
    seen: list[TimeSeen] = []
    faults: list[tuple[str, Said]] = []
    if f"{folder}{CASE}" not in good:
        return seen, faults
    try:
        case = msgspec.json.decode(tree.read(f"{folder}{CASE}", _MOST_CASE), type=_Case)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return seen, [(f"{folder}{CASE}", Said(f"it can't be read ({error})", zh=f"无法读取（{error}）"))]
    for one in case.stamps:
        at, known = None, None
        if one.token is not None:
            try:
                at, known = _checked(tree, folder, one, hashes, good, roots)
            except (OSError, FinAdWatchError) as error:
                zh = error.zh if isinstance(error, FinAdWatchError) else str(error)
                faults.append((f"{folder}{one.token}", Said(str(error), zh=zh)))
        seen.append(
            TimeSeen(
                package=folder.rstrip("/"),
                authority=one.authority,
                at=at,
                delay_s=one.delay_s,
                late=one.late,
                covers=one.covers,
                known=known,
                gap=one.gap,
                gap_zh=one.gap_zh,
            )
        )
    return seen, faults


def _checked(
    tree: Tree,
    folder: str,
    one: _Stamped,
    hashes: Set[str],
    good: Set[str],
    roots: Mapping[str, str],
) -> tuple[datetime, str | None]:
    """The time in a token and who is known to have given it. Raises OSError, FinAdWatchError."""
    names = [f"{folder}{name}" for name in (one.token, one.listing, one.roots) if name]
    if len(names) < 3 or not good >= set(names):
        raise FinAdWatchError(
            "the token can't be checked: it, its list or its root certificates are missing or altered",
            zh="时间戳无法核验：令牌、清单或根证书缺失或已被改动",
        )
    token, listing = tree.read(names[0], MOST_BYTES), tree.read(names[1], _MOST_LIST)
    facts = check_token(token, listing, tree.read(names[2], _MOST_ROOTS))
    if not 0 < one.covers <= len(hashes & set(read(listing).hashes)):
        raise FinAdWatchError(
            "the stamped list does not hold the hashes of as many of these files as the package says",
            zh="所盖清单中没有证据包所称数量的文件散列值",
        )
    if facts.at != one.at:
        raise FinAdWatchError(
            f"the token's time is {facts.at:%Y-%m-%dT%H:%M:%SZ}, the package says otherwise",
            zh=f"时间戳所载时间为 {facts.at:%Y-%m-%dT%H:%M:%SZ}，与证据包所列不同",
        )
    return facts.at, next((roots[found] for found in facts.roots if found in roots), None)
