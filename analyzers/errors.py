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
from typing import Literal

import msgspec

from findings.model.errors import FinAdWatchError, Said, UsageError

_UNITS = {"bytes": "字节", "pixels": "像素"}


class Fault(msgspec.Struct, frozen=True, order=True):
    """One fault of a data file. `file` is relative to the ruleset folder; `line` counts from 1.

    `message` is in English, `zh` the same in Chinese.
    """

    file: str
    line: int
    message: str
    zh: str

    def __str__(self) -> str:
        return self.said("en")

    def said(self, lang: str) -> str:
        """The fault with its place, in Chinese (`zh`) or English."""
        return f"{self.file}:{self.line}: {self.zh if lang == 'zh' else self.message}"


class RulesetError(FinAdWatchError):
    """The ruleset is faulty. `faults` lists every fault found in one run."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults))
        many = len(self.faults)
        super().__init__(
            f"the ruleset has {many} fault(s); mend them and try again:\n{self._listed('en')}",
            zh=f"规则集有 {many} 处有误，请改正后重试：\n{self._listed('zh')}",
        )

    def _listed(self, lang: str) -> str:
        return "\n".join(f"  {fault.said(lang)}" for fault in self.faults)


class ImageUnreadable(FinAdWatchError):
    """An image can't be decoded."""

    def __init__(self, path: Path, reason: str | Said) -> None:
        known = reason.zh if isinstance(reason, Said) else reason
        super().__init__(
            f"the image {path} can't be read ({reason}); give a PNG, JPEG, GIF, BMP or WebP file",
            zh=f"无法读取图片 {path}（{known}）：请提供 PNG、JPEG、GIF、BMP 或 WebP 文件",
        )
        self.path = path
        self.reason = reason


class ImageTooLarge(FinAdWatchError):
    """An image is larger than is safe to decode. `limit` is in pixels or bytes, as `unit` says."""

    def __init__(self, path: Path, limit: int, unit: Literal["bytes", "pixels"]) -> None:
        super().__init__(
            f"the image {path} has more than {limit} {unit}; scale it down",
            zh=f"图片 {path} 过大（超过 {limit} {_UNITS[unit]}）：请缩小后重试",
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
        known = reason.zh if isinstance(reason, (Said, FinAdWatchError)) else reason
        super().__init__(
            f"the {what} model {where!r} can't be loaded ({reason}); "
            "run 'finadwatch models build' or name another model in the configuration",
            zh=f"{what} 模型 {where!r} 无法加载（{known}）：请运行 finadwatch models build，或在配置中指定其他模型",
        )
        self.what = what
        self.where = where
