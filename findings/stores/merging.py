"""What becomes of an ad that is written again."""

import msgspec

from findings.model.records import AdRecord


def merge(stored: AdRecord | None, new: AdRecord) -> AdRecord:
    """The record to keep: the later judgement, with the `first_seen` that was stored.

    So replaying an old bundle, or two workers writing at once, ends in the same record
    in whatever order the writes arrive.
    """
    if stored is None:
        return new
    if new.judged_at < stored.judged_at:
        return stored
    return msgspec.structs.replace(new, first_seen=stored.first_seen)
