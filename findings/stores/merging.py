"""What becomes of an ad that is written again."""

import msgspec

from findings.model.records import AdRecord


def merge(stored: AdRecord | None, new: AdRecord) -> AdRecord:
    """The record to keep: the later judgement, with the `first_seen` and case that were stored.

    So replaying an old bundle changes nothing, and an ad stays in the case that an officer
    may have reviewed.
    """
    if stored is None:
        return new
    if new.judged_at < stored.judged_at:
        return stored
    return msgspec.structs.replace(new, first_seen=stored.first_seen, case_id=stored.case_id)
