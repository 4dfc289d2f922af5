"""What can be wrong with source definitions.

UsageError (exit 2)
├── SourceFaults       one or more source.yaml files break the schema; all faults in one go
└── UnknownSource      a source name that no folder under crawlers/sources has
"""

from collections.abc import Sequence

from findings.model.errors import Said, UsageError


class SourceFaults(UsageError):
    """Source definitions are broken. `faults` holds one sentence each, with file and place."""

    def __init__(self, faults: Sequence[Said]) -> None:
        self.faults = tuple(faults)
        super().__init__(
            f"correct {len(self.faults)} fault(s) in the definitions of sources: " + "; ".join(self.faults),
            zh=f"{len(self.faults)} 处来源定义有误，请改正：" + "；".join(fault.zh for fault in self.faults),
        )


class UnknownSource(UsageError):
    """No source of that name is installed."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name = name
        super().__init__(
            f"there is no source {name!r}; there are {', '.join(known)}",
            zh=f"没有名为 {name!r} 的来源；现有来源：{'、'.join(known)}",
        )
