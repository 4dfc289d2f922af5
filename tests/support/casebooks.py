"""Changes of cases in a store in one line, for tests."""

import secrets
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from findings.casebook import Casebook, Conflict
from findings.model.casework import AuditAction, AuditDraft, CaseFile
from findings.model.vocabulary import CaseState
from findings.store import FindingStore
from tests.support import records as make


def draft(
    *cases: str, action: AuditAction = AuditAction.STATE, at: datetime = make.NOON, **more: Any
) -> AuditDraft:
    """An entry of one officer about these cases."""
    values: dict[str, Any] = {
        "id": secrets.token_hex(16),
        "at": at,
        "actor": "officer-a",
        "action": action,
        "case_ids": cases,
        "note": "已核",
    }
    return AuditDraft(**(values | more))


def file_of(store: FindingStore, case_id: str) -> CaseFile:
    """The file of a case that is there."""
    file = store.casebook().file(case_id)
    assert file is not None
    return file


def set_state(book: Casebook, case_id: str, state: CaseState, **more: Any) -> CaseFile:
    """Change the state of a case as it stands."""
    file = book.file(case_id)
    assert file is not None
    told = book.change([replace(file, state=state, **more)], draft(case_id))
    assert not isinstance(told, Conflict)
    return told[0]


def two_cases(store: FindingStore) -> tuple[CaseFile, CaseFile]:
    """A case of two ads, seen thrice, and a case of one."""
    one = make.ad("保本一", make.finding(2), case_id="c1-one")
    two = make.ad("保本二", make.finding(3), case_id="c1-one", first_seen=make.minutes(2))
    other = make.ad("代币", make.finding(8), case_id="c1-other", source="sogou")
    store.write(make.bundle(one, two))
    store.write(make.bundle(one, run="r2", at=make.minutes(5)))
    store.write(make.bundle(other, source="sogou"))
    return file_of(store, "c1-one"), file_of(store, "c1-other")
