"""Delays by host for Scrapy's downloader, from the source definitions: pure."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from crawlers.sources import Source

#: Requests to one host at a time where nothing is slowed down (`pace` 0).
_UNPACED = 4
#: Names of the machine the crawl itself runs on: nobody is disturbed there, so nothing is slowed down.
OWN_MACHINE = ("127.0.0.1", "::1", "localhost")


def source_hosts(sources: Iterable[Source]) -> dict[str, Source]:
    """The host of every address template and own page, with its source. List sources have none."""
    hosts: dict[str, Source] = {}
    for source in sources:
        for template in (*source.url.values(), *source.pages):
            host = urlsplit(template).hostname if "{url}" not in template else None
            if host and "{" not in host:
                hosts[host] = source
    return hosts


def slots(hosts: Mapping[str, Source], pace: float, strikes: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Scrapy's DOWNLOAD_SLOTS: delay in seconds, jitter as a share of it, parallel requests.

    The own machine (reached only where private addresses are allowed) is asked without delay.
    """
    from crawlers.pacing.cooldown import slowed

    own = {"delay": 0.0, "jitter": 0.0, "concurrency": _UNPACED}
    return {host: dict(own) for host in OWN_MACHINE} | {
        host: {
            "delay": slowed(source.pacing.delay_s * pace, strikes.get(host, 0)),
            "jitter": min(1.0, source.pacing.jitter_s / source.pacing.delay_s)
            if source.pacing.delay_s
            else 0.0,
            "concurrency": source.pacing.concurrency if pace else _UNPACED,
        }
        for host, source in hosts.items()
    }
