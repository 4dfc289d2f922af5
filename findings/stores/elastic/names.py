"""Names of templates, indices and aliases: `ads-v2-2026.11` behind the alias `ads`."""

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
    "migrations",
)


def month_of(at: datetime) -> str:
    """The partition of an instant: `2026.11`, in UTC."""
    return f"{at.astimezone(UTC):%Y.%m}"


class Names(msgspec.Struct, frozen=True):
    """Names under one prefix (empty, or `bureau-`)."""

    prefix: str

    def alias(self, kind: str) -> str:
        """The name under which all indices of a kind are read."""
        return f"{self.prefix}{kind}"

    def index(self, kind: str, month: str | None = None) -> str:
        """The index that documents of a kind, and of a month where it has such, are written to."""
        name = f"{self.prefix}{kind}-v{VERSION}"
        return name if month is None else f"{name}-{month}"

    def all_indices(self) -> list[str]:
        """Patterns of all indices of this store."""
        return [*(self.index(kind, "*") for kind in MONTHLY), *(self.index(kind) for kind in SINGLE)]
