"""finadwatch review undo: what was done last to a case becomes as it was."""

import click

from finadwatch.commands.options import example, office_options
from finadwatch.context import Desk
from finadwatch.i18n import t


@click.command(
    "undo",
    help=t(
        "撤销对案件的最后一次操作；其上已有他人变更的不予撤销。--bulk 撤销整个批量操作。",
        "Take back what was done last to a case; not where something stands on it. --bulk takes back one whole action.",
    )
    + "\n\n"
    + example("finadwatch review undo c1-0123…", "finadwatch review undo --bulk 9f2c…"),
)
@click.argument("case_ids", nargs=-1, metavar="[CASE]...")
@click.option("--bulk", "of_bulk", metavar="ID", help=t("批量操作编号", "id of an action on many cases"))
@office_options
@click.pass_obj
def undoing(
    desk: Desk,
    case_ids: tuple[str, ...],
    of_bulk: str | None,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> int:
    """Undo on each case; exit 1 if one of them can't be taken back."""
    from finadwatch.casework import hand, meant, tell
    from finadwatch.errors import NotInStore
    from findings.review.working import cases_of_bulk, new_id, take_back

    if of_bulk and case_ids:
        raise click.UsageError(t("编号与 --bulk 只能给一种", "give ids or --bulk, not both"))
    with desk.store(store_url) as store:
        officer = hand(desk, store, actor)
        if of_bulk:
            ids = cases_of_bulk(officer.book, of_bulk)
            if not ids:
                raise NotInStore(of_bulk, store.url)
        else:
            ids = meant(officer.book, case_ids, None)
        single = not of_bulk and len(ids) == 1
        bulk = None if single else new_id()
        outcomes = take_back(officer, ids, bulk=bulk, of_bulk=of_bulk)
        return tell(outcomes, officer, as_json=as_json, bulk=bulk, single=single)
