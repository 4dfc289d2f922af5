"""One run of a plan: tasks out, captures in, each judged and stored before its task is done."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import click
from msgspec.structs import replace

from finadwatch.context import Desk, on_terminal
from finadwatch.errors import InputMissing
from finadwatch.filter_list import filter_list
from finadwatch.i18n import language, t
from finadwatch.intake import Intake
from finadwatch.judging import Judge
from finadwatch.labels import outcome_label
from finadwatch.show import progress
from findings.model.crawl import Capture, Task
from findings.model.records import Run
from findings.model.vocabulary import Device, Outcome
from findings.query import Coverage

if TYPE_CHECKING:
    from crawlers.options import CrawlSettings
    from crawlers.plan import Plan


#: Characters of a notice that a person is shown: a junk line of a list may have thousands.
NOTICE = 300


def the_plan(
    plan: Path | None, urls: Path | None, source: str | None, keywords: Sequence[str], device: Device
) -> "Plan":
    """The one plan that a call asks for: a file, a list of URLs, or a source with keywords.

    Raises UsageError from the plan's own checks, InputMissing for a list that can't be read,
    click.UsageError when the call names none or several.
    """
    from crawlers.plan import load_plan, plan_for_source, plan_from_urls

    if sum((plan is not None, urls is not None, bool(keywords))) != 1:
        raise click.UsageError(
            t(
                "请给出且只给出一项：计划文件、--urls、或 --source 加 --keyword",
                "give exactly one of: a plan file, --urls, or --source with --keyword",
            )
        )
    if plan is not None:
        return load_plan(plan)
    if urls is not None:
        listed = plan_from_urls(_lines(urls), source=source or "watchlist")
        return replace(listed, sources=tuple(replace(entry, devices=(device,)) for entry in listed.sources))
    if source is None:
        raise click.UsageError(t("--keyword 需要 --source", "--keyword needs --source"))
    return plan_for_source(source, keywords, device)


def _lines(path: Path) -> list[bytes]:
    if str(path) == "-":
        return sys.stdin.buffer.read().splitlines()
    try:
        return path.read_bytes().splitlines()
    except OSError as error:
        raise InputMissing(path, error.strerror or str(error)) from error


def settings(desk: Desk, plan: "Plan", *, allow_private: bool) -> "CrawlSettings":
    """The spiders' settings, from the configuration."""
    from crawlers.options import USER_AGENT, CrawlSettings

    crawl, network = desk.config.crawl, desk.config.network
    agent = crawl.user_agent or USER_AGENT
    return CrawlSettings(
        state_dir=desk.config.home / "crawl",
        chromium=desk.chromium(),
        user_agent=f"{agent} (+{crawl.contact})" if crawl.contact else agent,
        allow_private=allow_private,
        hosts=dict(network.hosts),
        ports={int(port): local for port, local in network.ports.items()},
        ca_file=Path(network.ca_file) if network.ca_file else None,
        filter_list=filter_list(desk) if plan.planned("portal") else None,
        navigation_timeout_s=crawl.navigation_timeout_s,
        max_body_bytes=crawl.max_body_bytes,
        pace=crawl.pace,
    )


def run_plan(
    desk: Desk, plan: "Plan", store_url: str | None = None, *, allow_private: bool = False
) -> Coverage:
    """Crawl a plan into a store and return the coverage of this run.

    Raises StoreAway, IndexMissing before anything is fetched; BrowserMissing, ModelMissing.
    """
    judge = desk.judge()
    desk.chromium()
    run, tasks = new_run(desk, plan)
    with desk.store(store_url, create=True) as store:
        store.put_run(run)
        spiders = settings(desk, plan, allow_private=allow_private)  # may fetch the list of ad rules
        crawl_tasks(desk, judge, plan, tasks, spiders, store_url)
        store.put_run(Run(id=run.id, plan=run.plan, started_at=run.started_at, ended_at=desk.now()))
        return store.coverage(run.id)


def new_run(desk: Desk, plan: "Plan") -> tuple[Run, list[Task]]:
    """A run of a plan, not yet stored, and its tasks; what a person should know of the plan is said."""
    from crawlers.plan import plan_notices, plan_tasks
    from crawlers.sources import load_sources

    run = Run(id=f"r1-{uuid4().hex}", plan=plan.title, started_at=desk.now())
    tasks = list(plan_tasks(plan, run.id, load_sources(), desk.today()))
    for notice in plan_notices(plan, desk.today()):
        said = notice.said(language())
        progress(said if len(said) <= NOTICE else f"{said[:NOTICE]}…")
    return run, tasks


def crawl_tasks(
    desk: Desk,
    judge: Judge,
    plan: "Plan",
    tasks: Sequence[Task],
    spiders: "CrawlSettings",
    store_url: str | None,
) -> None:
    """Crawl, judge and store these tasks of a run that the store already knows. Once a process.

    Raises what `crawlers.run.crawl` raises.
    """
    from crawlers.run import crawl

    evidence = desk.evidence()
    intake = Intake(judge, lambda: desk.store(store_url), evidence, desk.now)
    teller = _Teller(len(tasks))

    def sink(capture: Capture) -> None:
        intake.accept(capture)
        teller.tell(capture)

    try:
        crawl(plan, tasks, spiders, evidence, sink)
    finally:
        intake.close()


class _Teller:
    """Says one line a task while a person waits; a task that failed is named in any case."""

    def __init__(self, tasks: int) -> None:
        self._tasks = tasks
        self._done = 0

    def tell(self, capture: Capture) -> None:
        self._done += 1
        if on_terminal() or capture.outcome is Outcome.ERROR:
            what = capture.task.keyword or capture.task.url
            progress(
                f"[{self._done}/{self._tasks}] {outcome_label(capture.outcome)}  {capture.task.source}  {what[:70]}"
                + (f"  {t('广告', 'ads')} {len(capture.ads)}" if capture.ads else "")
                + (f"  （{capture.detail}）" if capture.detail else "")
            )
