"""What a crawl may be told from outside: one typed struct, filled from the configuration."""

from pathlib import Path

import msgspec

from crawlers.guard.upstream import ProxyAddress
from crawlers.planned import HostPace

#: The honest name behind the browser's: robots.txt rules for `FinAdWatch` are obeyed.
USER_AGENT = "FinAdWatch/2026.11 (+financial advertising monitoring; robots: FinAdWatch)"


class CrawlSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Settings of one crawl. Times are seconds, sizes bytes.

    `hosts`, `ports` and `ca_file` are the sandbox's: only the names in `hosts` are led to
    another address and port and excepted from the address guard, and only the authorities in
    `ca_file` are trusted beside the system's. `pace` multiplies every delay: 1 is polite, 0
    is for machines of one's own.
    """

    state_dir: Path
    chromium: str = ""
    """Path or name of the browser; empty looks for an installed Chromium."""
    user_agent: str = USER_AGENT
    allow_private: bool = False
    hosts: dict[str, str] = {}
    ports: dict[int, int] = {}
    ca_file: Path | None = None
    proxies: dict[str, ProxyAddress] = {}
    """Ways out by name, for the regions of a plan."""
    own_sources: Path | None = None
    """An office's folder of sources beside those that ship."""
    filter_list: Path | None = None
    navigation_timeout_s: float = 30.0
    rest_s: float = 0.5
    """How long a page must stay at rest before it is captured."""
    max_body_bytes: int = 16_000_000
    probe_overlays: bool = True
    """Whether pop-up layers are closed, by their own close mark and never by a link, to see what that takes."""
    pace: float = 1.0
    host_delay_s: float = 2.0
    """Delay between requests to a host that no source definition paces (landing pages, portals)."""
    host_paces: dict[str, HostPace] = {}
    """Hosts that are asked at a pace of their own; the plan's `hosts` go before these."""
    concurrency: int = 8
    """Requests under way at once, over all hosts."""
    pages: int = 8
    """Browser pages open at once in one context."""
