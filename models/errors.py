"""What can go wrong while a model is built or trained.

FinAdWatchError
└── ModelError                a model can't be made, exit 1
    ├── ModelSourceError      the weights it is made from are absent or not the ones known
    └── ModelOutdated         a built model is of another version of the project
"""

from pathlib import Path

from findings.model.errors import FinAdWatchError


class ModelError(FinAdWatchError):
    """A model can't be built or trained."""


class ModelSourceError(ModelError):
    """The package that carries the source weights is missing, or its file is another one."""

    def __init__(self, message: str, path: Path | None = None, *, zh: str) -> None:
        self.path = path
        super().__init__(message, zh=zh)


class ModelOutdated(ModelError, ValueError):
    """A built folder lacks a file that this version reads. `path` is that file.

    A ValueError as well, since those alone pass through `hanlp.load` as they are.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} is not there, another version of FinAdWatch built the folder: build it again",
            zh=f"缺少 {path}，该文件夹由 FinAdWatch 的其他版本装配：请重新装配",
        )
