"""The root of every error that a person may see.

FinAdWatchError            exit 1: one clear sentence, and facts as attributes
├── UsageError             exit 2: wrong use: a bad value, a missing file, a bad plan
├── ServiceAway            exit 3: a needed service does not answer
└── (each package's own errors.py derives from these three)
"""

from typing import ClassVar


class FinAdWatchError(Exception):
    """Something went wrong that a person can act on.

    The message is one sentence: what happened, to what, what to do; `zh` is the same
    sentence in Chinese, for officers.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, zh: str | None = None) -> None:
        super().__init__(message)
        self.zh = zh

    def said(self, lang: str) -> str:
        """The sentence in Chinese (`zh`) where there is one, else in English."""
        return self.zh if lang == "zh" and self.zh else str(self)


class UsageError(FinAdWatchError):
    """The command, a file given to it or the configuration is wrong."""

    exit_code: ClassVar[int] = 2


class ServiceAway(FinAdWatchError):
    """A service that the work needs (store, broker, browser) can't be reached."""

    exit_code: ClassVar[int] = 3
