"""Delays by host for Scrapy's downloader: from the plan, the configuration, the source definitions."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from crawlers.planned import HostPace
from crawlers.sources import Source

#: Requests to one host at a time where nothing is slowed down (`pace` 0).
_UNPACED = 4
#: Names of the machine the crawl itself runs on: nobody is disturbed there, so nothing is slowed down.
OWN_MACHINE = ("127.0.0.1", "::1", "localhost")
#: Most that a robots.txt can ask for with Crawl-delay, in seconds: a hostile one could stop a run.
MAX_CRAWL_DELAY_S = 60.0


def source_hosts(sources: Iterable[Source]) -> dict[str, Source]:
    """The host of every address template and own page, with its source. List sources have none."""
    hosts: dict[str, Source] = {}
    for source in sources:
        templates = [*source.url.values(), *([source.lookup] if source.lookup else []), *source.pages]
        for template in templates:
            host = urlsplit(template).hostname if "{url}" not in template else None
            if host and "{" not in host:
                hosts.setdefault(host, source)
    return hosts


def slot_key(host: str, route: str | None) -> str:
    """The downloader's queue for a host, one for each way out."""
    return f"{host} {route}" if route else host


class Paces:
    """How each host is asked. `over` are paces by host that go before the sources' own, `pace`
    multiplies every delay, `default_s` is the delay of a host that nothing else names.
    """

    def __init__(
        self, sources: Mapping[str, Source], over: Mapping[str, HostPace], *, pace: float, default_s: float
    ) -> None:
        self._sources = sources
        self._over = over
        self._pace = pace
        self._default_s = default_s
        self._asked_for: dict[str, float] = {}

    def fixed(self, host: str) -> bool:
        """Whether a host's delay is set, so that nothing may adapt it."""
        return host in self._sources or host in self._over or host in OWN_MACHINE or host in self._asked_for

    def delay(self, host: str) -> float:
        """Seconds between two requests to a host, before any cooldown."""
        if host in OWN_MACHINE:
            return 0.0
        over, source = self._over.get(host), self._sources.get(host)
        if over is not None and over.delay_s is not None:
            wanted = over.delay_s
        else:
            wanted = source.pacing.delay_s if source else self._default_s
        return max(wanted, self._asked_for.get(host, 0.0)) * self._pace

    def crawl_delay(self, host: str, seconds: float) -> bool:
        """Heed a Crawl-delay of robots.txt; whether it lengthens the host's delay."""
        before = self.delay(host)
        if seconds > 0:
            self._asked_for[host] = min(seconds, MAX_CRAWL_DELAY_S)
        return self.delay(host) > before

    def slot(self, host: str, delay: float) -> dict[str, Any]:
        """Scrapy's settings of a slot: delay in seconds, jitter as a share of it, parallel requests."""
        if host in OWN_MACHINE or not self._pace:
            return {"delay": 0.0, "jitter": 0.0, "concurrency": self._concurrency(host, _UNPACED)}
        source = self._sources.get(host)
        pacing = source.pacing if source else None
        jitter = pacing.jitter_s / pacing.delay_s if pacing and pacing.delay_s else 0.5
        return {
            "delay": delay,
            "jitter": min(1.0, jitter),
            "concurrency": self._concurrency(host, pacing.concurrency if pacing else 1),
        }

    def _concurrency(self, host: str, otherwise: int) -> int:
        over = self._over.get(host)
        return over.concurrency if over is not None and over.concurrency is not None else otherwise

    def named(self) -> list[str]:
        """The hosts whose pace is known beforehand."""
        return list(dict.fromkeys((*OWN_MACHINE, *self._sources, *self._over)))
