"""finadwatch takedown: write a batch of cases to hand over."""

from itertools import islice
from typing import TYPE_CHECKING

import click

from finadwatch.commands.options import as_option, example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.errors import SomeFailed
from finadwatch.i18n import t
from finadwatch.show import emit, progress
from findings.model.vocabulary import CaseState, LicenceStatus, Severity
from findings.query import SearchQuery

if TYPE_CHECKING:
    from findings.review.working import Hand
    from handover.batch import Batch


@click.group(
    help=t("生成移送批次。", "Write batches of cases to hand over.")
    + "\n\n"
    + example("finadwatch takedown new --category 8 --to 市通信管理局")
)
def command() -> None:
    """Group."""


@command.command(
    help=t(
        "把案件线索写成移送批次（XLSX、CSV、JSON、证据与签名清单）；默认取中、高级别。",
        "Write a batch (XLSX, CSV, JSON, evidence, signed manifest); medium and high severity by default.",
    )
)
@click.argument("words", nargs=-1)
@click.option("--to", "addressee", default="市通信管理局", show_default=True, help=t("收件机关", "addressee"))
@click.option("--category", "categories", type=click.IntRange(1, 9), multiple=True)
@click.option(
    "--severity",
    "severities",
    type=click.Choice([s.value for s in Severity]),
    multiple=True,
    default=("medium", "high"),
    show_default=True,
)
@click.option(
    "--licence",
    "licence",
    type=click.Choice([s.value for s in LicenceStatus]),
    multiple=True,
    help=t(
        "准入状态（列入负面清单：listed_negative）", "licence status (on a negative list: listed_negative)"
    ),
)
@click.option("--run", "run_id", help=t("只取某次监测", "only what one run saw"))
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True)
@as_option
@store_option
@json_option
@click.pass_obj
def new(
    desk: Desk,
    words: tuple[str, ...],
    addressee: str,
    categories: tuple[int, ...],
    severities: tuple[str, ...],
    licence: tuple[str, ...],
    run_id: str | None,
    limit: int,
    actor: str | None,
    store_url: str | None,
    as_json: bool,
) -> None:
    """Write the next batch and print where it lies."""
    query = SearchQuery(
        words=" ".join(words),
        categories=categories,
        licence_status=tuple(LicenceStatus(value) for value in licence),
        severities=tuple(Severity(value) for value in severities),
        run_id=run_id,
        findings_only=True,
    )
    batch = write_batch(desk, query, addressee, limit, store_url, actor)
    for missing in batch.missing:
        progress(t(f"证据缺失：{missing}", f"evidence missing: {missing}"))
    if as_json:
        emit(
            {
                "number": batch.number,
                "folder": str(batch.folder),
                "cases": len(batch.rows),
                "missing": batch.missing,
            }
        )
    else:
        click.echo(
            t(
                f"批次 {batch.number}：{len(batch.rows)} 件，{batch.folder}",
                f"batch {batch.number}: {len(batch.rows)} cases in {batch.folder}",
            )
        )
    if batch.missing:
        raise SomeFailed(len(batch.missing), batch.evidence)


def write_batch(
    desk: Desk,
    query: SearchQuery,
    addressee: str,
    limit: int,
    store_url: str | None = None,
    actor: str | None = None,
) -> "Batch":
    """Write the cases that match a query, worst first, as the next batch; those that officers confirmed
    are handed over by that. What an officer excluded is left out.

    Raises NothingToHandOver, StoreAway, KeyUnusable.
    """
    from importlib.metadata import version

    from finadwatch.casework import hand
    from handover.batch import BatchPlan, new_batch
    from handover.signing import Signer

    with desk.store(store_url) as store:
        officer = hand(desk, store, actor)
        plan = BatchPlan(
            office=desk.config.takedown.office,
            addressee=addressee,
            actor=officer.actor,
            software=f"finadwatch {version('finadwatch')}",
            at=desk.now().replace(microsecond=0),
        )
        cases = (case for case in store.cases(query) if case.state is not CaseState.EXCLUDED)
        batch = new_batch(
            islice(cases, limit),
            desk.evidence(),
            desk.config.takedown_folder,
            plan,
            Signer.load_or_make(desk.config.signing_key),
        )
        _hand_over(officer, batch, addressee)
        return batch


def _hand_over(officer: "Hand", batch: "Batch", addressee: str) -> None:
    """Set the state of the confirmed cases of a batch, and say how many others were in it."""
    from findings.review.steps import HandOver
    from findings.review.working import Result, carry_out

    step = HandOver(f"批次 {batch.number}，{addressee}")
    files = (officer.book.file(row.case_id) for row in batch.rows)
    confirmed = [file.id for file in files if file is not None and file.state is CaseState.CONFIRMED]
    done = sum(
        outcome.result is Result.DONE
        for outcome in carry_out(officer, confirmed, lambda _: step, bulk=batch.number)
    )
    if left := len(batch.rows) - done:
        progress(
            t(
                f"已确认的 {done} 件转为移送；其余 {left} 件未经确认或已移送，状态不变",
                f"{done} confirmed cases are now handed over; {left} others are not confirmed, or were handed over "
                "before, and keep their state",
            )
        )
