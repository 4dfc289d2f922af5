"""A firm's name taken apart: region, core, trade, legal form, branch.

上海云岫融资担保有限公司虚城分公司 = 上海 | 云岫 | 融资担保 | 有限公司 | 虚城分公司. The region may stand before the
core, before the trade (云岫（上海）科技) or after it (云岫银行（中国）). What is no known word is core.
"""

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

import msgspec

from licences.faults import fault_between
from licences.forms import forms
from licences.lookalikes import folded
from licences.names import full_of, legal_end, split_branch
from licences.wordlists import Words, words

#: Trade words taken off one name at most: 互联网 + 金融信息 + 服务.
_MAX_TRADES: Final = 3
_MAX_PLACES: Final = 4
_REMEMBERED: Final = 4_096  # names: the same entries are candidates of one query after the other
#: Names longer than this are taken as their first characters: no register has one.
MAX_NAME: Final = 80
#: A core is at least this long; a shorter rest gives a neighbour back.
_CORE: Final = 2
#: A place that no list knows, new or misspelled: 虚岭市, 虚岭县, 虚岭区; no 城市, 社区.
_UNKNOWN_PLACE: Final = re.compile("[\u4e00-\u9fff]{1,2}(?:[^城都超股门]市|[^郊]县|[^社园特景校小郊城市]区)")
#: The forms that are still seen through one fault (有限公同).
_FAULTY_FORMS: Final = ("股份有限公司", "有限责任公司", "有限公司")


class NameParts(msgspec.Struct, frozen=True, gc=False):
    """A text key's parts. Absent ones are "".

    `regions` are the places in their short form, in the order of the name; `trade` and `form`
    in their usual spelling; `family` is one word for all that the trade is shortened to, "" for a
    trade that no licence is about. `trunk` is the name as it is compared as a whole: places first, then
    core and trade as written, without form and branch; `stem` is that part of the key in its own
    order, and `core_at` where the core stands in it. `pieces` are the parts as written: joined,
    they are the key.
    """

    key: str
    regions: tuple[str, ...]
    core: str
    trade: str
    family: str
    form: str
    branch: str
    trunk: str
    stem: str
    core_at: int
    pieces: tuple[str, ...]

    @property
    def region(self) -> str:
        """The places as one word: 江苏昆山."""
        return "".join(self.regions)

    @property
    def tail(self) -> str:
        """Core and trade as written: the trunk without its places."""
        return self.trunk[len(self.region) :]


@lru_cache(_REMEMBERED)
def parts_of(key: str) -> NameParts:
    """Take a text key (`names.text_key`) apart."""
    body, branch = split_branch(key[:MAX_NAME])
    if len(key) > MAX_NAME:
        branch += key[MAX_NAME:]
    form, usual = _form(body)
    stem = body[: len(body) - len(form)]
    return _assembled(key, stem, form, usual, branch, words())


def _form(body: str) -> tuple[str, str]:
    """The legal form that a name ends with, as written and as it is usually spelled."""
    end = legal_end(body) or next((form for form in forms().short if body.endswith(form)), "")
    rest = len(body) - len(end)
    if end and body[rest - 1] == end[0] and body[rest - 3 : rest - 1] in words().trades:
        return body[rest - 1 :], full_of(end)  # 科技有有限公司
    if not _may_be_faulty(body[:rest], end):
        return (end, full_of(end)) if rest >= _CORE else ("", "")
    faulty = _faulty_form(body, len(end))
    if len(faulty[0]) > len(end) or rest < _CORE:
        return faulty
    return end, full_of(end)


def _may_be_faulty(head: str, end: str) -> bool:
    """Whether what stands before the end of a name may belong to a legal form with a fault."""
    if end not in ("", "公司", "有限公司") or (end and head[-2:] in words().trades):
        return False
    known = _form_characters()
    return len(known.intersection(folded(head[-5:]))) > 1 if not end else bool(known & set(folded(head[-2:])))


@cache
def _form_characters() -> frozenset[str]:
    return frozenset(folded("股份有限责任公司"))


def _faulty_form(body: str, longer_than: int) -> tuple[str, str]:
    """A legal form at the end of a name that look-alikes and one fault more have changed.

    As written and as it should be.
    """
    trades = words().trades
    best, found = (2, False, 0), ("", "")
    for usual in (form for form in _FAULTY_FORMS if len(form) > longer_than):
        form = folded(usual)
        for size in (len(usual) + 1, len(usual), len(usual) - 1):
            rest = len(body) - size
            if rest < _CORE:
                continue
            tail = folded(body[rest:])
            if tail == form or fault_between(tail, form) is not None:
                # 科技限公司 has lost a character, not changed one: the trade before it is whole
                cost = (int(tail != form), body[rest - 2 : rest] not in trades, -size)
                if cost < best:
                    best, found = cost, (body[rest:], full_of(usual))
    return found


