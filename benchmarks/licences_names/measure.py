"""Names are made, asked for and scored. Used by the benchmark and, small, by a test."""

import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from benchmarks.licences_names import impostors, strangers, variants
from benchmarks.licences_names.ambiguous import as_near_to_another
from benchmarks.licences_names.world import Firm, World
from findings.model.vocabulary import LicenceStatus, Product
from licences.model import LicenceEntry, ListKind, Register
from licences.registers import Registers
from licences.resolve import check_name, resolve

ON = date(2026, 11, 22)
REGISTER = "world"
#: The verdicts that say: this ad is that firm's.
TREATED_AS = (LicenceStatus.LICENSED, LicenceStatus.EXPIRED, LicenceStatus.OUT_OF_SCOPE)
#: The kinds of variants that the issue names: typo, missing legal form, short and former name, traditional,
#: OCR error, branch. The others are harder, or of other ways of writing.
NAMED_KINDS = (
    "homophone", "near_syllable", "replaced", "dropped", "doubled", "swapped", "no_form", "short_name", "former_name",
    "traditional", "look_alike", "branch",
)  # fmt: skip
#: Kinds of variants with one fault: another entry may be as near.
ONE_FAULT = (
    "homophone", "near_syllable", "replaced", "look_alike", "dropped", "doubled", "swapped", "typo_without_form",
)  # fmt: skip


