"""The protocol of what was handed over: batches, their numbers, and every row followed until its ad is gone.

A store gives it as `FindingStore.handovers()`. What a step means is decided by pure functions (`handover/`);
a store only keeps records, and lets none be overwritten unseen.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from findings.model.handover import BatchRecord, BatchState, HandedItem, Paper, Presence


class Stale(msgspec.Struct, frozen=True):
    """A record was changed by someone else since it was read (or is there already, or is gone): what stands."""

    stands: BatchRecord | HandedItem | None


class Handovers(Protocol):
    """Batches and their rows. Every method may raise StoreAway and IndexMissing; reading by id sees every change at
    once, lists at latest after a second.

    Writing raises WriteRefused for a record that could not be found again (an instant without time zone, an id
    that is not its row's), and for one in which a newer release stored what this one does not know. Iterators
    read some hundred records at a time: whoever takes them may write meanwhile; each comes as it was when read.
    """

    def batch(self, batch_id: str) -> BatchRecord | None:
        """One batch, or None."""
        ...

    def put_batch(self, record: BatchRecord) -> BatchRecord | Stale:
        """Replace a batch and return it as it stands, its version counted up.

        `version` is the one that was read, 0 for a new batch.
        """
        ...

    def batches(
        self,
        *,
        states: Sequence[BatchState] = (),
        papers: Sequence[Paper] = (),
        year: int | None = None,
    ) -> Iterator[BatchRecord]:
        """The batches that fit, newest draft first."""
        ...

    def number(self, office: str, year: int, batch_id: str) -> int:
        """The number of a batch within office and year: the next free one, and for a batch that has one already
        the same again. Two batches never get the same; numbers count from 1 and are never given back."""
        ...

    def put_items(self, items: Iterable[HandedItem]) -> list[HandedItem | Stale]:
        """Replace rows, each by itself, and return them as they stand, in order; `version` as for batches.

        They are taken and stored some hundred at a time; those before a refused one may stay stored.
        """
        ...

    def item(self, item_id: str) -> HandedItem | None:
        """One row, or None."""
        ...

    def items(self, batch_id: str) -> Iterator[HandedItem]:
        """The rows of a batch, in order."""
        ...

    def items_of(self, case_id: str) -> list[HandedItem]:
        """The rows of a case in all batches, oldest `sent_at` first, those not sent last."""
        ...

    def due(self, until: datetime, *, presences: Sequence[Presence] = ()) -> Iterator[HandedItem]:
        """The rows whose `next_visit` is at or before an instant, longest owed first."""
        ...
