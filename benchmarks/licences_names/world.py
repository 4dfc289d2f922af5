"""A register of invented firms: made from a seed, the same every time, as many as asked for.

About one entry in seven is made a neighbour of an earlier one on purpose: its core in another place, in
another trade, with another character, or with one that sounds the same.
"""

import random
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import accumulate

from benchmarks.licences_names import tables
from benchmarks.licences_names.tables import Trade
from findings.model.codes import uscc_check_character
from licences.model import LicenceEntry

FORMS = {"有限公司": 62, "有限责任公司": 20, "股份有限公司": 18}
_LONGEST_FIRST = sorted(FORMS, key=len, reverse=True)
NEIGHBOURS = 0.15
_REMEMBERED = 5_000  # firms that a neighbour is made of


@dataclass(frozen=True, slots=True)
class Firm:
    """A firm's name in parts, as its registered name has them. `layout` says where the place stands."""

    province: str
    place: str
    written: str  # the place as the name writes it: 上海, 上海市, 浙江省杭州市, or nothing
    core: str
    trade: Trade
    form: str
    layout: str  # front, core (core（place）trade), end (core trade（place）form)

    @property
    def bare(self) -> str:
        """The name without legal form, the place always in front: no two entries share it."""
        return f"{self.place}{self.core}{self.trade.name}"

    @property
    def full(self) -> str:
        """The registered name."""
        if not self.written or self.layout == "front":
            return f"{self.written}{self.core}{self.trade.name}{self.form}"
        if self.layout == "core":
            return f"{self.core}（{self.written}）{self.trade.name}{self.form}"
        return f"{self.core}{self.trade.name}（{self.written}）{self.form}"


