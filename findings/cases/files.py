"""Case files as the program itself makes and changes them, and what a change of them must be."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from findings.casebook import MAX_FILES, MAX_MOVES
from findings.errors import WriteRefused
from findings.model.casework import AuditDraft, CaseFacts, CaseFile
from findings.model.vocabulary import CaseState
from findings.review.deadlines import Event, first_due
from findings.review.priority import priority


def made_for(case_id: str, facts: CaseFacts) -> CaseFile:
    """The file of a case whose first ad is stored."""
    new = CaseFile(id=case_id, version=1, state=CaseState.OPEN, facts=facts, updated_at=facts.first_seen)
    return with_facts(new, facts)


def with_facts(file: CaseFile, facts: CaseFacts) -> CaseFile:
    """The file with facts computed anew, and what follows from them: its priority, and by when a lead is owed a look."""
    counted = replace(file, facts=facts, priority=priority(facts))
    if file.state is not CaseState.OPEN or file.owed or facts.severity is None:
        return counted
    due = first_due(facts.first_seen)
    return replace(counted, due=due, owed=Event.OPENED) if due else counted


def changed(stands: CaseFile, wanted: CaseFile, draft: AuditDraft) -> CaseFile:
    """The next version of a file: what is wanted, with the facts that stand."""
    return replace(
        wanted,
        version=stands.version + 1,
        facts=stands.facts,
        priority=stands.priority,
        updated_at=draft.at,
    )


def check_change(files: Sequence[CaseFile], draft: AuditDraft, moves: Mapping[str, str] = {}) -> None:
    """Raise ValueError for a change that can't be meant (see `Casebook.change`, `regroup`), WriteRefused
    for an instant without time zone."""
    named = [file.id for file in files]
    if not named or len(named) > MAX_FILES or len(moves) > MAX_MOVES:
        raise ValueError(f"a change is of 1 to {MAX_FILES} files and at most {MAX_MOVES} ads")
    if len(set(named)) != len(named) or not set(named) <= set(draft.case_ids):
        raise ValueError("a file is given twice, or the draft does not name it")
    if not set(moves.values()) <= set(named):
        raise ValueError("an ad is moved to a case whose file is not given")
    if not moves and any(file.version == 0 for file in files):
        raise ValueError("a new file needs ads moved to it")
    if draft.at.tzinfo is None:
        raise WriteRefused(draft.id, "at has no time zone")


def check_held(files: Mapping[str, CaseFile], held: Mapping[str, int]) -> None:
    """Raise ValueError if ads would be left in no case, or a case without ads.

    `held` are the ads of each case after the moves; a file that says `merged_into` gives all of its own
    there. `files` are as they are to be.
    """
    total = dict(held)
    for case_id, file in files.items():
        if file.merged_into is not None:
            if file.merged_into not in files or files[file.merged_into].merged_into is not None:
                raise ValueError(f"case {case_id} is merged into {file.merged_into}, whose file is not given")
            total[file.merged_into] += total.pop(case_id)
    empty = [case_id for case_id, ads in total.items() if ads < 1]
    if empty:
        raise ValueError(f"case {min(empty)} would be left without an ad")


def check_note(draft: AuditDraft) -> None:
    """Raise ValueError for an entry of no change that names cases: their files would not agree with the trail."""
    if draft.case_ids:
        raise ValueError("an entry that changes no case names none")
