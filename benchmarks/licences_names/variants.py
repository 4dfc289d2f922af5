"""Names of a firm as people, keyboards, scanners and printers write them; each kind is one function.

A kind gives None where a firm has no such variant. Half of all faults of one character fall into the
core, the rest anywhere in the name.
"""

import random
from collections.abc import Callable

from benchmarks.licences_names import tables
from benchmarks.licences_names.world import Firm
from licences.model import LicenceEntry

Variant = Callable[[random.Random, Firm, LicenceEntry], str | None]
#: Syllables that keyboards' fuzzy input and southern speech mix up.
_BEGINNINGS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l"))
_ENDS = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("uang", "uan"), ("ong", "eng"))


def _place_of_fault(rng: random.Random, firm: Firm) -> int:
    full = firm.full
    if rng.random() < 0.5:
        return full.index(firm.core) + rng.randrange(len(firm.core))
    return rng.choice([at for at, char in enumerate(full) if char not in "（）"])


def _replaced(name: str, at: int, other: str) -> str:
    return name[:at] + other + name[at + 1 :]


def _exchange(rng: random.Random, firm: Firm, others: Callable[[str], str]) -> str | None:
    for _ in range(12):
        at = _place_of_fault(rng, firm)
        choice = others(firm.full[at]).replace(firm.full[at], "")
        if choice:
            return _replaced(firm.full, at, rng.choice(choice))
    return None


def _same_sound(char: str) -> str:
    sound = tables.sound_of().get(char)
    return tables.syllables()[sound] if sound else ""


def _near_sounds(char: str) -> str:
    sound = tables.sound_of().get(char, "")
    found = []
    for one, other in _BEGINNINGS:
        if sound.startswith(one):
            found.append(other + sound[len(one) :])
        elif sound.startswith(other):
            found.append(one + sound[len(other) :])
    for one, other in _ENDS:
        if sound.endswith(one):
            found.append(sound[: -len(one)] + other)
        elif sound.endswith(other):
            found.append(sound[: -len(other)] + one)
    return "".join(tables.syllables().get(syllable, "") for syllable in found)