def register(title: str = "模拟名单") -> Register:
    """The list of a world's entries: fresh, and everyone who may lend."""
    return Register(
        id=REGISTER,
        title_zh=title,
        kind=ListKind.LICENCE,
        as_of=date(2026, 11, 20),
        max_age_days=92,
        source="world",
        products=(Product.LOAN,),
        complete=True,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A name to ask for; `firm` is the registered name it is made of, `entry` the right answer's id."""

    kind: str
    name: str
    firm: str
    entry: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the verdict's status and entry, and the entry most like the name."""

    status: LicenceStatus
    entry: str | None
    likest: str | None

    @property
    def top(self) -> str | None:
        """The entry that an officer sees first."""
        return self.entry or self.likest

    @property
    def treated(self) -> bool:
        """Whether the ad counts as that firm's."""
        return self.entry is not None and self.status in TREATED_AS


@dataclass
class Score:
    """One kind of names: how many, and what became of them.

    `suggested`: the verdict points to an entry, be it as unconfirmed; `near`: an entry is named as like it.
    """

    asked: int = 0
    right: int = 0
    treated: int = 0
    treated_wrong: int = 0
    suggested: int = 0
    near: int = 0
    missed: list[tuple[Asked, Answer]] = field(default_factory=list)


Maker = Callable[[random.Random, Firm, LicenceEntry], str | None]


def _drawn(makers: Mapping[str, Maker], world: World, seed: int, per_kind: int) -> list[Asked]:
    """So many names of every kind, fewer where the kept firms have fewer; `entry` is whose name was changed."""
    rng = random.Random(seed)
    drawn = []
    for kind, make in makers.items():
        firms = rng.sample(world.kept, len(world.kept))
        made = ((make(rng, firm, entry), firm, entry) for firm, entry in firms)
        names = (Asked(kind, name, firm.full, entry.id) for name, firm, entry in made if name is not None)
        drawn += islice(names, per_kind)
    return drawn


def variants_of(world: World, seed: int, per_kind: int) -> list[Asked]:
    """Variants of every kind; none is another firm's exact name."""

    def maker(kind: str) -> Maker:
        def make(rng: random.Random, firm: Firm, entry: LicenceEntry) -> str | None:
            name = variants.KINDS[kind](rng, firm, entry)
            if name is None or name == firm.full:
                return None
            if name in world.names and name not in (*entry.brands, *entry.former_names):
                return None
            return None if kind == "short_name" and world.short_names[name] > 1 else name

        return make

    return _drawn({kind: maker(kind) for kind in variants.KINDS}, world, seed, per_kind)


def ambiguous(world: World, asked: Sequence[Asked]) -> set[int]:
    """Numbers of those that lie as near to another entry."""
    found: set[int] = set()
    for without_form in (False, True):
        numbers = [
            number
            for number, one in enumerate(asked)
            if one.kind in ONE_FAULT and (one.kind == "typo_without_form") is without_form
        ]
        ending = world.without_form if without_form else str
        names = map(ending, world.full_names)
        pairs = [(asked[number].name, ending(asked[number].firm)) for number in numbers]
        found |= {numbers[at] for at in as_near_to_another(pairs, names)}
    return found


def reads_as_another_core(world: World, asked: Sequence[Asked]) -> set[int]:
    """Numbers of those whose fault made the core that of other firms in the list: 华爱 for 化爱.

    As a name, such a slip is the same as a stranger of that core, whom nobody may be taken for.
    """
    firms = {entry.id: firm for firm, entry in world.kept}
    found = set()
    for number, one in enumerate(asked):
        core = firms[one.entry].core
        before, _, after = one.firm.partition(core)
        ends = world.without_form(one.firm).partition(core)[2] if one.kind == "typo_without_form" else after
        if one.kind in ONE_FAULT and one.name.startswith(before) and one.name.endswith(ends):
            faulty = one.name[len(before) : len(one.name) - len(ends)]
            if faulty != core and world.cores[faulty] > 0:
                found.add(number)
    return found


def strangers_of(world: World, seed: int, per_kind: int) -> list[Asked]:
    """Names of every kind of other firm, none of them in the list; `entry` is whom it must not be."""

    def maker(kind: str) -> Maker:
        def make(rng: random.Random, firm: Firm, _entry: LicenceEntry) -> str | None:
            name = strangers.KINDS[kind](rng, firm, world)
            return None if name in world.names else name

        return make

    return _drawn({kind: maker(kind) for kind in strangers.KINDS}, world, seed, per_kind)


def ask(registers: Registers, name: str) -> Answer:
    """What the lists say of a name."""
    licence = check_name(name, Product.LOAN, ON, registers).licence
    near = () if licence.entry else registers.index.near(name)
    return Answer(
        licence.status,
        licence.entry.id if licence.entry else None,
        near[0].entry.id if near else None,
    )


def score(
    registers: Registers, asked: Sequence[Asked], *, right: bool = True
) -> tuple[dict[str, Score], float]:
    """Scores by kind and the names a second of CPU time; `right` is False for names of other firms."""
    scores: dict[str, Score] = {}
    spent = time.process_time()
    answers = [ask(registers, one.name) for one in asked]
    spent = time.process_time() - spent
    for one, answer in zip(asked, answers, strict=True):
        kind = scores.setdefault(one.kind, Score())
        kind.asked += 1
        kind.right += answer.top == one.entry
        kind.treated += answer.treated
        kind.treated_wrong += answer.treated and not (right and answer.entry == one.entry)
        kind.suggested += answer.entry is not None
        kind.near += answer.top is not None
        if (answer.top != one.entry) if right else answer.entry is not None:
            kind.missed.append((one, answer))
    return scores, len(asked) / spent


@dataclass(frozen=True, slots=True)
class Cleared:
    """An ad of a stranger that passed for a licensed firm's."""

    kind: str
    shown: str
    firm: str
    status: LicenceStatus
    reason: str


def impostors_of(
    registers: Registers, world: World, seed: int, per_kind: int
) -> tuple[Counter[tuple[str, LicenceStatus]], list[Cleared]]:
    """Statuses by kind, and those that were cleared."""
    rng = random.Random(seed)
    statuses: Counter[tuple[str, LicenceStatus]] = Counter()
    cleared = []
    online = [
        (firm, entry) for firm, entry in world.kept if entry.domains and entry.app_packages and entry.phones
    ]
    for kind, impostor in impostors.KINDS.items():
        for _ in range(per_kind):
            firm, entry = rng.choice(online)
            shown = rng.choice(impostors.shown_names(rng, firm, entry))
            found = resolve(impostor(rng, shown, entry), Product.LOAN, ON, registers).licence
            statuses[kind, found.status] += 1
            if found.entry is not None and found.status in TREATED_AS:
                cleared.append(Cleared(kind, shown, firm.full, found.status, found.reason))
    return statuses, cleared
