"""How case files change where there are no transactions: all or none, and never without their entry.

A change of one file is one write: the file as it is to be, carrying the change as `pending` until the
entry stands in the trail and all ads say the new state. A change of several is decided by one write too:
first every file gets the intent (`pending.wanted`), the first of them last of all says `decided`; from
then on the change is made, whoever has to end it. A file whose first one never decided, or no longer
knows of the attempt, was never changed: its intent is taken away.

So at any point a process may be killed: the next one that comes to a file ends what was decided, or, once
an intent is older than INTENT_S, takes back what was not. Nothing here depends on clocks but how soon.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import sleep
from uuid import uuid4

from msgspec.structs import replace

from findings.casebook import Conflict
from findings.cases.files import changed, check_change, check_held, with_facts
from findings.errors import CaseMissing, StoreAway, WriteRefused
from findings.model.casework import AuditDraft, CaseFacts, CaseFile
from findings.stores.codec import readable
from findings.stores.elastic.case_files import CaseFiles, Pending, Stored
from findings.stores.elastic.counting import count_facts
from findings.stores.elastic.members import ATTEMPTS, Members
from findings.stores.elastic.reading import Reader
from findings.stores.elastic.trail import Trail

#: Seconds after which an intent that was not decided may be taken back by others.
INTENT_S = 10.0
#: Seconds between two looks at a file that another process is about to change.
_PAUSE_S = 0.05


class Changes:
    """Changes of the case files of one store."""

    def __init__(self, url: str, files: CaseFiles, trail: Trail, members: Members, reader: Reader) -> None:
        self._url = url
        self._files = files
        self._trail = trail
        self._members = members
        self._reader = reader

    # -- changing ----------------------------------------------------------------------------------

    def change(
        self, files: Sequence[CaseFile], draft: AuditDraft, moves: Mapping[str, str]
    ) -> tuple[CaseFile, ...] | Conflict:
        """See `Casebook.change` and `regroup`."""
        check_change(files, draft, moves)
        draft, wanted = readable(draft), {file.id: readable(file) for file in files}
        stands = self.settled(wanted)
        if self._trail.entry_of(draft) is None:
            for _ in range(ATTEMPTS):
                told = self._attempt(wanted, draft, dict(moves), stands)
                if isinstance(told, Conflict):
                    return told
                if told:
                    break
                stands = self.settled(wanted)
            else:
                raise StoreAway(self._url, f"other processes kept changing case {min(wanted)}")
        there = self._files.read(wanted)
        return tuple(_there(there, file).file for file in files)

    def _attempt(
        self,
        wanted: dict[str, CaseFile],
        draft: AuditDraft,
        moves: dict[str, str],
        stands: dict[str, Stored],
    ) -> bool | Conflict:
        """Decide and finish the change; False if another process came between."""
        new: dict[str, CaseFile] = {}
        for case_id, file in wanted.items():
            there = stands.get(case_id) if file.version == 0 else _there(stands, file)
            if there is not None and there.file.version != file.version:
                return Conflict(wanted=file, stands=there.file)
            new[case_id] = changed(there.file if there else file, file, draft)
        if moves or any(file.merged_into for file in new.values()):
            self._check_moves(moves, new)
        first = min(new)
        pending = Pending(
            token=uuid4().hex,
            draft=draft,
            first=first,
            decided=True,
            since=datetime.now(UTC),
            files=tuple(sorted(new)),
            moves=moves,
            states=any(
                case_id not in stands or stands[case_id].file.state != new[case_id].state for case_id in new
            ),
        )
        decided = (
            not self._files.write([(new[first], pending, stands.get(first))])
            if len(new) == 1
            else self._decided(new, pending, stands)
        )
        if decided:
            self._finish(first, pending.token)
        return decided

    def _decided(self, new: dict[str, CaseFile], pending: Pending, stands: dict[str, Stored]) -> bool:
        """Put the intent on every file, then decide on the first; False if one was changed meanwhile."""
        others = sorted(new.keys() - {pending.first})
        for some in ([pending.first], others):
            intents = [
                (
                    stands[case_id].file if case_id in stands else replace(new[case_id], version=0),
                    replace(pending, decided=False, wanted=new[case_id]),
                    stands.get(case_id),
                )
                for case_id in some
            ]
            if self._files.write(intents):
                self._take_back(new, pending.token)
                return False
        for _ in range(ATTEMPTS):
            there = self._files.read([pending.first])[pending.first]
            if there.pending is None or there.pending.token != pending.token:
                break
            if not self._files.write([(_applied(there.file, new[pending.first]), pending, there)]):
                return True
        self._take_back(new, pending.token)
        return False

    def _take_back(self, ids: Iterable[str], token: str) -> None:
        """Take an intent that was not decided off all files that carry it."""
        for _ in range(ATTEMPTS):
            carry = [
                there
                for there in self._files.read(ids).values()
                if there.pending and there.pending.token == token and not there.pending.decided
            ]
            if not carry or not self._files.write((there.file, None, there) for there in carry):
                return

    def _check_moves(self, moves: Mapping[str, str], files: Mapping[str, CaseFile]) -> None:
        """Raise ValueError for moves that would leave the wrong cases empty, WriteRefused for an ad unknown."""
        there = self._members.cases_of(moves)
        for ad in moves:
            if ad not in there:
                raise WriteRefused(ad, "it is not stored")
            if there[ad] not in files:
                raise ValueError(f"ad {ad} is in case {there[ad]}, whose file is not given")
        counted = self._count(list(files))
        held = {case_id: counted[case_id].ads if case_id in counted else 0 for case_id in files}
        for ad, to in moves.items():
            held[there[ad]] -= 1
            held[to] += 1
        check_held(files, held)

    def _count(self, case_ids: Sequence[str]) -> dict[str, CaseFacts]:
        self._members.refresh()
        return count_facts(self._reader, case_ids)

    # -- ending what was begun ---------------------------------------------------------------------

    def settled(self, ids: Iterable[str], *, wait: bool = True) -> dict[str, Stored]:
        """These files as they stand, with no change half made; those not there are left out.

        Without `wait` a file that another process is just about to change comes as it stands.
        """
        wanted = list(ids)
        deadline = datetime.now(UTC) + timedelta(seconds=3 * INTENT_S)
        while True:
            there = self._files.read(wanted)
            carry = [stands for stands in there.values() if stands.pending]
            ended = [self.settle(stands) for stands in carry]
            if not carry or (not wait and not any(ended)):
                return there
            if not all(ended):
                if datetime.now(UTC) > deadline:
                    raise StoreAway(self._url, f"case {carry[0].file.id} is being changed without end")
                sleep(_PAUSE_S)

    def settle(self, stands: Stored) -> bool:
        """End or take back the change that a file carries; False: another process is at it."""
        pending = stands.pending
        if pending is None:
            return True
        if pending.first == stands.file.id:
            first: Stored | None = stands
        else:
            first = self._files.read([pending.first]).get(pending.first)
        theirs = first.pending if first and first.pending and first.pending.token == pending.token else None
        if theirs and theirs.decided:
            self._finish(pending.first, pending.token)
            return True
        if theirs and datetime.now(UTC) - theirs.since < timedelta(seconds=INTENT_S):
            return False
        # The first file loses its intent first: from then on nobody can decide the attempt.
        self._take_back([pending.first], pending.token)
        self._take_back([stands.file.id], pending.token)
        return True

    def _finish(self, first: str, token: str) -> None:
        """Do what a decided change still lacks; by several processes at once if need be."""
        there = self._carrying(first, token)
        if there is None or there.pending is None:
            return
        pending = there.pending
        self._trail.append(pending.draft)
        self._apply(pending)
        changed_files = self._files.read(pending.files)
        merged = {case_id: some.file.merged_into for case_id, some in changed_files.items()}
        regrouped = bool(pending.moves) or any(merged.values())
        if regrouped:
            self._regroup(pending, {case_id: to for case_id, to in merged.items() if to})
        if regrouped or pending.states:
            self._members.spread_states(pending.files)
        while (there := self._carrying(first, token)) is not None:
            self._files.write([(there.file, None, there)])
        self._files.refresh()

    def _carrying(self, first: str, token: str) -> Stored | None:
        there = self._files.read([first]).get(first)
        return there if there and there.pending and there.pending.token == token else None

    def _apply(self, pending: Pending) -> None:
        """Let the other files be as the decided change wants them."""
        while True:
            ready = [
                (_applied(there.file, there.pending.wanted), None, there)
                for there in self._files.read(pending.files).values()
                if there.pending and there.pending.token == pending.token and there.pending.wanted
            ]
            if not ready or not self._files.write(ready):
                return

    def _regroup(self, pending: Pending, merged: Mapping[str, str]) -> None:
        def still() -> bool:
            return self._carrying(pending.first, pending.token) is not None

        self._members.move(pending.moves, still)
        for case_id, to in merged.items():
            self._members.move_all(case_id, to, still)
        self.recount(pending.files)

    # -- facts -------------------------------------------------------------------------------------

    def recount(self, ids: Iterable[str]) -> None:
        """Compute the facts of these files anew; those without ads keep theirs."""
        left, counted = set(ids), {}
        for _ in range(ATTEMPTS):
            # Read before counting: a count older than another's can't take its place.
            there = self._files.read(left)
            counted = self._count(sorted(left))
            left = self._files.write(
                (with_facts(stands.file, counted[case_id]), stands.pending, stands)
                for case_id, stands in there.items()
                if case_id in counted and stands.file.facts != counted[case_id]
            )
            if not left:
                return
        raise StoreAway(self._url, f"other processes kept changing case {min(left)}")


def _applied(stands: CaseFile, wanted: CaseFile) -> CaseFile:
    """The file that is wanted, with the facts of the moment; a new one keeps its own."""
    return wanted if stands.version == 0 else with_facts(wanted, stands.facts)


def _there(stands: Mapping[str, Stored], file: CaseFile) -> Stored:
    there = stands.get(file.id)
    if there is None or there.file.version == 0:
        raise CaseMissing(file.id)
    return there
