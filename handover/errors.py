"""Errors of handing over.

FinAdWatchError
├── NothingToHandOver   no case matches, so no batch is made
├── OwingBroken         the note beside a batch can't be read
└── BatchBroken         a batch on disk can't be read as one
UsageError
└── KeyUnusable         the signing key is not an Ed25519 private key in PEM
"""

from pathlib import Path

from findings.model.errors import FinAdWatchError, UsageError


class NothingToHandOver(FinAdWatchError):
    """No case matches."""

    def __init__(self) -> None:
        super().__init__(
            "no case matches, so no batch was made: widen the conditions or crawl first",
            zh="没有符合条件的案件线索，未生成批次：请放宽条件或先行抓取",
        )


class OwingBroken(FinAdWatchError):
    """What a killed process left to be noted is not known any more."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} can't be read ({reason}): hand over what is still confirmed of that batch by finadwatch cases state, "
            "then remove the file",
            zh=f"{path} 无法读取（{reason}）：请用 finadwatch cases state 把该批次中仍为“确认”的案件转为移送，再删除该文件",
        )
        self.path = path


class BatchBroken(FinAdWatchError):
    """A folder is no batch of ours."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"{path} is no readable batch ({reason}): ask the sender for it again",
            zh=f"{path} 不是可读的批次（{reason}）：请向发出机关重新索取",
        )
        self.path = path


class KeyUnusable(UsageError):
    """The signing key can't be used."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"the signing key {path} can't be used ({reason}): give an Ed25519 private key in PEM",
            zh=f"签名私钥 {path} 无法使用（{reason}）：请提供 PEM 格式的 Ed25519 私钥",
        )
        self.path = path
