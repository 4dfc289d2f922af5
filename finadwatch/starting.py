"""Ctrl-C while modules are imported: nothing was begun yet, so the process simply ends.

An interrupt in the midst of an import prints a trace, and leaves modules half made for whoever catches it.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def quits_at_once() -> Iterator[None]:
    """Within, SIGINT ends the process as it ends a program without a handler (130 for a shell).

    Leaves alone what somebody else set, and threads, which may set nothing.
    """
    usual = signal.default_int_handler
    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is usual
    if ours:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, usual)


def was_interrupted(error: BaseException | None) -> bool:
    """Whether an error stands for a Ctrl-C: in the midst of an import Python wraps it into one of its own."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False
