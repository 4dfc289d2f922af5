"""The stamp list: the text that tokens are over. It holds hashes and no other word about what they are of.

    finadwatch-stamp-list 1
    captured 2026-11-23T02:00:01.000000Z 2026-11-23T02:04:59.000000Z
    sha256 2
    1f…  (64 hex digits a line, sorted, each once)

There is one way to write a list, so its bytes follow from what it holds.
"""

import itertools
import re
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from findings.model.errors import Said
from handover.timestamps.errors import ListBroken

#: Hashes in one list at most: 1.3 MB.
MOST = 20_000
_HEAD = re.compile(
    r"finadwatch-stamp-list 1\ncaptured (\S{20,32}) (\S{20,32})\nsha256 ([1-9][0-9]{0,5})\n", re.ASCII
)
_BODY = re.compile(r"(?:[0-9a-f]{64}\n)+", re.ASCII)
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


class StampList(msgspec.Struct, frozen=True, kw_only=True):
    """Hashes (hex, sorted, each once) of what was captured from `begin` to `end` (UTC)."""

    begin: datetime
    end: datetime
    hashes: tuple[str, ...]


def stamp_list(begin: datetime, end: datetime, hashes: Iterable[str]) -> StampList:
    """A list. `hashes` in any order; the caller bounds them by `MOST`."""
    return StampList(begin=begin, end=end, hashes=tuple(sorted(set(hashes))))


def written(listed: StampList) -> bytes:
    """The bytes of a list: what tokens are over."""
    head = (
        f"finadwatch-stamp-list 1\ncaptured {_time(listed.begin)} {_time(listed.end)}\n"
        f"sha256 {len(listed.hashes)}\n"
    )
    return (head + "".join(f"{found}\n" for found in listed.hashes)).encode("ascii")


def read(data: bytes) -> StampList:
    """The list of these bytes. Raises ListBroken for any that `written` would not have given."""
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError as error:
        raise ListBroken(Said("it is not plain text", zh="不是纯文本")) from error
    head = _HEAD.match(text)
    if head is None or int(head[3]) > MOST:
        raise ListBroken(Said("its first lines", zh="首部有误"))
    hashes = text[head.end() :].split("\n")[:-1]
    whole = _BODY.fullmatch(text, head.end()) is not None and len(hashes) == int(head[3])
    if not whole or any(one >= other for one, other in itertools.pairwise(hashes)):
        raise ListBroken(Said("its hashes", zh="散列值有误"))
    try:
        begin, end = (datetime.strptime(part, _TIME).replace(tzinfo=UTC) for part in (head[1], head[2]))
    except ValueError as error:
        raise ListBroken(Said("its times", zh="时间有误")) from error
    listed = StampList(begin=begin, end=end, hashes=tuple(hashes))
    if begin > end or written(listed) != data:
        raise ListBroken(Said("its times", zh="时间有误"))
    return listed


def _time(at: datetime) -> str:
    # `%Y` does not fill up years before 1000 on every system.
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
