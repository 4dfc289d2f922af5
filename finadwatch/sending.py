"""What waits in the outbox for a store sent, what it refused given up, and the runs brought to their end by that."""

from dataclasses import dataclass, field

from finadwatch.context import Desk
from finadwatch.ledger import end_if_done, unfinished
from findings.errors import WriteRefused
from findings.model.crawl import Capture
from findings.model.errors import FinAdWatchError
from findings.model.records import CaptureBundle
from findings.model.vocabulary import Outcome
from findings.outbox.box import Outbox
from findings.outbox.letters import DeadLetter
from findings.outbox.sender import Sender, Sent
from findings.store import FindingStore


@dataclass
class Sending:
    """What became of it: what still waits, and what kept it from going on."""

    sent: Sent = field(default_factory=Sent)
    waiting: int = 0
    trouble: FinAdWatchError | None = None


def send_to(desk: Desk, store_url: str) -> Sending:
    """Send what waits for a store, as far as it takes it."""
    result = Sending()
    with desk.outbox(sender=True) as outbox:
        try:
            with desk.store(store_url) as store, outbox.sending(store_url):
                Sender(outbox, store, store_url).send(result.sent)
                outbox.note_back(store_url)
                outbox.shrink()
                _end_runs(desk, store)
        except FinAdWatchError as error:
            result.trouble = error
        result.waiting = outbox.waiting(store_url)
    return result


def give_up(desk: Desk, outbox: Outbox, letter: DeadLetter, by: str, why: str) -> bool | None:
    """Let a refused bundle go; None if it was sent again meanwhile.

    Where the store knows nothing else of its task, it gets a capture that says `error`, who and why: the task
    has ended, coverage counts it, its run can end. False if the store could not be told so, because the bundle's
    bytes were damaged or it refuses that too: the task is open then, and fetched again by `crawl --resume`.
    Killed in between, it may be called again. Raises StoreAway; then nothing was done.
    """
    with desk.store(letter.store) as store:
        ended = letter.task_id in outbox.waiting_tasks(letter.store, letter.run_id) or (
            store.capture(letter.task_id) is not None
        )
        if not ended:
            try:
                bundle = outbox.dead_bundle(letter)
                if bundle is None:
                    return None
                store.write(CaptureBundle(capture=_given_up(bundle.capture, by, why), ads=(), sightings=()))
                ended = True
            except WriteRefused:
                ended = False
        if not outbox.discard(letter, by, why):
            return None
        _end_runs(desk, store)
    return ended


def _given_up(capture: Capture, by: str, why: str) -> Capture:
    return Capture(
        task=capture.task,
        outcome=Outcome.ERROR,
        at=capture.at,
        url=capture.url,
        detail=f"被存储拒绝，由{by}放弃：{why}",
    )


def _end_runs(desk: Desk, store: FindingStore) -> None:
    """Write down the end of runs whose last captures waited here: no crawl does it any more."""
    for run in list(unfinished(store)):
        if run.tasks is not None and not store.held(run.id):
            end_if_done(desk, store, run)
