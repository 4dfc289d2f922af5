"""Runs one crawl: once a process, because Twisted's reactor can't be started twice."""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from crawlers.browser.chromium import find_chromium, launch_options, user_agent
from crawlers.errors import CrawlError, TasksFailed
from crawlers.filters import AdFilters
from crawlers.guard.proxy import GuardProxy
from crawlers.guard.upstream import ProxyAddress
from crawlers.options import CrawlSettings
from crawlers.pacing.budget import Budget
from crawlers.pacing.cooldown import Cooldown, Place, slowed
from crawlers.pacing.slots import Paces, slot_key, source_hosts
from crawlers.plan import Plan, plan_proxies
from crawlers.sources import Source, UnknownSource, load_sources
from crawlers.spiders.clicks import ClickLog
from crawlers.temporary import crawl_folder
from findings.model.crawl import Capture, Task
from findings.model.errors import Said
from findings.model.evidence import EvidenceStore
from findings.model.vocabulary import Device

__all__ = ["CrawlSettings", "crawl"]

#: One connection may carry several files of a page (HTTP/2), so it may bring more than one file.
_CONNECTION_FACTOR = 8
#: Browser contexts by purpose (page, landing, click) and device.
_CONTEXTS = 6
#: These loggers repeat as warnings, with traces, what ends up as an outcome.
_NOISY = ("scrapy", "scrapy.crawler", "scrapy.utils.log", "scrapy-playwright", "twisted", "py.warnings")


def crawl(
    plan: Plan,
    tasks: Iterable[Task],
    settings: CrawlSettings,
    evidence: EvidenceStore,
    sink: Callable[[Capture], None],
) -> Said | None:
    """Work through `tasks`; each ends in exactly one `sink(Capture)` call, made in one thread of its own.

    Blocks until all are done, or the plan's limits are used up: then the rest has no capture, and
    the answer says which limit, else it is None. What the sink raises is reported at the end as TasksFailed; a
    ServiceAway ends the crawl at once and is raised. KeyboardInterrupt if the user stopped it
    (tasks not done then have no capture). Raises BrowserAway without Chromium, PlanError for a
    region whose proxy is not configured, UnknownSource. Once a process.
    """
    from crawlers.browser.trust import trusting_home
    from crawlers.browser.warc import Archive
    from crawlers.guard.certificates import read_authorities
    from crawlers.job import Job

    sources = load_sources(settings.own_sources)
    for entry in plan.sources:
        if entry.source not in sources:  # a run may be gone on with after its source was taken away
            raise UnknownSource(entry.source, sorted(sources))
    hosts = source_hosts(sources.values())
    paces = Paces(
        hosts, {**settings.host_paces, **plan.hosts}, pace=settings.pace, default_s=settings.host_delay_s
    )
    chromium = find_chromium(settings.chromium)
    authorities = read_authorities(settings.ca_file) if settings.ca_file else []
    filters = AdFilters.load(settings.filter_list) if settings.filter_list else AdFilters.none()
    cooldown = Cooldown(settings.state_dir / "pacing.json", time.time, pace=settings.pace)
    proxies = _proxies(plan, settings)
    guarded = GuardProxy(
        allow_private=settings.allow_private,
        hosts=settings.hosts,
        ports=settings.ports,
        proxies=proxies,
        ca_file=settings.ca_file,
        direct=any(plan.proxy(region) is None for region in plan.places()),
        max_connection_bytes=settings.max_body_bytes * _CONNECTION_FACTOR,
    )
    with crawl_folder() as temporary, guarded as guard:
        home = trusting_home(temporary, authorities) if authorities else None
        job = Job(
            plan=plan,
            tasks=tasks,
            settings=settings,
            sources=sources,
            filters=filters,
            evidence=evidence,
            sink=sink,
            guard=guard,
            archive=Archive(temporary, settings.user_agent),
            cooldown=cooldown,
            paces=paces,
            budget=Budget(plan.limits, time.monotonic, lambda: guard.received),
            clicks=ClickLog(settings.state_dir / "clicks.json"),
            chromium_major=chromium.major,
        )
        proxy = {"server": guard.server, "username": guard.user(), "password": guard.password}
        _run(
            job,
            {
                "CONCURRENT_REQUESTS": settings.concurrency,
                "AUTOTHROTTLE_ENABLED": settings.pace > 0,
                "AUTOTHROTTLE_START_DELAY": settings.host_delay_s * settings.pace,
                "CONCURRENT_REQUESTS_PER_DOMAIN": 1 if settings.pace > 0 else settings.pages,
                "DOWNLOAD_DELAY": settings.host_delay_s * settings.pace,
                "DOWNLOAD_MAXSIZE": settings.max_body_bytes,
                "DOWNLOAD_SLOTS": _slots(paces, hosts, cooldown, [None, *proxies]),
                "DOWNLOAD_TIMEOUT": settings.navigation_timeout_s,
                "DOWNLOAD_WARNSIZE": 0,
                "FINADWATCH_AUTHORITIES": tuple(authorities),
                "PLAYWRIGHT_DEFAULT_NAVIGATION_TIMEOUT": settings.navigation_timeout_s * 1000,
                # A context for each purpose, device and way out; they stay open for the whole crawl.
                "PLAYWRIGHT_MAX_CONTEXTS": _CONTEXTS * (len(proxies) + 1),
                "PLAYWRIGHT_LAUNCH_OPTIONS": launch_options(chromium, proxy, home),
                "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": settings.pages,
                "USER_AGENT": user_agent(settings.user_agent, Device.DESKTOP, chromium.major),
            },
        )
    _report(job)
    return _left(job)


