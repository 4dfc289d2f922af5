"""Errors of receipts.

UsageError
├── ReceiptWordsWrong   an office's own file of words breaks its rules
├── ReceiptTooLarge     a file is larger than any that an addressee fills
└── NoBatchNamed        neither the file nor the call says which batch it answers
"""

from collections.abc import Sequence
from pathlib import Path

from findings.model.errors import Said, UsageError


class ReceiptWordsWrong(UsageError):
    """An office's own words can't be used."""

    def __init__(self, path: Path, faults: Sequence[Said]) -> None:
        super().__init__(
            f"{path} is no file of words for receipts: {'; '.join(faults)}",
            zh=f"{path} 不是合格的回执词表：{'；'.join(fault.zh for fault in faults)}",
        )
        self.path = path
        self.faults = tuple(faults)


class NoBatchNamed(UsageError):
    """It can't be told which batch a file answers."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path.name} names no batch that was sent: say which one it answers (--batch)",
            zh=f"从 {path.name} 看不出答复的是哪个已发出的批次：请用 --batch 指明",
        )
        self.path = path


class ReceiptTooLarge(UsageError):
    """A file is larger than any form that was filled."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(
            f"{path.name} is over {most >> 20} MiB: send the table alone, without pictures",
            zh=f"{path.name} 超过 {most >> 20} MiB：请只保留表格，去掉图片",
        )
        self.path = path
