"""finadwatch cases merge, split, undo: which ads are one case, as an officer sees it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import as_option, example, json_option, note_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t

if TYPE_CHECKING:
    from findings.cases.regrouping import Regrouping
    from findings.model.casework import CaseFile
    from findings.review.acting import Acting
    from findings.review.working import Hand
    from findings.store import FindingStore


@click.command(
    "merge",
    help=t(
        "并案：其余各件的全部广告归入第一件；原编号此后指向该件，可撤销。",
        "Let the first case take over all ads of the others; their ids lead to it from then on. It can be taken back.",
    )
    + "\n\n"
    + example("finadwatch cases merge c1-0123… c1-4567… --note 同一主体更换域名"),
)
@click.argument("into", metavar="CASE")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
@note_option(required=True)
@as_option
@store_option
@json_option
@click.pass_obj
def merge(
    desk: Desk,
    into: str,
    others: tuple[str, ...],
    note: str,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Merge cases."""
    from findings.cases.regrouping import merge as merged

    def plan(store: "FindingStore", by: "Acting") -> "Regrouping":
        files = [_file(store, case_id) for case_id in (into, *others)]
        ads = {file.id: _ads(store, file.id) for file in files[1:]}
        return merged(files[0], files[1:], ads, note, by)

    return _carry_out(desk, store_url, actor, plan, as_json=as_json)


@click.command(
    "split",
    help=t(
        "拆案：把所列广告从一件中分出，另立一件（待核），可撤销。广告编号见 finadwatch cases show。",
        "Part some ads from a case into a new, open one. It can be taken back. Ids of ads: finadwatch cases show.",
    )
    + "\n\n"
    + example("finadwatch cases split c1-0123… a1-89ab… --note 两家公司共用模板"),
)
@click.argument("case_id", metavar="CASE")
@click.argument("ads", nargs=-1, required=True, metavar="AD...")
@note_option(required=True)
@as_option
@store_option
@json_option
@click.pass_obj
def split(
    desk: Desk,
    case_id: str,
    ads: tuple[str, ...],
    note: str,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Split a case."""
    from findings.cases.regrouping import split as parted

    def plan(store: "FindingStore", by: "Acting") -> "Regrouping":
        return parted(_file(store, case_id), ads, _ads(store, case_id), note, by)

    return _carry_out(desk, store_url, actor, plan, as_json=as_json)


@click.command(
    "undo",
    help=t(
        "撤销一件的最近一次并案或拆案，广告各归原处；其后又有并拆的须先撤销后者。",
        "Take back the last merge or split of a case: every ad goes back. One that another stands on comes first.",
    )
    + "\n\n"
    + example("finadwatch cases undo c1-0123… --note 经核实并非同一主体"),
)
@click.argument("case_id", metavar="CASE")
@note_option()
@as_option
@store_option
@json_option
@click.pass_obj
def undo(desk: Desk, case_id: str, note: str, actor: str | None, store_url: str | None, as_json: bool) -> int:
    """Undo a merge or a split."""
    from findings.cases.regrouping import last_regrouping, take_back

    def plan(store: "FindingStore", by: "Acting") -> "Regrouping":
        _file(store, case_id)
        entry = last_regrouping(case_id, store.casebook().trail_of(case_id))
        files = {one: _file(store, one) for one in entry.draft.case_ids}
        cases = {ad: one for one, file in files.items() if not file.merged_into for ad in _ads(store, one)}
        return take_back(entry, files, cases, note, by)

    return _carry_out(desk, store_url, actor, plan, as_json=as_json)


def _carry_out(
    desk: Desk,
    store_url: str | None,
    actor: str | None,
    plan: "Callable[[FindingStore, Acting], Regrouping]",
    *,
    as_json: bool,
) -> int:
    """Write what was planned, and tell how the cases stand; exit code 1 if one was changed by somebody else."""
    from finadwatch.casework import hand, tell
    from findings.casebook import Conflict
    from findings.review.acting import Acting
    from findings.review.working import CaseOutcome, Result, new_id

    with desk.store(store_url) as store:
        officer: Hand = hand(desk, store, actor)
        by = Acting(
            actor=officer.actor,
            now=officer.now(),
            house=officer.house,
            deadlines=officer.deadlines,
            entry_id=new_id(),
        )
        planned = plan(store, by)
        done = officer.book.regroup(planned.moves, planned.files, planned.draft)
        outcomes = (
            [
                CaseOutcome(
                    case_id=done.stands.id, result=Result.CONFLICT, file=done.stands, wanted=done.wanted
                )
            ]
            if isinstance(done, Conflict)
            else [CaseOutcome(case_id=file.id, result=Result.DONE, file=file) for file in done]
        )
        return tell(outcomes, officer, as_json=as_json)


def _file(store: "FindingStore", case_id: str) -> "CaseFile":
    from findings.errors import CaseMissing

    file = store.casebook().file(case_id)
    if file is None:
        raise CaseMissing(case_id)
    return file


def _ads(store: "FindingStore", case_id: str) -> list[str]:
    case = store.case(case_id)
    return [] if case is None else [ad.id for ad in case.ads]
