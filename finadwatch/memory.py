"""Keeps a crawl's process lean: what was freed goes back to the system."""

import ctypes
from contextlib import suppress

#: glibc's `mallopt` (malloc.h): the parameters' numbers.
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
_BLOCK = 65_536


def keep_lean() -> None:
    """Let the allocator give freed memory back, before anything large is loaded.

    Loading rules and models frees much of what it took, and glibc would keep that (it raises its
    thresholds to the largest block freed) in an arena for each thread: some 90 MB of a crawl. Where the
    C library is another one, nothing is changed.
    """
    with suppress(AttributeError, OSError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_TRIM_THRESHOLD, _BLOCK)
        mallopt(_MMAP_THRESHOLD, _BLOCK)
        mallopt(_ARENA_MAX, 2)
