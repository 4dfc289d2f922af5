"""Merging and splitting cases by an officer, and taking it back: what is to be written, decided here.

The entry keeps which ads were in which case before (`before["ads"]`), so that it can be taken back as long as
they are where the change put them. What an officer joined or parted stays so: an ad keeps its case.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from findings.casebook import MAX_FILES, MAX_MOVES
from findings.cases.files import made_for
from findings.model.casework import SYSTEM, AuditAction, AuditDraft, AuditEntry, CaseFile
from findings.model.errors import Said
from findings.review.acting import Acting, difference
from findings.review.errors import BadStep, NothingToUndo, NotYours, OnAnotherDesk, StandsOnIt, StepRefused
from findings.review.steps import MOST_NOTE

#: What an undoing of a case can take back here.
REGROUPED = frozenset({AuditAction.MERGED, AuditAction.SPLIT})


class Regrouping(msgspec.Struct, frozen=True):
    """A call of `Casebook.regroup`."""

    moves: dict[str, str]
    files: tuple[CaseFile, ...]
    draft: AuditDraft


def merge(
    into: CaseFile, others: Sequence[CaseFile], ads: Mapping[str, Collection[str]], note: str, by: Acting
) -> Regrouping:
    """Let one case take over all ads of others; `ads` are those of each of them, by id of the case.

    The state of `into` stays. Of more than MAX_MOVES ads this is the first of several changes, the others follow when
    it is asked for again: the smaller cases one by one, a larger one MAX_MOVES ads at a time. `left_to_merge` says
    whether there is more. Raises BadStep, StepRefused.
    """
    named = [into.id, *(other.id for other in others)]
    if not others or len(set(named)) != len(named) or len(named) > MAX_FILES:
        raise BadStep(
            Said(
                f"name the case to keep and 1 to {MAX_FILES - 1} others, each once",
                zh=f"请给出保留的一件和 1 至 {MAX_FILES - 1} 件其他案件，各一次",
            )
        )
    for file in (into, *others):
        _free(file, by)
    if sum(len(ads[other.id]) for other in others) > MAX_MOVES:
        others = others[:1]
        some = sorted(ads[others[0].id])
        if len(some) > MAX_MOVES:
            kept = {others[0].id: some[:MAX_MOVES]}
            files = (into, others[0])
            moves = dict.fromkeys(kept[others[0].id], into.id)
            return Regrouping(moves, files, draft_of(AuditAction.MERGED, files, files, kept, note, by))
    new = [into, *(replace(other, merged_into=into.id, given=None) for other in others)]
    return Regrouping(
        {}, tuple(new), draft_of(AuditAction.MERGED, [into, *others], new, _plain(ads, others), note, by)
    )


def split(file: CaseFile, away: Collection[str], ads: Collection[str], note: str, by: Acting) -> Regrouping:
    """Let a new case take over some of the ads of a case; it begins as an open one. Raises BadStep, StepRefused."""
    _free(file, by)
    unknown = sorted(set(away) - set(ads))
    if unknown:
        raise BadStep(
            Said(f"ad {unknown[0]} is not in case {file.id}", zh=f"广告 {unknown[0]} 不在案件 {file.id} 中")
        )
    if not away or len(set(away)) >= len(set(ads)) or len(set(away)) > MAX_MOVES:
        raise BadStep(
            Said(
                f"name 1 to {MAX_MOVES} ads to part with, and leave at least one in {file.id}",
                zh=f"请给出要分出的 1 至 {MAX_MOVES} 条广告，且 {file.id} 至少留下一条",
            )
        )
    name = "c1-" + hashlib.sha256(f"{by.entry_id}\x1f{file.id}".encode()).hexdigest()[:32]
    new = replace(made_for(name, file.facts), version=0)
    files = (file, new)
    kept = {file.id: sorted(set(away))}
    return Regrouping(
        dict.fromkeys(kept[file.id], name), files, draft_of(AuditAction.SPLIT, [file], files, kept, note, by)
    )


def take_back(
    entry: AuditEntry, files: Mapping[str, CaseFile], cases: Mapping[str, str], note: str, by: Acting
) -> Regrouping:
    """Take back a merge or a split: `files` of all its cases as they stand, `cases` of its ads as they are.

    Raises NotYours for another officer's, unless the actor heads the office; StandsOnIt if a case or an ad of it
    was regrouped since.
    """
    done = entry.draft
    case_id = done.case_ids[0]
    if done.actor not in (by.actor, SYSTEM) and not by.house.leads(by.actor):
        raise NotYours(
            case_id,
            Said(
                f"entry {entry.number} was done by {done.actor}: they or the head take it back",
                zh=f"第 {entry.number} 条由{done.actor}作出：须由本人或负责人撤销",
            ),
        )
    kept, others = _ads(done.before), done.case_ids[1:]
    merged = done.action is AuditAction.MERGED
    if files[case_id].merged_into is not None or any(
        files[other].merged_into != _merged_into(done, other) for other in others
    ):
        raise _regrouped(case_id, entry)
    moves = {ad: home for home, some in kept.items() for ad in some}
    put = case_id if merged else others[0]
    if any(cases.get(ad) != put for ad in moves):
        raise _regrouped(case_id, entry)
    old = [files[one] for one in done.case_ids]
    new = [old[0], *(replace(file, merged_into=None if merged else case_id) for file in old[1:])]
    draft = draft_of(AuditAction.UNDONE, old, new, {put: sorted(moves)}, note, by)
    return Regrouping(moves if merged else {}, tuple(new), replace(draft, undoes=done.id))


def left_to_merge(into: CaseFile, others: Iterable[CaseFile]) -> list[CaseFile]:
    """Those of the cases to be merged that have not given all their ads to `into` yet."""
    return [other for other in others if other.merged_into != into.id]


def last_regrouping(case_id: str, trail: Iterable[AuditEntry]) -> AuditEntry:
    """The newest merge or split among the entries of a case that was not taken back. Raises NothingToUndo."""
    stands = _standing(trail)
    if not stands:
        raise NothingToUndo(case_id, Said("it was neither merged nor split", zh="没有可撤销的合并或拆分"))
    return stands[-1]


def last_of_bulk(bulk: str | None, trail: Iterable[AuditEntry]) -> AuditEntry | None:
    """The newest merge or split that stands, if it is one of the changes that one action took."""
    stands = _standing(trail)
    return stands[-1] if bulk and stands and stands[-1].draft.bulk == bulk else None


def _standing(trail: Iterable[AuditEntry]) -> list[AuditEntry]:
    stands: dict[str, AuditEntry] = {}
    for entry in trail:
        if entry.draft.action in REGROUPED:
            stands[entry.draft.id] = entry
        elif entry.draft.undoes:
            stands.pop(entry.draft.undoes, None)
    return list(stands.values())


def _merged_into(done: AuditDraft, case_id: str) -> str | None:
    """Where a regrouping let a case go; None where it went on with the ads that were left."""
    after = done.after.get(case_id)
    to = after.get("merged_into") if isinstance(after, dict) else None
    return None if to is None else str(to)


def _free(file: CaseFile, by: Acting) -> None:
    if file.merged_into is not None:
        raise StepRefused(
            file.id,
            Said(
                f"it was merged into {file.merged_into}: work on that one",
                zh=f"已并入 {file.merged_into}：请处理该件",
            ),
        )
    if file.given and file.given.until > by.now and file.given.to != by.actor:
        raise OnAnotherDesk(file.id, file.given.to, file.given.until)


def _regrouped(case_id: str, entry: AuditEntry) -> StandsOnIt:
    return StandsOnIt(
        case_id,
        Said(
            f"its ads were regrouped after entry {entry.number}: take that back first",
            zh=f"第 {entry.number} 条之后其广告又有合并或拆分：请先撤销后者",
        ),
    )


def draft_of(
    action: AuditAction,
    old: Sequence[CaseFile],
    new: Sequence[CaseFile],
    ads: Mapping[str, list[str]],
    note: str,
    by: Acting,
) -> AuditDraft:
    """The entry of a regrouping: how each file was and is, and which of its `ads` a case gave away. Raises BadStep."""
    text = note.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    if len(text) > MOST_NOTE:
        raise BadStep(Said(f"a reason has at most {MOST_NOTE} characters", zh=f"理由最多 {MOST_NOTE} 个字符"))
    before: dict[str, object] = {"ads": ads}
    after: dict[str, object] = {}
    for was, becomes in zip(old, new, strict=False):
        before[was.id], after[was.id] = difference(was, becomes)
    return AuditDraft(
        id=by.entry_id,
        at=by.now,
        actor=by.actor,
        action=action,
        case_ids=tuple(file.id for file in new),
        note=text,
        before=before,
        after=after,
        bulk=by.bulk,
    )


def _plain(ads: Mapping[str, Collection[str]], files: Iterable[CaseFile]) -> dict[str, list[str]]:
    return {file.id: sorted(ads[file.id]) for file in files}


def _ads(before: Mapping[str, Any]) -> dict[str, list[str]]:
    return {str(case_id): [str(ad) for ad in ads] for case_id, ads in dict(before["ads"]).items()}
