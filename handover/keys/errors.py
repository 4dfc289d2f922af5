"""Errors of keys.

FinAdWatchError
└── RingBroken          the folder of keys can't be read
UsageError
├── HistoryBroken       a file holds no keys of an office
└── FingerprintForeign  a file holds no key of the fingerprint that was told
"""

from pathlib import Path

from findings.model.errors import FinAdWatchError, Said, UsageError


class RingBroken(FinAdWatchError):
    """What is known of our keys can't be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} can't be read ({reason}): bring it back from a backup, or remove it to begin a new history",
            zh=f"{path} 无法读取（{reason}）：请从备份恢复，或删除后重新登记公钥",
        )
        self.path = path


class HistoryBroken(UsageError):
    """A file holds no keys that could be trusted."""

    def __init__(self, reason: Said) -> None:
        super().__init__(
            f"the file holds no keys of an office: {reason}; give its public key (PEM) or its export",
            zh=f"文件中没有可用的机关公钥：{reason.zh}；请提供其公钥（PEM）或导出文件",
        )


class FingerprintForeign(UsageError):
    """The fingerprint told is of none of the keys."""

    def __init__(self, fingerprint: str, found: tuple[str, ...]) -> None:
        super().__init__(
            f"no key in the file has the fingerprint {fingerprint} (it holds {', '.join(found)}): ask the office again",
            zh=f"文件中没有指纹为 {fingerprint} 的公钥（其中为 {'、'.join(found)}）：请向该机关再次核实",
        )
