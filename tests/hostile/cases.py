"""Which hostile page a number stands for: a kind, a way in, and chance of its own. Pure.

A number always means the same page, so a page that broke something is found again by its number.
"""

import re
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

import msgspec

#: The whole of it, and the part that every run of the tests does.
ALL, FEW = 10_000, 300

#: How a page comes in: an answer to Scrapy's own client, or a page that the browser draws for a search
#: engine, from an address list, as a portal, or behind an ad of a portal.
ANSWER, SEARCH, LISTED, PORTAL, LANDING = "answer", "search", "listed", "portal", "landing"
BROWSER = (LISTED, PORTAL, LANDING, SEARCH)

#: Sources by way; a way's tasks go round them.
ANSWERING = (
    "wandoujia",
    "apple",
    "xiaomi",
    "qihoo_store",
    "tencent",
    "huawei",
    "honor",
    "google_play",
    "chinaso",
)
SEARCHING = ("baidu", "so360", "sogou", "bing", "shenma", "toutiao", "baidu_mobile", "so360_mobile", "sogou_mobile",
             "sogou_weixin")  # fmt: skip
#: Hosts that those sources ask, over https.
ENGINE_HOSTS = (
    "www.wandoujia.com", "itunes.apple.com", "app.mi.com", "zhushou.360.cn", "sj.qq.com",
    "web-drcn.hispace.dbankcloud.com", "appmarket-api-drcn.hispace.hihonorcloud.com", "play.google.com",
    "www.chinaso.com", "www.baidu.com", "www.so.com", "www.sogou.com", "cn.bing.com", "m.sm.cn", "so.toutiao.com",
    "m.baidu.com", "m.so.com", "m.sogou.com", "weixin.sogou.com",
)  # fmt: skip

#: Of a hundred pages so many are answers, pages of the browser, pages that only time ends.
_ANSWERS, _PAGES, _SLOW = 78, 20, 2
_MARK = re.compile(r"n(\d{5})q")

Serve = Callable[[Any, Random], None]


class Kind(msgspec.Struct, frozen=True):
    """One behaviour. `slow` says that only a limit of time ends it; `ways` are those it can come in by."""

    name: str
    serve: Serve
    ways: tuple[str, ...]
    slow: bool = False


class Case(msgspec.Struct, frozen=True):
    """One hostile page."""

    number: int
    kind: Kind
    way: str
    source: str

    @property
    def mark(self) -> str:
        """What its task's keyword and host are told by."""
        return f"n{self.number:05d}q"

    @property
    def keyword(self) -> str:
        """The keyword of a task that asks an engine or a store."""
        return f"理财{self.mark}"

    @property
    def url(self) -> str:
        """The address of a task that names one."""
        return f"http://{self.mark}.hostile.example/"

    def chance(self) -> Random:
        """The same chance at every request."""
        return Random(self.number)


KINDS: dict[str, Kind] = {}


def kind(*ways: str, slow: bool = False) -> Callable[[Serve], Serve]:
    """Registers a behaviour under its function's name."""

    def register(serve: Serve) -> Serve:
        add(serve.__name__.strip("_"), serve, ways, slow=slow)
        return serve

    return register


def add(name: str, serve: Serve, ways: Sequence[str], *, slow: bool = False) -> None:
    """Registers a behaviour."""
    assert name not in KINDS, name
    KINDS[name] = Kind(name, serve, tuple(ways), slow)


def _groups() -> tuple[list[tuple[Kind, str]], list[tuple[Kind, str]], list[tuple[Kind, str]]]:
    """Kinds with a way of theirs, in a fixed order: answers, pages, slow ones."""
    pairs = [(kind, way) for kind in KINDS.values() for way in kind.ways]
    return (
        [pair for pair in pairs if pair[1] == ANSWER and not pair[0].slow],
        [pair for pair in pairs if pair[1] != ANSWER and not pair[0].slow],
        [pair for pair in pairs if pair[0].slow],
    )


def case(number: int) -> Case:
    """The page of a number."""
    answers, pages, slow = _groups()
    hundred, place = divmod(number, _ANSWERS + _PAGES + _SLOW)
    # Spread over the hundred, so that any stretch of numbers is a mix: 37 has no factor in common with 100.
    place = place * 37 % (_ANSWERS + _PAGES + _SLOW)
    if place < _SLOW:
        group, turn = slow, hundred * _SLOW + place
    elif place < _SLOW + _PAGES:
        group, turn = pages, hundred * _PAGES + place - _SLOW
    else:
        group, turn = answers, hundred * _ANSWERS + place - _SLOW - _PAGES
    kind, way = group[turn % len(group)]
    names = {ANSWER: ANSWERING, SEARCH: SEARCHING, LISTED: ("watchlist",)}.get(way, ("portal",))
    return Case(number, kind, way, names[(turn // len(group) + turn) % len(names)])


def few(count: int = FEW) -> list[Case]:
    """A part of all that has every kind in it, each way of it where there is room, and more of the cheap ones."""
    found: list[Case] = []
    kinds: set[str] = set()
    rest: list[Case] = []
    for number in range(ALL):
        one = case(number)
        if one.kind.name not in kinds:
            kinds.add(one.kind.name)
            found.append(one)
        elif one.way == ANSWER:
            rest.append(one)
        if len(kinds) == len(KINDS) and len(found) + len(rest) >= count:
            break
    return sorted([*found, *rest[: count - len(found)]], key=lambda one: one.number)


def number_in(text: str) -> int | None:
    """The number of the case that an address or a body belongs to."""
    found = _MARK.search(text)
    return int(found.group(1)) if found else None
