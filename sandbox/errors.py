"""What can go wrong in the sandbox.

FinAdWatchError
└── SandboxError            the sandbox can't be started or used as asked
    └── SandboxDataFault    a file of the sandbox's own web or data is wrong (also a UsageError)
"""

from collections.abc import Sequence

from findings.model.errors import FinAdWatchError, Said, UsageError


class SandboxError(FinAdWatchError):
    """The sandbox can't be started or used as asked."""


class SandboxDataFault(SandboxError, UsageError):
    """Faults in a data file of the sandbox, all of them at once.

    `file` names the file; `faults` holds one sentence each, beginning with the place.
    """

    exit_code = 2

    def __init__(self, file: str, faults: Sequence[Said]) -> None:
        self.file = file
        self.faults = tuple(faults)
        listed = "; ".join(self.faults)
        known = "；".join(fault.zh for fault in self.faults)
        super().__init__(
            f"{file} of the sandbox has {len(self.faults)} fault(s), correct them: {listed}",
            zh=f"演练环境的 {file} 有 {len(self.faults)} 处有误，请改正：{known}",
        )
