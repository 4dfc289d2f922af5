"""A thread that sends while others put; it outlasts a store that is away."""

import threading
import time
from collections.abc import Callable

from findings.errors import BundlesWaiting, OutboxDamaged, SenderBusy
from findings.model.errors import FinAdWatchError
from findings.outbox.box import Outbox
from findings.outbox.sender import Sender, Sent
from findings.store import FindingStore

#: Seconds between two looks at the outbox: bundles of slow pages go together.
GATHER_S = 0.25
#: Seconds until a store that is away is tried again: doubled each time, up to the longest.
FIRST_S, LONGEST_S = 0.5, 30.0
#: The longest while somebody waits for the outbox to be empty.
LONGEST_WAITED_FOR_S = 2.0


class Courier:
    """Sends what waits for one store as long as it runs.

    Where another process is the sender, this one takes over when that one ends. `trouble` is what
    keeps the store from being written to now, or None.
    """

    def __init__(
        self, open_outbox: Callable[[], Outbox], open_store: Callable[[], FindingStore], address: str
    ) -> None:
        self._open_outbox = open_outbox
        self._open_store = open_store
        self._address = address
        self.trouble: FinAdWatchError | None = None
        self._over = threading.Event()
        self._hurry = threading.Event()
        # A daemon: a store that took a request and is silent must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()

    def settle(self, left: Callable[[], int], patience_s: float) -> None:
        """Wait until `left` says 0, for so long as it goes down within `patience_s`.

        Raises BundlesWaiting.
        """
        self._hurry.set()
        least = left()
        since = time.monotonic()
        while least and self._thread.is_alive() and time.monotonic() - since < patience_s:
            time.sleep(GATHER_S / 5)
            now = left()
            if now < least:
                least, since = now, time.monotonic()
        if least:
            raise BundlesWaiting(self._address, least, self.trouble)

    def stop(self) -> None:
        """Let the batch at hand end, for a short while."""
        self._over.set()
        self._hurry.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        with self._open_outbox() as outbox, self._open_store() as store:
            while not self._over.is_set():
                try:
                    with outbox.sending(self._address):
                        self._send(outbox, store)
                except SenderBusy:
                    self._over.wait(GATHER_S * 2)
                except OutboxDamaged as error:
                    self.trouble = error
                    return
                except FinAdWatchError as error:
                    self.trouble = error
                    self._over.wait(FIRST_S)

    def _send(self, outbox: Outbox, store: FindingStore) -> None:
        """Send as it comes, until it is over."""
        sender = Sender(outbox, store, self._address)
        wait_s = FIRST_S
        while not self._over.is_set():
            sent = Sent()
            try:
                sender.send(sent, lambda: not self._over.is_set())
            except OutboxDamaged:
                raise
            except FinAdWatchError as error:
                if sent.stored:
                    wait_s = FIRST_S
                outbox.note_away(self._address, str(error), wait_s)
                self.trouble = error
                self._rest(wait_s)
                wait_s = min(wait_s * 2, LONGEST_S)
                continue
            self.trouble, wait_s = None, FIRST_S
            self._over.wait(GATHER_S)
        outbox.shrink()

    def _rest(self, seconds: float) -> None:
        """Wait, but not for long while somebody waits for us."""
        until = time.monotonic() + seconds
        while not self._over.is_set() and (rest := until - time.monotonic()) > 0:
            if self._hurry.is_set():
                rest = min(rest, LONGEST_WAITED_FOR_S)
                self._over.wait(rest)
                return
            self._over.wait(min(rest, GATHER_S))
