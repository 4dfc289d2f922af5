"""finadwatch cases merge, split, undo: which ads are one case, as an officer sees it."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import example, note_option, office_options
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import progress

if TYPE_CHECKING:
    from findings.cases.regrouping import Regrouping
    from findings.model.casework import CaseFile
    from findings.review.acting import Acting
    from findings.store import FindingStore


@click.command(
    "merge",
    help=t(
        "并案：其余各件的全部广告归入第一件；原编号此后指向该件，可撤销。广告过多时分批并入，中断后重复执行即可接着并入。",
        "Let the first case take over all ads of the others; their ids lead to it from then on. It can be taken back. "
        "Many ads are taken over in several changes: broken off in between, the same call goes on.",
    )
    + "\n\n"
    + example("finadwatch cases merge c1-0123… c1-4567… --note 同一主体更换域名"),
)
@click.argument("into", metavar="CASE")
@click.argument("others", nargs=-1, required=True, metavar="OTHER...")
@note_option(required=True)
@office_options
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
    from findings.cases.regrouping import left_to_merge
    from findings.cases.regrouping import merge as merged

    def plans(store: "FindingStore", acting: "Callable[[], Acting]") -> "Iterator[Regrouping]":
        files = [_file(store, case_id) for case_id in (into, *others)]
        left = left_to_merge(files[0], files[1:]) or files[1:]  # merged already, it is refused
        while left:
            ads = {file.id: _ads(store, file.id) for file in left}
            yield merged(files[0], left, ads, note, acting())
            files = [_file(store, file.id) for file in files]
            left = left_to_merge(files[0], files[1:])

    return _carry_out(desk, store_url, actor, plans, as_json=as_json)


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
@office_options
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

    def plans(store: "FindingStore", acting: "Callable[[], Acting]") -> "Iterator[Regrouping]":
        yield parted(_file(store, case_id), ads, _ads(store, case_id), note, acting())

    return _carry_out(desk, store_url, actor, plans, as_json=as_json)


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
@office_options
@click.pass_obj
def undo(desk: Desk, case_id: str, note: str, actor: str | None, store_url: str | None, as_json: bool) -> int:
    """Undo a merge or a split, with all the changes that it took."""
    from findings.cases.regrouping import last_of_bulk, last_regrouping, take_back
    from findings.model.casework import AuditEntry

    def plans(store: "FindingStore", acting: "Callable[[], Acting]") -> "Iterator[Regrouping]":
        _file(store, case_id)
        entry: AuditEntry | None = last_regrouping(case_id, store.casebook().trail_of(case_id))
        while entry is not None:
            files = {one: _file(store, one) for one in entry.draft.case_ids}
            cases = {
                ad: one for one, file in files.items() if not file.merged_into for ad in _ads(store, one)
            }
            yield take_back(entry, files, cases, note, acting())
            entry = last_of_bulk(entry.draft.bulk, store.casebook().trail_of(case_id))

    return _carry_out(desk, store_url, actor, plans, as_json=as_json)


def _carry_out(
    desk: Desk,
    store_url: str | None,
    actor: str | None,
    plans: "Callable[[FindingStore, Callable[[], Acting]], Iterator[Regrouping]]",
    *,
    as_json: bool,
) -> int:
    """Write what was planned, one change after the other, and tell how the cases stand at last; exit code 1 if
    one was changed by somebody else, and nothing more is changed then."""
    from finadwatch.casework import hand, tell
    from findings.casebook import Conflict
    from findings.review.acting import Acting
    from findings.review.working import CaseOutcome, Result, new_id

    bulk = new_id()
    outcomes: dict[str, CaseOutcome] = {}
    with desk.store(store_url) as store:
        officer = hand(desk, store, actor)

        def acting() -> Acting:
            return Acting(
                actor=officer.actor,
                now=officer.now(),
                house=officer.house,
                deadlines=officer.deadlines,
                entry_id=new_id(),
                bulk=bulk,
            )

        for planned in plans(store, acting):
            if outcomes:
                progress(t(f"分批办理，本批 {len(planned.moves)} 条广告", f"{len(planned.moves)} ads more"))
            done = officer.book.regroup(planned.moves, planned.files, planned.draft)
            if isinstance(done, Conflict):
                outcomes[done.stands.id] = CaseOutcome(
                    case_id=done.stands.id, result=Result.CONFLICT, file=done.stands, wanted=done.wanted
                )
                break
            outcomes |= {
                file.id: CaseOutcome(case_id=file.id, result=Result.DONE, file=file) for file in done
            }
        return tell(outcomes.values(), officer, as_json=as_json)


def _file(store: "FindingStore", case_id: str) -> "CaseFile":
    from findings.errors import CaseMissing

    file = store.casebook().file(case_id)
    if file is None:
        raise CaseMissing(case_id)
    return file


def _ads(store: "FindingStore", case_id: str) -> list[str]:
    case = store.case(case_id)
    return [] if case is None else [ad.id for ad in case.ads]
