"""The best tag sequence of a CRF, found exactly with little work.

Exchanging one tag of a sequence changes its score by the difference of two emissions and at
most two transitions. So with R = largest minus smallest transition, a tag whose emission lies
more than 2R under the best one of its position is on no best path. LAC's transitions span only
0.41, which leaves one tag at nearly every position; Viterbi runs over the others alone.
"""

from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


class CrfDecoder:
    """Decodes emissions with one fixed transition matrix; start and end transitions are zero."""

    def __init__(self, transitions: Floats) -> None:
        self._transitions: list[list[float]] = transitions.tolist()
        self._margin = 2.0 * float(transitions.max() - transitions.min())

    def decode(self, emissions: Floats) -> list[int]:
        """Return the best tag for each row of one sequence's emissions (length, tags)."""
        return self.decode_many(emissions, [len(emissions)])[0]

    def decode_many(self, emissions: Floats, lengths: list[int]) -> list[list[int]]:
        """Decode sequences that lie one after the other in `emissions` (sum of lengths, tags)."""
        if not len(emissions):
            return [[] for _ in lengths]
        best = emissions.argmax(axis=1)
        top = emissions[np.arange(len(emissions)), best]
        rivals = emissions > (top - self._margin)[:, None]
        path: list[int] = best.tolist()
        bounds = np.cumsum([0, *lengths]).tolist()
        starts = set(bounds)
        open_rows = np.flatnonzero(rivals.sum(axis=1) > 1).tolist()
        for first, last in _runs(open_rows, starts):
            before = path[first - 1] if first not in starts else None
            after = path[last + 1] if last + 1 not in starts else None
            choices = [np.flatnonzero(row).tolist() for row in rivals[first : last + 1]]
            scores = [emissions[first + i, tags].tolist() for i, tags in enumerate(choices)]
            path[first : last + 1] = self._viterbi(choices, scores, before, after)
        return [path[start:end] for start, end in pairwise(bounds)]

    def _viterbi(
        self, choices: list[list[int]], scores: list[list[float]], before: int | None, after: int | None
    ) -> list[int]:
        """Find the best way through a run of open positions between two decided ones."""
        move = self._transitions
        if before is None:
            totals = scores[0]
        else:
            totals = [move[before][tag] + score for tag, score in zip(choices[0], scores[0], strict=True)]
        back: list[list[int]] = []
        for i in range(1, len(choices)):
            new_totals, pointers = [], []
            for tag, score in zip(choices[i], scores[i], strict=True):
                ways = [total + move[old][tag] for old, total in zip(choices[i - 1], totals, strict=True)]
                pointer = max(range(len(ways)), key=ways.__getitem__)
                new_totals.append(ways[pointer] + score)
                pointers.append(pointer)
            totals = new_totals
            back.append(pointers)
        if after is not None:
            totals = [total + move[tag][after] for tag, total in zip(choices[-1], totals, strict=True)]
        at = max(range(len(totals)), key=totals.__getitem__)
        found = [choices[-1][at]]
        for i in range(len(back) - 1, -1, -1):
            at = back[i][at]
            found.append(choices[i][at])
        return found[::-1]


def _runs(rows: list[int], starts: set[int]) -> list[tuple[int, int]]:
    """Group consecutive rows (first, last), never across the start of a sequence."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        if runs and runs[-1][1] == row - 1 and row not in starts:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs
