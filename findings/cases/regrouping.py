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
from findings.model.casework import AuditAction, AuditDraft, AuditEntry, CaseFile
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

    The state of `into` stays. Raises BadStep, StepRefused.
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
        raise BadStep(
            Said(
                f"these cases have more than {MAX_MOVES} ads, too many to be taken back: keep the largest of them",
                zh=f"并入的案件共有超过 {MAX_MOVES} 条广告，合并后将无法撤销：请保留其中最大的一件",
            )
        )
    new = [into, *(replace(other, merged_into=into.id, given=None) for other in others)]
    return Regrouping(
        {}, tuple(new), _draft(AuditAction.MERGED, [into, *others], new, _plain(ads, others), note, by)
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
        dict.fromkeys(kept[file.id], name), files, _draft(AuditAction.SPLIT, [file], files, kept, note, by)
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
    if done.actor != by.actor and not by.house.leads(by.actor):
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
        files[other].merged_into != (case_id if merged else None) for other in others
    ):
        raise _regrouped(case_id, entry)
    moves = {ad: home for home, some in kept.items() for ad in some}
    put = case_id if merged else others[0]
    if any(cases.get(ad) != put for ad in moves):
        raise _regrouped(case_id, entry)
    old = [files[one] for one in done.case_ids]
    new = [old[0], *(replace(file, merged_into=None if merged else case_id) for file in old[1:])]
    draft = _draft(AuditAction.UNDONE, old, new, {put: sorted(moves)}, note, by)
    return Regrouping(moves if merged else {}, tuple(new), replace(draft, undoes=done.id))


def last_regrouping(case_id: str, trail: Iterable[AuditEntry]) -> AuditEntry:
    """The newest merge or split among the entries of a case that was not taken back. Raises NothingToUndo."""
    stands: dict[str, AuditEntry] = {}
    for entry in trail:
        if entry.draft.action in REGROUPED:
            stands[entry.draft.id] = entry
        elif entry.draft.undoes:
            stands.pop(entry.draft.undoes, None)
    if not stands:
        raise NothingToUndo(case_id, Said("it was neither merged nor split", zh="没有可撤销的合并或拆分"))
    return list(stands.values())[-1]


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


def _draft(
    action: AuditAction,
    old: Sequence[CaseFile],
    new: Sequence[CaseFile],
    ads: Mapping[str, list[str]],
    note: str,
    by: Acting,
) -> AuditDraft:
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
