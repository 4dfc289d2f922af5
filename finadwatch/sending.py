"""One sending of what waits in the outbox for a store, and the runs that it brings to their end."""

from dataclasses import dataclass, field

from finadwatch.context import Desk
from finadwatch.ledger import end_if_done, unfinished
from findings.model.errors import FinAdWatchError
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


def _end_runs(desk: Desk, store: FindingStore) -> None:
    """Write down the end of runs whose last captures waited here: no crawl does it any more."""
    for run in list(unfinished(store)):
        if run.tasks is not None and not store.held(run.id):
            end_if_done(desk, store, run)
