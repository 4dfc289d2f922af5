"""A monitoring plan as types: what `crawlers.plan` reads from files and lists, and makes tasks of."""

from datetime import date
from enum import StrEnum

import msgspec

from findings.model.vocabulary import Device


class Authorisation(msgspec.Struct, frozen=True, kw_only=True):
    """Who allowed a source to be read against its robots.txt, by what document, until when (inclusive)."""

    by: str
    document: str
    until: date


class ClickLeave(msgspec.Struct, frozen=True, kw_only=True):
    """Who allowed ads of a source to be clicked, by what document, until when (inclusive), and how
    many of them in one run at `most`. A click can charge the advertiser, so nothing else allows one."""

    by: str
    document: str
    until: date
    most: int


class LandingBy(StrEnum):
    """How the page behind an ad is reached: by the address in its attributes, by a click where
    they hold none, or not at all."""

    ATTRIBUTES = "attributes"
    CLICK = "click"
    NONE = "none"


class PlannedSource(msgspec.Struct, frozen=True, kw_only=True):
    """One source of a plan: keywords for a search, addresses for a list or a portal, packages for a store.

    `landing_devices` are those that the pages behind ads are visited with; none given means the
    device of the task. `or_http` holds those of `urls` of which a list named the host alone:
    where https is not reached they are asked for over http.
    """

    source: str
    keywords: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    or_http: tuple[str, ...] = ()
    devices: tuple[Device, ...] = (Device.DESKTOP,)
    pages: int = 1
    landing: LandingBy = LandingBy.ATTRIBUTES
    landing_devices: tuple[Device, ...] = ()
    clicks: ClickLeave | None = None
    authorised: Authorisation | None = None

    def robots_on(self, day: date) -> str:
        """`authorised` while the authorisation lasts, else `obey`."""
        return "authorised" if self.authorised and day <= self.authorised.until else "obey"

    def clicks_on(self, day: date) -> int:
        """How many ads may be clicked in one run: none without leave, or after it lapsed."""
        if self.landing is not LandingBy.CLICK or self.clicks is None or day > self.clicks.until:
            return 0
        return self.clicks.most


class Region(msgspec.Struct, frozen=True, kw_only=True):
    """A place that the same page is asked for from. `proxy` is a name in the configuration's
    `network.proxies`; None goes out from this machine."""

    name: str
    proxy: str | None = None


class HostPace(msgspec.Struct, frozen=True, kw_only=True):
    """How one host is asked, in place of its source's pace: seconds between requests, parallel requests."""

    delay_s: float | None = None
    concurrency: int | None = None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one run: tasks in all, ads kept from one page, minutes, megabytes (10^6 bytes) received.

    Time and bytes count from each start of a run that is taken up again.
    """

    tasks: int = 1_000_000
    ads_per_page: int = 60
    minutes: float | None = None
    megabytes: float | None = None


class Missed(StrEnum):
    """What becomes of times that passed while nothing could run: one run for all of them, or none."""

    ONCE = "once"
    SKIP = "skip"


class Unfinished(StrEnum):
    """What becomes of a run that was interrupted: gone on with before a new one begins, or left as it is."""

    RESUME = "resume"
    LEAVE = "leave"


class Schedule(msgspec.Struct, frozen=True, kw_only=True):
    """When a plan runs by itself: cron expressions of five fields, read in a time zone (`crawlers.times`)."""

    cron: tuple[str, ...]
    zone: str = "Asia/Shanghai"
    missed: Missed = Missed.ONCE
    unfinished: Unfinished = Unfinished.RESUME


class FaultyLine(msgspec.Struct, frozen=True):
    """A line of a list that is no address: its number from 1, its text made printable, and why in both languages."""

    line: int
    text: str
    reason: str
    zh: str

    @property
    def address(self) -> str:
        """What stands in the plan in place of an address: the number keeps two faulty lines apart."""
        return f"line {self.line}: {self.text}"


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Which sources, keywords, addresses, devices, regions and pages one run asks for.

    `region` is a label for the place that this machine stands at; `regions`, each perhaps with a
    proxy, multiply the tasks. A plan has the one or the other. `repeated` counts the lines of a
    list that said again what an earlier one said. `second_reader`: two officers must agree on a case that
    a run of it saw. A plan with a `schedule` is known by its title, and
    one run of it goes on at a time.
    """

    title: str
    sources: tuple[PlannedSource, ...]
    region: str | None = None
    regions: tuple[Region, ...] = ()
    limits: Limits = Limits()
    hosts: dict[str, HostPace] = {}
    faulty: tuple[FaultyLine, ...] = ()
    repeated: int = 0
    schedule: Schedule | None = None
    second_reader: bool = False

    def places(self) -> tuple[str | None, ...]:
        """The names of the regions that each task is asked from, None where there is none."""
        return tuple(region.name for region in self.regions) or (self.region,)

    def proxy(self, region: str | None) -> str | None:
        """The proxy that a region goes out by, None for this machine's own way."""
        return next((place.proxy for place in self.regions if place.name == region), None)

    def planned(self, source: str) -> PlannedSource | None:
        """The first entry of a source, or None."""
        return next((entry for entry in self.sources if entry.source == source), None)
