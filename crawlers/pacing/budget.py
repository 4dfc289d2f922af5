"""How much time and how many bytes one run may use."""

from collections.abc import Callable

from crawlers.planned import Limits
from findings.model.errors import Said

_MEGABYTE = 1_000_000


class Budget:
    """The limits of a run against what it has used since it was started.

    `now` gives seconds of a clock that never goes back, `received` bytes so far.
    """

    def __init__(self, limits: Limits, now: Callable[[], float], received: Callable[[], int]) -> None:
        self._limits = limits
        self._now = now
        self._received = received
        self._begun = now()
        self._over: Said | None = None

    def spent(self) -> Said | None:
        """Which limit is used up, once one is; what is under way then may still end."""
        if self._over is None:
            self._over = self._minutes() or self._megabytes()
        return self._over

    def _minutes(self) -> Said | None:
        most = self._limits.minutes
        if most is None or self._now() - self._begun < most * 60:
            return None
        return Said(f"the plan's limit of {most:g} minutes", zh=f"计划限定的 {most:g} 分钟")

    def _megabytes(self) -> Said | None:
        most = self._limits.megabytes
        if most is None or self._received() < most * _MEGABYTE:
            return None
        return Said(f"the plan's limit of {most:g} MB received", zh=f"计划限定的 {most:g} MB 流量")
