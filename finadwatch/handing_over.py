"""Cases written as a batch, and noted as handed over: both are done, or the next call ends it."""

import hashlib
import secrets
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import progress
from findings.model.vocabulary import CaseState
from findings.query import SearchQuery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from findings.model.records import CaseView
    from findings.review.working import Hand
    from findings.store import FindingStore
    from handover.batch import Batch
    from handover.owing import Owing

#: How often a case that others are changing is tried.
_TRIES = 20


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

    Batches of this store whose cases a killed process did not come to note are ended first. If one of
    them was this very call, it is the batch: no other is written.
    Raises NothingToHandOver, StoreAway, KeyUnusable, OwingBroken.
    """
    from importlib.metadata import version

    from finadwatch.casework import hand
    from handover.batch import BatchPlan, new_batch
    from handover.owing import Owing, owe
    from handover.signing import Signer

    folder = desk.config.takedown_folder
    with desk.store(store_url) as store:
        officer = hand(desk, store, actor)
        request = hashlib.sha256(
            msgspec.json.encode((query, addressee, limit, store.url, officer.actor))
        ).hexdigest()
        token = secrets.token_hex(16)
        begun = _end_all(store, officer, folder, request)
        if begun is not None:
            return begun
        plan = BatchPlan(
            office=desk.config.takedown.office,
            addressee=addressee,
            actor=officer.actor,
            software=f"finadwatch {version('finadwatch')}",
            at=desk.now().replace(microsecond=0),
        )
        confirmed: list[str] = []

        def cases() -> "Iterator[CaseView]":
            for case in store.cases(query):
                if case.state is CaseState.EXCLUDED:
                    continue
                file = officer.book.file(case.id)  # sees every change at once
                if file is not None and file.state is CaseState.CONFIRMED:
                    confirmed.append(case.id)
                yield case

        def owing(batch: "Batch") -> Owing:
            return Owing(
                number=batch.number,
                token=token,
                request=request,
                store=store.url,
                addressee=addressee,
                actor=officer.actor,
                cases=tuple(confirmed),
                evidence=batch.evidence,
                missing=batch.missing,
            )

        batch = new_batch(
            islice(cases(), limit),
            desk.evidence(),
            folder,
            plan,
            Signer.load_or_make(desk.config.signing_key),
            before=lambda batch: owe(folder, owing(batch)),
        )
        done = _hand_over(officer, folder, owing(batch))
    if left := len(batch.rows) - done:
        progress(
            t(
                f"已确认的 {done} 件转为移送；其余 {left} 件未经确认或已移送，状态不变",
                f"{done} confirmed cases are now handed over; {left} others are not confirmed, or were handed over "
                "before, and keep their state",
            )
        )
    return batch


def _end_all(store: "FindingStore", officer: "Hand", folder: "Path", request: str) -> "Batch | None":
    """Note what killed processes left, and return the batch of this very request, if it is among them."""
    from handover.batch import read_batch
    from handover.owing import owed

    found = None
    for owing in owed(folder):
        if owing.store != store.url:
            continue
        done = _hand_over(replace(officer, actor=owing.actor), folder, owing)
        progress(
            t(
                f"批次 {owing.number} 此前中断，已补记移送：{done} 件",
                f"batch {owing.number} was broken off before: {done} of its cases are handed over now",
            )
        )
        if owing.request == request:
            found = read_batch(folder, owing.number, owing.evidence, owing.missing)
    return found


def _hand_over(officer: "Hand", folder: "Path", owing: "Owing") -> int:
    """Set the state of the cases of a batch that are still confirmed, and return how many it was.

    The entry of a case is told by its batch: made by two processes, or again, it stands once. A case that lies on
    another officer's desk stays owed.
    """
    from findings.review.steps import HandOver
    from findings.review.working import CaseOutcome, Result, carry_out
    from handover.owing import noted, owe

    step = HandOver(f"批次 {owing.number}，{owing.addressee}")

    def once(case_id: str) -> CaseOutcome:
        entry = hashlib.sha256(f"{owing.token}\x1f{case_id}".encode()).hexdigest()[:32]
        for _ in range(_TRIES):
            (outcome,) = carry_out(officer, [case_id], lambda _: step, bulk=owing.number, entry=entry)
            if outcome.result is not Result.CONFLICT:
                break
        return outcome

    outcomes = [
        once(case_id)
        for case_id in owing.cases
        if (file := officer.book.file(case_id)) is not None and file.state is CaseState.CONFIRMED
    ]
    left = tuple(
        one.case_id
        for one in outcomes
        if one.result is not Result.DONE and one.file is not None and one.file.state is CaseState.CONFIRMED
    )
    if left:
        owe(folder, replace(owing, request="", cases=left))
    else:
        noted(folder, owing.number)
    return sum(outcome.result is Result.DONE for outcome in outcomes)
