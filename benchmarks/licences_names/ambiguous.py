"""Which faulty names lie as near to another entry as to their own: nobody can say whose they are."""

from collections.abc import Iterable, Sequence

from rapidfuzz.distance import OSA


def _cut(name: str) -> set[str]:
    return {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}


def as_near_to_another(asked: Sequence[tuple[str, str]], names: Iterable[str]) -> set[int]:
    """Numbers of the (faulty name, its firm's name) that another of `names` is one fault from, or none."""
    by_cut: dict[str, list[int]] = {}
    for number, (faulty, _) in enumerate(asked):
        for cut in _cut(faulty):
            by_cut.setdefault(cut, []).append(number)
    found: set[int] = set()
    for name in names:
        for cut in _cut(name):
            for number in by_cut.get(cut, ()):
                faulty, own = asked[number]
                if number not in found and name != own and OSA.distance(faulty, name, score_cutoff=1) <= 1:
                    found.add(number)
    return found
