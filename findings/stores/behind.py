"""Work that lies one thing behind the making of things."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")


def one_behind(work: Callable[[_T], object], things: Iterable[_T]) -> None:
    """Do work on all things in their order in a thread, each while the next one is made.

    Raises what the work raised, else what the making did; nothing is under way then.
    """
    with ThreadPoolExecutor(1, "behind") as pool:
        under_way: Future[object] | None = None
        try:
            for thing in things:
                if under_way is not None:
                    under_way.result()
                under_way = pool.submit(work, thing)
        finally:
            if under_way is not None:
                under_way.result()
