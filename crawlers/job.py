"""All that the spider of one crawl needs, and what it reports back."""

import concurrent.futures
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from crawlers.browser.warc import Archive
from crawlers.filters import AdFilters
from crawlers.guard.proxy import GuardProxy
from crawlers.options import CrawlSettings
from crawlers.pacing.budget import Budget
from crawlers.pacing.cooldown import Cooldown, Place
from crawlers.pacing.slots import Paces
from crawlers.pacing.turns import Turns
from crawlers.plan import Plan, PlannedSource, planned_by
from crawlers.sources import Source
from crawlers.spiders.clicks import ClickLog
from crawlers.urls import fault
from findings.model.crawl import Capture, Task
from findings.model.evidence import EvidenceStore

log = logging.getLogger("crawlers")


@dataclass(kw_only=True)
class Job:
    """One crawl: what to do, with what, and where results go."""

    plan: Plan
    tasks: Iterable[Task]
    settings: CrawlSettings
    sources: Mapping[str, Source]
    filters: AdFilters
    evidence: EvidenceStore
    sink: Callable[[Capture], None]
    guard: GuardProxy
    archive: Archive
    cooldown: Cooldown
    clicks: ClickLog
    paces: Paces
    budget: Budget
    chromium_major: str
    turns: Turns = field(default_factory=Turns)
    unsaved: dict[str, BaseException] = field(default_factory=dict)
    """Task ids whose result could not be stored, each with what was raised first: the later errors would
    keep the captures in their tracebacks in memory, over a whole run on a full disk."""
    left: bool = False
    """Whether tasks stay open because the run's budget was used up."""
    interrupted: bool = False
    crashed: BaseException | None = None
    """What ended the whole crawl early, if anything did."""

    def __post_init__(self) -> None:
        # One thread: results are stored one after another, in the order in which tasks end.
        self._or_http = frozenset(url for entry in self.plan.sources for url in entry.or_http)
        self._faulty = {line.address: line.reason for line in self.plan.faulty}
        self.saver = concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="crawl-sink")

    def route(self, task: Task) -> str | None:
        """The proxy by which a task goes out, None for this machine's own way."""
        return self.plan.proxy(task.region)

    def place(self, task: Task) -> Place:
        """Who a task asks, by which way."""
        return Place(task.source, urlsplit(task.url).hostname or "", self.route(task))

    def fault(self, task: Task) -> str | None:
        """Why the address of a task can't be visited; of a faulty line of a list, why it is none."""
        return self._faulty.get(task.url) or fault(task.url)

    def or_http(self, task: Task) -> bool:
        """Whether a task's host may be asked over http, where https is not reached."""
        return task.url in self._or_http

    def entry(self, task: Task) -> PlannedSource | None:
        """The plan's entry that a task came from."""
        return planned_by(self.plan, task, self.sources[task.source])
