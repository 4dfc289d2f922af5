"""Keeps a schedule until told to stop: by a loop of its own on one machine, by Celery's beat where plans go
to the queues of many."""

import signal
import time
from types import FrameType
from typing import Any

from finadwatch.scheduling.keeper import Keeper

#: Seconds between two looks whether to stop.
_NAP_S = 0.5


def keep(keeper: Keeper, *, once: bool = False) -> None:
    """Keep a schedule until SIGTERM, or `once`: until what is due now has ended.

    The crawls are stopped first. Raises KeyboardInterrupt after Ctrl-C.
    """
    signals = _signals()
    try:
        until = time.monotonic() + keeper.tick()
        while not signals and (keeper.busy or not once):
            time.sleep(_NAP_S)
            if time.monotonic() >= until:
                until = time.monotonic() + keeper.tick()
    finally:
        keeper.close()
    _raise_if_interrupted(signals)


def keep_by_beat(keeper: Keeper, application: Any) -> None:
    """Keep a schedule as the service of Celery's beat until SIGTERM. Raises KeyboardInterrupt after Ctrl-C.

    Several may run, on several machines: a due time has one run in the store, whoever queues it.
    """
    from celery.beat import Scheduler, Service

    class Beat(Scheduler):  # type: ignore[misc]
        """Celery's scheduler with the times of plans in place of a file of its own."""

        def tick(self, *_: Any, **__: Any) -> float:
            """Queue what is due; seconds until the next call."""
            if signals:
                service.stop()
            return min(keeper.tick(), 2 * _NAP_S)

    signals = _signals()
    service = Service(application, scheduler_cls=Beat)
    try:
        service.start()
    finally:
        keeper.close()
    _raise_if_interrupted(signals)


def _signals() -> list[int]:
    """The signals that came to stop this process; what is under way in it is not torn apart by them."""
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    return came


def _raise_if_interrupted(signals: list[int]) -> None:
    if signal.SIGINT in signals:
        raise KeyboardInterrupt
