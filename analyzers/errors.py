"""Errors of the analyzers room.

FinAdWatchError
├── RulesetError        rules, lexicons, law or routing are faulty; every fault is listed
├── ModelUnusable       a configured model is there but can't be loaded
├── ImageUnreadable     an image can't be decoded
└── ImageTooLarge       an image has more pixels than is safe to decode
UsageError
└── ModelMissing        a model that was configured is not there
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from findings.model.errors import FinAdWatchError, UsageError


class Fault(msgspec.Struct, frozen=True, order=True):
    """One fault of a data file. `file` is relative to the ruleset folder; `line` counts from 1."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class RulesetError(FinAdWatchError):
    """The ruleset is faulty. `faults` lists every fault found in one run."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        listed = "\n".join(f"  {fault}" for fault in self.faults)
        super().__init__(
            f"the ruleset has {len(self.faults)} fault(s); mend them and try again:\n{listed}",
            zh=f"规则集有 {len(self.faults)} 处有误，请改正后重试：\n{listed}",
        )


class ImageUnreadable(FinAdWatchError):
    """An image can't be decoded."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(
            f"the image {path} can't be read ({reason}); give a PNG, JPEG, GIF, BMP or WebP file",
            zh=f"无法读取图片 {path}（{reason}）：请提供 PNG、JPEG、GIF、BMP 或 WebP 文件",
        )
        self.path = path
        self.reason = reason


class ImageTooLarge(FinAdWatchError):
    """An image is larger than is safe to decode. `limit` is in pixels or bytes, as `unit` says."""

    def __init__(self, path: Path, limit: int, unit: str) -> None:
        super().__init__(
            f"the image {path} has more than {limit} {unit}; scale it down",
            zh=f"图片 {path} 过大（超过 {limit} {unit}）：请缩小后重试",
        )
        self.path = path
        self.limit = limit


class ModelMissing(UsageError):
    """A configured model is not there."""

    def __init__(self, what: str, where: str) -> None:
        super().__init__(
            f"the {what} model {where!r} is not there; run 'finadwatch models build' or change the configuration",
            zh=f"{what} 模型 {where!r} 不存在：请运行 finadwatch models build，或修改配置",
        )
        self.what = what
        self.where = where


class ModelUnusable(FinAdWatchError):
    """A configured model can't be loaded or read."""

    def __init__(self, what: str, where: str, reason: object) -> None:
        super().__init__(
            f"the {what} model {where!r} can't be loaded ({reason}); "
            "run 'finadwatch models build' or name another model in the configuration",
            zh=f"{what} 模型 {where!r} 无法加载（{reason}）：请运行 finadwatch models build，或在配置中指定其他模型",
        )
        self.what = what
        self.where = where
