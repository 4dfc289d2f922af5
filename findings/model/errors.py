"""The root of every error that a person may see.

FinAdWatchError            exit 1: one clear sentence, and facts as attributes
├── UsageError             exit 2: wrong use: a bad value, a missing file, a bad plan
├── ServiceAway            exit 3: a needed service does not answer
└── (each package's own errors.py derives from these three)
"""

from typing import Any, ClassVar, Self


class Said(str):
    """A sentence in English that carries the same in Chinese (`zh`): one fault of many, a notice.

    An f-string makes plain English of it; where such a text is built, both languages are.
    """

    zh: str

    def __new__(cls, text: str, zh: str = "") -> Self:
        """`zh` is left out only by what copies and pickles: they set it afterwards."""
        made = super().__new__(cls, text)
        made.zh = zh
        return made

    def said(self, lang: str) -> str:
        """The sentence in Chinese (`zh`) or English."""
        return self.zh if lang == "zh" else str(self)


class FinAdWatchError(Exception):
    """Something went wrong that a person can act on.

    The message is one sentence: what happened, to what, what to do; `zh` is the same
    sentence in Chinese, for officers.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, zh: str) -> None:
        super().__init__(message)
        self.zh = zh

    def said(self, lang: str) -> str:
        """The sentence in Chinese (`zh`) or English."""
        return self.zh if lang == "zh" else str(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by content: a worker process hands its error to the one that asked."""
        return _revived, (type(self), self.args), self.__dict__


class UsageError(FinAdWatchError):
    """The command, a file given to it or the configuration is wrong."""

    exit_code: ClassVar[int] = 2


class ServiceAway(FinAdWatchError):
    """A service that the work needs (store, broker, browser) can't be reached."""

    exit_code: ClassVar[int] = 3


def _revived(kind: type[FinAdWatchError], args: tuple[Any, ...]) -> FinAdWatchError:
    """An error as it was: the constructors of its kinds take facts, not the finished sentence."""
    error = kind.__new__(kind)
    error.args = args
    return error
