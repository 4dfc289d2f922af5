"""The one small fault between two spellings: a character more, less, another, or two swapped."""

from enum import StrEnum

import msgspec
from msgspec.structs import replace


class FaultKind(StrEnum):
    """What happened to the second spelling to make the first."""

    REPLACED = "replaced"
    ADDED = "added"
    DOUBLED = "doubled"
    DROPPED = "dropped"
    SWAPPED = "swapped"


class Fault(msgspec.Struct, frozen=True, gc=False):
    """One fault: `at` is its offset in the right spelling, `wrong` and `right` what stands there."""

    kind: FaultKind
    at: int
    wrong: str
    right: str


def fault_between(wrong: str, right: str) -> Fault | None:
    """The single fault that makes `wrong` out of `right`; None if they are equal or differ by more."""
    gap = len(wrong) - len(right)
    if gap > 1 or gap < -1 or wrong == right:
        return None
    shorter = min(len(wrong), len(right))
    at = 0
    while at < shorter and wrong[at] == right[at]:
        at += 1
    if gap == 1:
        if wrong[at + 1 :] != right[at:]:
            return None
        extra = wrong[at]
        doubled = (at > 0 and wrong[at - 1] == extra) or right[at : at + 1] == extra
        return Fault(FaultKind.DOUBLED if doubled else FaultKind.ADDED, at, extra, "")
    if gap == -1:
        return Fault(FaultKind.DROPPED, at, "", right[at]) if wrong[at:] == right[at + 1 :] else None
    if wrong[at + 1 :] == right[at + 1 :]:
        return Fault(FaultKind.REPLACED, at, wrong[at], right[at])
    if wrong[at + 2 :] == right[at + 2 :] and wrong[at : at + 2] == right[at : at + 2][::-1]:
        return Fault(FaultKind.SWAPPED, at, wrong[at : at + 2], right[at : at + 2])
    return None


def two_faults(wrong: str, right: str) -> tuple[Fault, Fault] | None:
    """The two faults that make `wrong` out of `right`, the first as far to the left as can be; None if there aren't two."""
    if abs(len(wrong) - len(right)) > 2 or wrong == right or fault_between(wrong, right) is not None:
        return None
    shorter = min(len(wrong), len(right))
    at = next((at for at in range(shorter) if wrong[at] != right[at]), shorter)
    for ahead, behind in ((1, 1), (2, 2), (0, 1), (1, 0)):  # replaced, swapped, dropped, added
        first = fault_between(wrong[at : at + ahead], right[at : at + behind])
        second = fault_between(wrong[at + ahead :], right[at + behind :])
        if first is not None and second is not None:
            return replace(first, at=at + first.at), replace(second, at=at + behind + second.at)
    return None