def homophone(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """One character is another of the same syllable."""
    return _exchange(rng, firm, _same_sound)


def near_syllable(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """One character is one of a syllable that is mixed up with its own."""
    return _exchange(rng, firm, _near_sounds)


def replaced(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """One character is any other."""
    return _exchange(rng, firm, lambda _: rng.choice(tables.core_characters()))


def look_alike(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """One character is one that looks like it."""
    return _exchange(rng, firm, lambda char: tables.look_alikes().get(char, ""))


def two_look_alikes(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """Two characters are such that look like them, as in a bad scan; the place and the core at most once."""
    full = firm.full
    ends = full.index(firm.core) + len(firm.core)
    rest = [at for at in range(ends, len(full)) if full[at] in tables.look_alikes()]
    core = [at for at in range(full.index(firm.core), ends) if full[at] in tables.look_alikes()]
    if not core or not rest:
        return None
    for at in (rng.choice(core), rng.choice(rest)):
        full = _replaced(full, at, rng.choice(tables.look_alikes()[full[at]][:2]))
    return full


def dropped(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """One character is missing."""
    return _replaced(firm.full, _place_of_fault(rng, firm), "")


def doubled(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """One character stands twice."""
    at = _place_of_fault(rng, firm)
    return _replaced(firm.full, at, firm.full[at] * 2)


def swapped(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """Two neighbours have changed places."""
    full = firm.full
    at = min(_place_of_fault(rng, firm), len(full) - 2)
    if full[at] == full[at + 1]:
        return None
    return full[:at] + full[at + 1] + full[at] + full[at + 2 :]


def traditional(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """Written in traditional characters."""
    full = "".join(rng.choice(tables.traditional().get(char, char)) for char in firm.full)
    return full if full != firm.full else None


def width_and_spaces(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """Half-width brackets, spaces, quotation marks and full stops that a page brings along."""
    full = firm.full.replace("（", "(").replace("）", ")")
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(full))
        full = full[:at] + rng.choice((" ", "\u3000", "\u200b", "\u00a0")) + full[at:]
    return rng.choice(("「{}」", "{}。", " {} ", "【{}】", "“{}”", "{}")).format(full)


def brackets(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """The place stands elsewhere, or in brackets."""
    core, written, trade, form = firm.core, firm.written, firm.trade.name, firm.form
    if not written or firm.trade.licence_type == "bank":
        return None
    written = f"({written})" if rng.random() < 0.5 else f"（{written}）"
    ways = [
        f"{core}{written}{trade}{form}",
        f"{core}{trade}{written}{form}",
        f"{firm.written}{core}{trade}{form}",
    ]
    return rng.choice([one for one in ways if one.translate(_HALF) != firm.full.translate(_HALF)])


_HALF = str.maketrans("（）", "()")


def place_longer(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """上海 for 上海市, 浙江杭州 for 杭州, and the other way round."""
    if not firm.written or firm.layout != "front":
        return None
    if firm.place == firm.province:
        suffix = "市" if firm.place in tables.MUNICIPALITIES else "省"
        ways = [firm.place, firm.place + suffix] if firm.place not in tables.REGIONS else []
    elif firm.province in tables.MUNICIPALITIES:
        ways = [firm.place, firm.province + firm.place, f"{firm.province}市{firm.place}"]
    else:
        ways = [firm.place, firm.place + "市", firm.province + firm.place, f"{firm.province}省{firm.place}市"]
        ways = [one for one in ways if firm.province not in tables.REGIONS or "省" not in one]
    ways = [one for one in ways if one != firm.written]
    return rng.choice(ways) + firm.full.removeprefix(firm.written) if ways else None


def no_form(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """Without 有限公司 and the like."""
    return firm.full.removesuffix(firm.form)


def other_form(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """With another legal form, or a cut one."""
    ways = ("公司", "有限公司", "有限责任公司", "股份有限公司", "（有限公司）", "有限")
    return firm.full.removesuffix(firm.form) + rng.choice([one for one in ways if one != firm.form])


def short_trade(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """With the trade as people shorten it: 小贷, 农商行."""
    if not firm.trade.short:
        return None
    return f"{firm.place}{firm.core}{firm.trade.short}{rng.choice(('', '公司', '有限公司'))}"


def short_name(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """A short name that the register has."""
    return next((name for name in entry.brands if name[0] > "z"), None)


def former_name(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """A former name."""
    return entry.former_names[0] if entry.former_names else None


def branch(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """A branch, after the full name as registers write it."""
    place = rng.choice(tables.places())[1]
    if firm.trade.licence_type == "bank":
        ways: tuple[str, ...] = (
            f"{place}分行",
            f"{place}支行",
            f"{place}分行营业部",
            f"{place}{rng.choice('东西南北')}街支行",
            "信用卡中心",
        )
    elif firm.trade.licence_type == "insurer":
        ways = (f"{place}分公司", f"{place}中心支公司", f"{place}支公司", f"{place}营销服务部")
    elif firm.trade.licence_type in ("securities", "futures"):
        ways = (f"{place}分公司", f"{place}人民路证券营业部", f"{place}营业部")
    else:
        ways = (
            f"{place}分公司",
            f"（{place}）分公司",
            f"{place}第一分公司",
            f"{place}市分公司",
            f"{place}办事处",
        )
    return firm.full + rng.choice(ways)


def english(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """Its English name, in capitals, without points, or with another ending."""
    name = next((one for one in entry.brands if one[0] <= "z"), None)
    if name is None:
        return None
    ways = (
        name.upper(),
        name.replace(",", "").replace(".", ""),
        name.replace("Co., Ltd.", "Company Limited"),
        name.replace("Co., Ltd.", "CO.,LTD"),
        name.lower(),
    )
    return rng.choice(ways)


def typo_without_form(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
    """A homophone in the core, and no legal form."""
    at = rng.randrange(len(firm.core))
    others = _same_sound(firm.core[at]).replace(firm.core[at], "")
    if not others:
        return None
    place = firm.full.index(firm.core) + at
    return _replaced(firm.full, place, rng.choice(others)).removesuffix(firm.form)


KINDS: dict[str, Variant] = {
    one.__name__: one
    for one in (
        homophone, near_syllable, replaced, look_alike, two_look_alikes, dropped, doubled, swapped, traditional,
        width_and_spaces, brackets, place_longer, no_form, other_form, short_trade, short_name, former_name, branch,
        english, typo_without_form,
    )
}  # fmt: skip
