"""Names of templates, indices and aliases: `ads-v2-2026.11` behind the alias `ads`."""

import re
from datetime import UTC, datetime

import msgspec

#: Version of the mappings in index_templates/; a change that old indices don't fit makes a new one.
VERSION = 2

#: Kinds of documents with one index a month, and those with a single index.
MONTHLY = ("ads", "sightings", "captures")
SINGLE = (
    "runs",
    "plans",
    "tasks",
    "leases",
    "places",
    "cases",
    "audit",
    "searches",
    "rescreens",
    "handovers",
    "migrations",
)

_INDEX = re.compile(
    rf"(?:(?P<monthly>{'|'.join(MONTHLY)})-v(?P<of>\d{{1,4}})-(?P<month>\d{{1,4}}\.\d\d)"
    rf"|(?P<single>{'|'.join(SINGLE)})-v(?P<version>\d{{1,4}}))"
)


def month_of(at: datetime) -> str:
    """The partition of an instant: `2026.11`, in UTC."""
    return f"{at.astimezone(UTC):%Y.%m}"


class Part(msgspec.Struct, frozen=True):
    """What the name of an index says; `month` is None for kinds with a single index."""

    kind: str
    version: int
    month: str | None


class Names(msgspec.Struct, frozen=True):
    """Names under one prefix (empty, or `bureau-`) and of one version."""

    prefix: str
    version: int = VERSION

    def alias(self, kind: str) -> str:
        """The name under which all indices of a kind are read."""
        return f"{self.prefix}{kind}"

    def index(self, kind: str, month: str | None = None) -> str:
        """The index that documents of a kind, and of a month where it has such, are written to."""
        name = f"{self.prefix}{kind}-v{self.version}"
        return name if month is None else f"{name}-{month}"

    def patterns(self) -> list[str]:
        """Patterns of all indices of this store and version."""
        return [*(self.index(kind, "*") for kind in MONTHLY), *(self.index(kind) for kind in SINGLE)]

    def of_all_versions(self) -> list[str]:
        """Patterns of all indices of this store."""
        return [f"{self.prefix}{kind}-v*" for kind in (*MONTHLY, *SINGLE)]

    def part(self, index: str) -> Part | None:
        """What an index of this store holds; None for one that only looks alike."""
        found = _INDEX.fullmatch(index.removeprefix(self.prefix)) if index.startswith(self.prefix) else None
        if found is None:
            return None
        if found["monthly"]:
            return Part(found["monthly"], int(found["of"]), found["month"])
        return Part(found["single"], int(found["version"]), None)