def _core_at(stem: str, start: int, known: Words) -> bool:
    """Whether a firm's own name begins at an offset that looks like a place or a trade."""
    sizes = known.core_sizes.get(stem[start])  # most characters begin none
    return sizes is not None and any(stem[start : start + size] in known.cores for size in sizes)


def _place_at(stem: str, start: int, inside: frozenset[str] | None, known: Words) -> tuple[int, str]:
    """The place that begins at an offset: its end and short form; the offset itself where none does."""
    if start >= len(stem):
        return start, ""
    if _core_at(stem, start, known):
        return start, ""
    for size in known.place_sizes.get(stem[start], ()):
        word = stem[start : start + size]
        place = known.places.get(word)
        if (
            place is not None
            and len(word) == size
            and (place.alone or (inside is not None and inside & place.provinces))
        ):
            return start + size, place.short
    if inside is not None:
        for size in known.zones.get(stem[start], ()):
            if stem[start : start + size] in known.zone_words:
                return start + size, ""
    unknown = _UNKNOWN_PLACE.match(stem, start)
    if unknown is not None and len(stem) - unknown.end() >= _CORE:
        return unknown.end(), unknown.group()[:-1]
    return start, ""


def _places_before(stem: str, known: Words) -> list[tuple[int, str]]:
    """The places that a stem begins with: where each ends, and its short form."""
    found: list[tuple[int, str]] = []
    at = 0
    inside: frozenset[str] | None = None
    while len(found) < _MAX_PLACES:
        end, short = _place_at(stem, at, inside, known)
        if end == at:
            break
        if short:
            provinces = known.places[short].provinces if short in known.places else frozenset()
            inside = provinces if inside is None else inside
        found.append((end, short))
        at = end
    return found


def _trade_before(stem: str, start: int, end: int, known: Words) -> int:
    """Where the word of trade that ends at an offset begins; the offset itself where there is none."""
    if end - start < _CORE or stem[start:end] in known.cores:
        return end
    best = end
    for size in known.trade_ends.get(stem[end - 1], ()):
        begin = end - size
        if begin >= start and stem[begin:end] in known.trades:
            if stem[start:begin] in known.cores:
                return begin
            if best == end and begin - start != 1:  # one character is no core: it belongs to the word
                best = begin
    return best


def _places_behind(
    stem: str, start: int, end: int, known: Words, most: int = _MAX_PLACES, core: int = _CORE
) -> list[tuple[int, str]]:
    """The places that end at an offset behind a core: where each begins and its short form, the last first.

    A district's short form counts behind its city alone: 云岫（重庆渝中）. Two places one in the other are no chance:
    before them a core may have lost a character.
    """
    if end - start <= core or most == 0:
        return []
    for size in known.place_ends.get(stem[end - 1], ()):
        begin = end - size
        place = known.places.get(stem[begin:end]) if begin - start >= core else None
        if place is None or _core_at(stem, begin, known):
            continue
        outer = _places_behind(stem, start, begin, known, most - 1, 1)
        around = known.places[outer[0][1]].provinces if outer else frozenset()
        if outer and place.provinces & around:
            return [(begin, place.short), *outer]
        if place.alone:
            return [(begin, place.short)]
    return []


def _assembled(key: str, stem: str, form: str, usual: str, branch: str, known: Words) -> NameParts:
    before = _places_before(stem, known)
    left = before[-1][0] if before else 0
    if before and len(stem) - left == 1:  # 海南航 is a core: its one character left over belongs to it
        before.pop()
        left = before[-1][0] if before else 0
    right = len(stem)
    cuts = [right]
    trades: list[str] = []
    written: list[str] = []
    after: list[str] = []
    for _ in range(_MAX_TRADES):
        for begin, short in _places_behind(stem, left, right, known) if not after else ():
            after.insert(0, short)
            right = begin
            cuts.append(right)
        begin = _trade_before(stem, left, right, known)
        if begin == right:
            break
        word = stem[begin:right]
        written.append(word)
        trades.append(known.trades[word])
        right = begin
        cuts.append(right)
    regions = [short for _, short in before if short]
    core = stem[left:right]
    if not core and regions:  # 上海银行: the place is its own name
        core = regions.pop()
    elif not core and trades:
        core = written.pop()
        trades.pop()
    regions += after
    trade = "".join(reversed(trades))
    edges = [0, *(end for end, _ in before), *reversed(cuts)]
    pieces = [stem[one:other] for one, other in pairwise(edges)]
    return NameParts(
        key=key,
        regions=tuple(regions),
        core=core,
        trade=trade,
        family=known.families.get(trade) or next(filter(None, map(known.families.get, trades)), ""),
        form=usual,
        branch=branch,
        trunk="".join(regions) + core + "".join(reversed(written)),
        stem=stem,
        core_at=left if right > left else max(stem.find(core), 0),
        pieces=tuple(piece for piece in (*pieces, form, branch) if piece),
    )
