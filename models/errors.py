"""What can go wrong while a model is built or trained.

FinAdWatchError
└── ModelError                a model can't be made, exit 1
    └── ModelSourceError      the weights it is made from are absent or not the ones known
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
