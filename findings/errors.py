"""Errors of the findings room.

FinAdWatchError
├── EvidenceMissing     a file that a record names is not in the evidence store
├── EvidenceAltered     a stored file no longer has the hash it was stored under
├── WriteRefused        a store refused a document; it is named with the reason
UsageError
├── QuerySyntaxError    a search can't be read; `position` is the place, in characters from 0
├── StoreUrlError       a --store value is no store
├── IndexMissing        the store was never created (`finadwatch index create`)
ServiceAway
└── StoreAway           the store does not answer
"""

from findings.model.errors import FinAdWatchError, ServiceAway, UsageError


class EvidenceMissing(FinAdWatchError):
    """A file that a record names is not in the evidence store."""

    def __init__(self, sha256: str) -> None:
        super().__init__(f"evidence file {sha256} is missing from the evidence store")
        self.sha256 = sha256


class EvidenceAltered(FinAdWatchError):
    """A stored file no longer has the hash it was stored under."""

    def __init__(self, sha256: str, found: str) -> None:
        super().__init__(f"evidence file {sha256} was altered: its bytes now hash to {found}")
        self.sha256 = sha256
        self.found = found


class WriteRefused(FinAdWatchError):
    """A store refused a document for a reason of its own (not an outage)."""

    def __init__(self, document_id: str, reason: str) -> None:
        super().__init__(f"the store refused document {document_id}: {reason}")
        self.document_id = document_id
        self.reason = reason


class QuerySyntaxError(UsageError):
    """A search query can't be read."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1} of the query)")
        self.position = position


class StoreUrlError(UsageError):
    """A store address is not one of the two forms the project knows."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"{url!r} is no store: give sqlite:///path/to/file.db or http(s)://host:9200"
        )
        self.url = url


class IndexMissing(UsageError):
    """The store has no index yet."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"the store {url} has no index yet: run 'finadwatch index create --store {url}' first"
        )
        self.url = url


class StoreAway(ServiceAway):
    """The store does not answer."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"the store {url} does not answer ({reason}); start it and try again")
        self.url = url
        self.reason = reason
