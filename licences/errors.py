"""What can go wrong with a register.

FinAdWatchError
├── UsageError
│   ├── ListUnreadable   the file is no table, too large, or in no encoding we know
│   ├── ColumnsWrong     a table, but not the columns its mapping asks for
│   ├── ListShrunk       the new list lost more than half of the old one's entries
│   ├── TerritoryWrong   whose list it is was not said, or no province is called so
│   ├── ListingRefused   an entry of a negative list that can't be added or ended as asked
│   ├── VersionUnknown   a version that was asked for is not among the stored ones
│   ├── ListOutdated     the new list is older than the current one, or from the future
│   └── DataFault        a bundled or own YAML/JSONL file breaks its schema
└── VersionAltered       a stored version of a list is no longer what was imported
"""

from findings.model.errors import FinAdWatchError, UsageError


class ListUnreadable(UsageError):
    """A register file that can't be read as a table."""


class ColumnsWrong(UsageError):
    """A table without the columns that its mapping requires."""


class TerritoryWrong(UsageError):
    """A list of some province whose province is missing or unknown."""


class ListShrunk(UsageError):
    """A list that is probably cut off."""


class ListOutdated(UsageError):
    """A list whose date can't be right for what it would replace."""


class ListingRefused(UsageError):
    """A change of a negative list that can't be made as asked."""


class VersionUnknown(UsageError):
    """A version of a list that nobody stored here."""


class DataFault(UsageError):
    """A mapping or table of ours that breaks its schema; all faults in one message."""


class VersionAltered(FinAdWatchError):
    """A stored list whose bytes no longer match its name."""
