"""Whether case files stand as the trail left them: a file changed in the database itself has no entry for it."""

from collections.abc import Iterable, Iterator

import msgspec

from findings.casebook import Casebook, CaseQuery
from findings.model.casework import AuditEntry, CaseFile
from findings.model.errors import Said
from findings.model.vocabulary import CASE_STATE_ZH, CaseState

#: Looks at a case that others may be changing: one that is seen so often to disagree does.
_LOOKS = 4


class Left(msgspec.Struct, frozen=True):
    """How the trail left a case: its state, and its version where an entry says so."""

    state: CaseState = CaseState.OPEN
    version: int | None = None


class Disagreement(msgspec.Struct, frozen=True):
    """A case that stands otherwise than the trail left it. `stands` is None where its file is gone.

    `listed` is the state that the store lists it under, where that is not the file's own: then it is
    missing from one officer's queue and stands wrongly in another's.
    """

    case_id: str
    left: Left
    stands: Left | None
    listed: CaseState | None = None

    @property
    def said(self) -> Said:
        """One sentence for a person."""
        if self.stands is None:
            return Said(
                f"case {self.case_id} is in the trail and has no file",
                zh=f"案件 {self.case_id} 在日志中有记录，但档案不存在",
            )
        if self.listed is not None:
            return Said(
                f"case {self.case_id} is {self.stands.state}, and the store lists it as {self.listed}",
                zh=f"案件 {self.case_id} 档案为“{CASE_STATE_ZH[self.stands.state]}”，存储却按“{CASE_STATE_ZH[self.listed]}”列出",
            )
        return Said(
            f"case {self.case_id} is {self.stands.state} (version {self.stands.version}); the trail left it "
            f"{self.left.state} (version {self.left.version or '?'})",
            zh=f"案件 {self.case_id} 现为“{CASE_STATE_ZH[self.stands.state]}”（第 {self.stands.version} 版），"
            f"日志所载为“{CASE_STATE_ZH[self.left.state]}”（第 {self.left.version or '?'} 版）",
        )


def left_by(entries: Iterable[AuditEntry]) -> dict[str, Left]:
    """How a trail left each case that it speaks of."""
    cases: dict[str, Left] = {}
    for entry in entries:
        for case_id in entry.draft.case_ids:
            before = cases.get(case_id, Left())
            after = entry.draft.after.get(case_id)
            fields = after if isinstance(after, dict) else {}
            cases[case_id] = Left(
                CaseState(fields.get("state", before.state)), fields.get("version", before.version)
            )
    return cases


def disagreements(book: Casebook, cases: dict[str, Left]) -> Iterator[Disagreement]:
    """Cases that stand otherwise than the trail left them. `cases` is what `left_by` says of the whole trail.

    One that is changed meanwhile is looked at again with the entries that it has by then.
    """
    for case_id, left in cases.items():
        if (found := _compared(book, case_id, left)) is not None:
            yield found
    for state in CaseState:
        for file in _all(book, CaseQuery(states=(state,), limit=1000)):
            if file.state is not state:
                yield Disagreement(file.id, cases.get(file.id, Left()), Left(file.state, file.version), state)
            elif state is CaseState.OPEN or file.id in cases:
                continue
            # No case is in another state without an entry of the trail.
            elif (found := _compared(book, file.id, Left(version=1))) is not None:
                yield found


def _compared(book: Casebook, case_id: str, left: Left) -> Disagreement | None:
    file, told = book.file(case_id), left
    for _ in range(_LOOKS):
        if file is not None and file.state is told.state and told.version in (None, file.version):
            return None
        told = left_by(book.trail_of(case_id)).get(case_id, left)
        file = book.file(case_id)
    return Disagreement(case_id, told, Left(file.state, file.version) if file else None)


def _all(book: Casebook, query: CaseQuery) -> Iterator[CaseFile]:
    while True:
        page = book.files(query)
        yield from page.files
        if page.next_cursor is None:
            return
        query = msgspec.structs.replace(query, cursor=page.next_cursor)