def _organisation_code(number: int) -> str:
    """Eight figures and the check character of GB 11714."""
    figures = f"{number:08d}"
    rest = 11 - sum(int(f) * w for f, w in zip(figures, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return figures + {10: "X", 11: "0"}.get(rest, str(rest))


class World:
    """Makes firms and their entries; afterwards knows which names and cores there are."""

    def __init__(self, seed: int, count: int, keep: int) -> None:
        """`keep` firms, spread over all, stay in `kept` to be asked for."""
        self.count = count
        self._rng = random.Random(seed)
        self.bare: set[str] = set()
        self.names: set[str] = set()
        self.full_names: list[str] = []
        self.short_names: Counter[str] = Counter()
        self.cores: Counter[str] = Counter()
        self.kept: list[tuple[Firm, LicenceEntry]] = []
        self._keep = set(self._rng.sample(range(count), min(keep, count)))
        chars = tables.core_characters()
        self._chars = chars
        self._char_weights = list(accumulate(1 / (rank + 25) for rank in range(len(chars))))
        self._places = tables.places()
        self._place_weights = list(accumulate(tables.place_weights()))
        self._trades = tables.trades()
        self._trade_weights = list(accumulate(one.share for one in self._trades))
        self._recent: deque[Firm] = deque(maxlen=_REMEMBERED)

    def _core(self) -> str:
        size = self._rng.choices((2, 3, 4, 5), (62, 18, 17, 3))[0]
        return "".join(self._rng.choices(self._chars, cum_weights=self._char_weights, k=size))

    def place(self) -> tuple[str, str]:
        """A province and a place in it, by how many firms sit there."""
        return self._rng.choices(self._places, cum_weights=self._place_weights)[0]

    def trade(self) -> Trade:
        """A trade by its share."""
        return self._rng.choices(self._trades, cum_weights=self._trade_weights)[0]

    def _written(self, province: str, place: str) -> str:
        draw = self._rng.random()
        if place == province:
            suffix = "市" if province in tables.MUNICIPALITIES else "" if province in tables.REGIONS else "省"
            return place + suffix if draw < 0.15 else place
        if draw < 0.02:
            return ""
        if draw < 0.17 and province not in tables.MUNICIPALITIES:
            return place + "市"
        return province + place if draw < 0.25 else place

    def _firm(self) -> Firm:
        rng = self._rng
        if self._recent and rng.random() < NEIGHBOURS:
            return self._neighbour(rng.choice(self._recent))
        province, place = self.place()
        trade = self.trade()
        form = (
            "股份有限公司"
            if trade.licence_type == "bank"
            else rng.choices(list(FORMS), list(FORMS.values()))[0]
        )
        layout = (
            "front" if trade.licence_type == "bank" else rng.choices(("front", "core", "end"), (86, 9, 5))[0]
        )
        return Firm(province, place, self._written(province, place), self._core(), trade, form, layout)

    def _neighbour(self, firm: Firm) -> Firm:
        rng = self._rng
        which = rng.randrange(4)
        if which == 0:
            province, place = self.place()
            return replace(firm, province=province, place=place, written=self._written(province, place))
        if which == 1 and firm.trade.licence_type != "bank":
            trade = self.trade()
            return firm if trade.licence_type == "bank" else replace(firm, trade=trade)
        at = rng.randrange(len(firm.core))
        sounds = tables.syllables()[tables.sound_of()[firm.core[at]]] if which == 2 else self._chars
        other = rng.choice([char for char in sounds if char in self._chars])
        return replace(firm, core=firm.core[:at] + other + firm.core[at + 1 :])

    def entries(self) -> Iterator[LicenceEntry]:
        """All entries, in order."""
        number = 0
        while number < self.count:
            firm = self._firm()
            full = firm.full
            if firm.bare in self.bare or full in self.names or len(full) > 60:
                continue
            self.bare.add(firm.bare)
            self.names.add(full)
            self.full_names.append(full)
            self.cores[firm.core] += 1
            self._recent.append(firm)
            entry = self._entry(number, firm)
            if number in self._keep:
                self.kept.append((firm, entry))
            number += 1
            yield entry

    @staticmethod
    def without_form(full: str) -> str:
        """A registered name without its legal form."""
        return next(full.removesuffix(form) for form in _LONGEST_FIRST if full.endswith(form))

    def _entry(self, number: int, firm: Firm) -> LicenceEntry:
        rng = self._rng
        draw = rng.random
        first = f"9{rng.choice('12')}{rng.randrange(110000, 659000)}{_organisation_code(10_000_000 + number)}"
        self.short_names[firm.core + (firm.trade.short or firm.trade.name)] += 1
        former = firm.place + self._core() + firm.trade.name + firm.form if draw() < 0.12 else ""
        brands = []
        if draw() < 0.12:
            brands.append(firm.core + (firm.trade.short or firm.trade.name))
        if draw() < 0.02 and (english := english_name(firm)) not in self.names:
            brands.append(english)
        for name in (former, *brands):
            if name in self.names:
                former, brands = "" if name == former else former, [one for one in brands if one != name]
            else:
                self.names.add(name)
        online = draw() < 0.3
        return LicenceEntry(
            id=f"w:{number}",
            name=brands[0] if brands and draw() < 0.3 and brands[0][0] > "z" else firm.full,
            full_name=firm.full,
            licence_type=firm.trade.licence_type,
            uscc=first + uscc_check_character(first),
            licence_no=f"W{number:013d}",
            region=firm.province if firm.trade.licence_type in ("small_loan", "pawn", "guarantee") else None,
            domains=(f"w{number}.example",) if online else (),
            app_packages=(f"com.w{number}.app",) if online and draw() < 0.4 else (),
            brands=tuple(brands),
            former_names=(former,) if former else (),
            phones=(f"400{number:07d}",) if online and draw() < 0.5 else (),
            owners=(f"{firm.place}{firm.core}信息科技有限公司",) if online and draw() < 0.1 else (),
            valid_from=date(2015, 1, 1),
            valid_to=date(2025, 6, 30) if draw() < 0.08 else None,
        )


_ENGLISH = {
    "small_loan": "Micro Loan",
    "guarantee": "Financing Guarantee",
    "pawn": "Pawn",
    "leasing": "Financial Leasing",
    "factoring": "Commercial Factoring",
    "private_fund": "Fund Management",
    "insurance_intermediary": "Insurance Services",
    "insurer": "Insurance",
    "bank": "Bank",
    "payment": "Payment",
}


def english_name(firm: Firm) -> str:
    """The name a firm gives itself in English: syllables and what it does."""
    sounds = "".join(tables.sound_of().get(char, "") for char in firm.core).capitalize()
    place = "".join(tables.sound_of().get(char, "") for char in firm.place).capitalize()
    return f"{place} {sounds} {_ENGLISH.get(firm.trade.licence_type, 'Finance')} Co., Ltd."
