"""Takes bundles out of the outbox and into their store, in batches, oldest first."""

from collections.abc import Callable, Sequence

import msgspec

from findings.errors import StoreDamaged, WriteRefused
from findings.model.errors import FinAdWatchError, ServiceAway, UsageError
from findings.model.records import CaptureBundle
from findings.outbox.box import Outbox
from findings.outbox.letters import Letter
from findings.store import FindingStore

#: A store that can't be written to at all: it is away, was never created, refuses the credentials, is broken.
#: Nothing is said of any bundle then, so all of them go on waiting.
AWAY = (ServiceAway, UsageError, StoreDamaged)


#: How often in a row a refusal's own word is taken for which bundle is meant, before a batch is halved:
#: a batch in which everything is refused takes twice as many writes as it has bundles, not their square.
NAMED = 8

_Opened = tuple[Letter, CaptureBundle]


class Sent(msgspec.Struct):
    """What one sending did."""

    stored: int = 0
    refused: int = 0


class Sender:
    """Sends what waits for one store. Only within `Outbox.sending`."""

    def __init__(self, outbox: Outbox, store: FindingStore, address: str) -> None:
        self._outbox = outbox
        self._store = store
        self._address = address

    def send(self, sent: Sent, go_on: Callable[[], bool] = lambda: True) -> None:
        """Send until nothing waits or `go_on` says no, adding up in `sent`.

        A bundle is removed once the store has it: killed in between, it is written again, which
        changes nothing. Raises what a store that is away raises; what waits goes on waiting.
        """
        while go_on() and (letters := self._outbox.batch(self._address)):
            opened: list[_Opened] = []
            for letter in letters:
                try:
                    opened.append((letter, letter.open()))
                except WriteRefused as error:
                    self._bury(letter, error, sent)
            if opened:
                self._deliver(opened, sent, NAMED)

    def _deliver(self, some: Sequence[_Opened], sent: Sent, named: int) -> None:
        """Store a batch. One that is refused is divided until the guilty bundle is alone: those that
        hold the document named by the refusal from the others, so often as `named` says; then by halves."""
        try:
            stored = self._store.write_many([bundle for _, bundle in some])
        except AWAY:
            raise
        except Exception as error:
            # Any other fault comes of what a bundle holds, be it one that no code foresaw: it must not
            # keep back those behind it, and it is kept with its reason.
            if len(some) == 1:
                self._bury(some[0][0], error, sent)
                return
            suspects, others = _divided(some, error) if named else ([], [])
            if suspects and others:
                self._deliver(others, sent, named - 1)
                self._deliver(suspects, sent, 0)
            else:
                half = len(some) // 2
                self._deliver(some[:half], sent, NAMED)
                self._deliver(some[half:], sent, NAMED)
        else:
            assert stored == len(some)
            self._outbox.sent([letter for letter, _ in some])
            # At once, not when nothing waits any more: after an outage of hours that takes its time.
            self._outbox.note_back(self._address)
            sent.stored += stored

    def _bury(self, letter: Letter, error: Exception, sent: Sent) -> None:
        self._outbox.bury(self._address, letter, _reason(error))
        sent.refused += 1


def _divided(some: Sequence[_Opened], error: Exception) -> tuple[list[_Opened], list[_Opened]]:
    """Those that hold the document which a store refused, and the others."""
    name = error.document_id if isinstance(error, WriteRefused) else ""
    suspects: list[_Opened] = []
    others: list[_Opened] = []
    for one in some:
        (suspects if name in _names(one[1]) else others).append(one)
    return suspects, others


def _names(bundle: CaptureBundle) -> set[str]:
    ids = {bundle.capture.task.id}
    ids.update(ad.id for ad in bundle.ads)
    ids.update(sighting.id for sighting in bundle.sightings)
    return ids


def _reason(error: Exception) -> str:
    if isinstance(error, WriteRefused):
        return f"{error.document_id}: {error.reason}"
    return str(error) if isinstance(error, FinAdWatchError) else f"{type(error).__name__}: {error}"
