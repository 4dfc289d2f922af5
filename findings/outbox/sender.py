"""Takes bundles out of the outbox and into their store, in batches, oldest first."""

from collections.abc import Callable, Sequence

import msgspec

from findings.errors import StoreDamaged, WriteRefused
from findings.model.errors import FinAdWatchError, ServiceAway, UsageError
from findings.outbox.box import Outbox
from findings.outbox.letters import Letter
from findings.store import FindingStore

#: A store that can't be written to at all: it is away, was never created, refuses the credentials, is broken.
#: Nothing is said of any bundle then, so all of them go on waiting.
AWAY = (ServiceAway, UsageError, StoreDamaged)


class Sent(msgspec.Struct):
    """What one sending did, and of which runs."""

    stored: int = 0
    refused: int = 0
    runs: set[str] = set()


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
            self._deliver(letters, sent)

    def _deliver(self, letters: Sequence[Letter], sent: Sent) -> None:
        """Store a batch. One that is refused is halved until the guilty bundle is alone."""
        try:
            stored = self._store.write_many([letter.open() for letter in letters])
        except AWAY:
            raise
        except Exception as error:
            # Any other fault comes of what a bundle holds, be it one that no code foresaw: it must not
            # keep back those behind it, and it is kept with its reason.
            if len(letters) > 1:
                half = len(letters) // 2
                self._deliver(letters[:half], sent)
                self._deliver(letters[half:], sent)
                return
            self._outbox.bury(self._address, letters[0], _reason(error))
            sent.refused += 1
        else:
            assert stored == len(letters)
            self._outbox.sent(letters)
            sent.stored += stored
        sent.runs.update(letter.run_id for letter in letters)


def _reason(error: Exception) -> str:
    if isinstance(error, WriteRefused):
        return f"{error.document_id}: {error.reason}"
    return str(error) if isinstance(error, FinAdWatchError) else f"{type(error).__name__}: {error}"