def _proxies(plan: Plan, settings: CrawlSettings) -> dict[str, ProxyAddress]:
    """The proxies that the plan's regions name. Raises PlanError for one that nobody configured."""
    return {name: settings.proxies[name] for name in plan_proxies(plan, settings.proxies)}


def _slots(
    paces: Paces, hosts: Mapping[str, Source], cooldown: Cooldown, routes: Sequence[str | None]
) -> dict[str, dict[str, Any]]:
    """Scrapy's settings of every slot whose pace is known beforehand, as earlier refusals slowed it."""
    found = {}
    for host in paces.named():
        source = hosts.get(host)
        for route in routes:
            strikes = cooldown.strikes(Place(source.name, host, route)) if source else 0
            found[slot_key(host, route)] = paces.slot(host, slowed(paces.delay(host), strikes))
    return found


def _left(job: Any) -> Said | None:
    over = job.budget.spent() if job.left else None
    if over is None:
        return None
    return Said(
        f"{over} is used up: no further task is begun; those left stay open",
        zh=f"{over.zh}已用完：不再开始新任务，余下任务保留待续",
    )


def _run(job: Any, added: dict[str, Any]) -> None:
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.settings import Settings

    from crawlers.spiders.tasks import TaskSpider

    _quiet()
    fixed = Settings()
    fixed.setmodule("crawlers.settings", priority="project")
    fixed.update(added, priority="cmdline")
    process = AsyncCrawlerProcess(fixed)
    _quiet()  # once more: the process sets levels of its own
    ended = process.crawl(TaskSpider, job=job)
    try:
        process.start(install_signal_handlers=threading.current_thread() is threading.main_thread())
    finally:
        job.saver.shutdown(wait=True)
        job.archive.thread.shutdown(wait=True)
    if ended.done() and not ended.cancelled() and ended.exception() is not None:
        raise CrawlError(
            f"the crawl could not start: {ended.exception()}", zh=f"抓取未能启动：{ended.exception()}"
        ) from ended.exception()


def _quiet() -> None:
    for name in _NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _report(job: Any) -> None:
    if job.crashed is not None:
        raise job.crashed
    if job.interrupted:
        raise KeyboardInterrupt
    if job.unsaved:
        first = next(iter(job.unsaved.values()))
        raise TasksFailed(list(job.unsaved), f"{type(first).__name__}: {first}") from first
