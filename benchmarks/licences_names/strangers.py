"""Names of other firms near a listed one: none of them stands in the list."""

import random
from collections.abc import Callable
from dataclasses import replace

from benchmarks.licences_names import tables
from benchmarks.licences_names.world import Firm, World

Stranger = Callable[[random.Random, Firm, World], str | None]
_TRIES = 60


def _in_front(firm: Firm) -> Firm:
    return replace(firm, layout="front", written=firm.written or firm.place)


def _new(world: World, firm: Firm) -> str | None:
    firm = _in_front(firm)
    return None if firm.bare in world.bare or firm.full in world.names else firm.full


def _other_core(rng: random.Random, firm: Firm, world: World, others: Callable[[str], str]) -> str | None:
    for _ in range(_TRIES):
        at = rng.randrange(len(firm.core))
        chars = others(firm.core[at]).replace(firm.core[at], "")
        if not chars:
            continue
        core = firm.core[:at] + rng.choice(chars) + firm.core[at + 1 :]
        if core in world.cores and (name := _new(world, replace(firm, core=core))):
            return name
    return None


def real_core(rng: random.Random, firm: Firm, world: World) -> str | None:
    """One character makes it the core of other firms."""
    return _other_core(rng, firm, world, lambda _: tables.core_characters())


def real_homophone_core(rng: random.Random, firm: Firm, world: World) -> str | None:
    """上海普发 for 上海浦发: a core that sounds the same and is that of other firms."""
    return _other_core(rng, firm, world, lambda char: tables.syllables()[tables.sound_of()[char]])


def new_homophone_core(rng: random.Random, firm: Firm, world: World) -> str | None:
    """A core that sounds the same, that no listed firm has: nothing tells it from a slip."""
    for _ in range(_TRIES):
        at = rng.randrange(len(firm.core))
        chars = tables.syllables()[tables.sound_of()[firm.core[at]]].replace(firm.core[at], "")
        chars = "".join(char for char in chars if char in tables.core_characters())
        core = firm.core[:at] + rng.choice(chars) + firm.core[at + 1 :] if chars else firm.core
        if core not in world.cores and (name := _new(world, replace(firm, core=core))):
            return name
    return None


def longer_core(rng: random.Random, firm: Firm, world: World) -> str | None:
    """盛丰源 beside 盛丰."""
    return _new(world, replace(firm, core=firm.core + rng.choice("源泰达鑫通和信元")))


def other_place(rng: random.Random, firm: Firm, world: World) -> str | None:
    """The same core and trade elsewhere."""
    province, place = rng.choice(tables.places())
    if place == firm.place or (firm.province == province and firm.province in (place, firm.place)):
        return None
    return _new(world, replace(firm, province=province, place=place, written=place))


def other_trade(rng: random.Random, firm: Firm, world: World) -> str | None:
    """The same core and place in another trade."""
    trade = world.trade()
    if trade.name in firm.trade.name or firm.trade.name in trade.name:
        return None
    return _new(world, replace(firm, trade=trade, form="有限公司"))


def unlicensed_trade(rng: random.Random, firm: Firm, world: World) -> str | None:
    """The same core and place in a trade without licence."""
    trade = rng.choice(("信息科技", "企业管理咨询", "网络科技", "商务服务", "电子商务", "财务咨询", "贸易"))
    return f"{firm.place}{firm.core}{trade}有限公司"


def group(rng: random.Random, firm: Firm, world: World) -> str | None:
    """The group, the holding or the parent of a licensed firm."""
    end = rng.choice(
        ("集团有限公司", "控股集团有限公司", "控股有限公司", "集团股份有限公司", "实业集团有限公司")
    )
    return f"{rng.choice((firm.place, ''))}{firm.core}{end}"


def subsidiary(rng: random.Random, firm: Firm, world: World) -> str | None:
    """A firm of its own whose name begins with that of a licensed one."""
    head = firm.full.removesuffix(firm.form)
    end = rng.choice(
        ("咨询有限公司", "信息技术有限公司", "（香港）有限公司", "服务外包有限公司", "控股有限公司")
    )
    return head + end


KINDS: dict[str, Stranger] = {
    one.__name__: one
    for one in (
        real_core, real_homophone_core, new_homophone_core, longer_core, other_place, other_trade,
        unlicensed_trade, group, subsidiary,
    )
}  # fmt: skip
