"""Every stamp of an evidence folder checked: record, list, each token over it."""

from collections.abc import Iterator
from typing import NamedTuple

from findings.model.errors import FinAdWatchError, Said
from findings.model.evidence import EvidenceStore
from handover.timestamps import listing
from handover.timestamps.checking import check_token
from handover.timestamps.model import ListRecord
from handover.timestamps.records import Records


class Checked(NamedTuple):
    """A list that was checked: its hash, and all that is wrong with it."""

    sha256: str
    faults: tuple[Said, ...]


def audit(records: Records, evidence: EvidenceStore) -> Iterator[Checked]:
    """Check every list with its tokens, one after another."""
    for day in records.days():
        for sha256 in records.names(day):
            try:
                record = records.get(day, sha256)
            except FinAdWatchError as error:
                yield Checked(sha256, (Said(str(error), zh=error.zh),))
                continue
            if record is not None:
                yield Checked(sha256, tuple(_faults(record, evidence)))


def _faults(record: ListRecord, evidence: EvidenceStore) -> Iterator[Said]:
    name = record.listing.sha256
    try:
        data = evidence.get(name)
        listing.read(data)
    except FinAdWatchError as error:
        yield _named(name, "", error)
        return
    for token in record.tokens:
        try:
            answer, roots = (evidence.get(ref.sha256) for ref in (token.file, token.roots))
            facts = check_token(answer, data, roots)
        except FinAdWatchError as error:
            yield _named(name, token.authority, error)
            continue
        if facts.at != token.at:
            other = Said("its record names another time than its token", zh="记录所载时间与令牌不符")
            yield _named(name, token.authority, other)


def _named(name: str, authority: str, error: FinAdWatchError | Said) -> Said:
    of = f", {authority}" if authority else ""
    return Said(
        f"stamp list {name}{of}: {error}", zh=f"时间戳清单 {name}{of.replace(', ', '，')}：{error.zh}"
    )
