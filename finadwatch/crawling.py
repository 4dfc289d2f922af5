"""One run of a plan: tasks out, captures in, each judged and stored before its task is done."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from finadwatch.authorities import authorities
from finadwatch.context import Desk, on_terminal
from finadwatch.delivery import Delivery, deliver
from finadwatch.errors import InputMissing, QueuedRun
from finadwatch.filter_list import filter_list
from finadwatch.i18n import language, t
from finadwatch.intake import Intake
from finadwatch.judging import Judge
from finadwatch.labels import detail_label, outcome_label
from finadwatch.ledger import (
    Feed,
    end_if_done,
    exit_kept,
    exit_of,
    hold_plan,
    kept_plan,
    new_run,
    only_one,
    open_by_source,
    to_resume,
    unfinished,
    write_down,
)
from finadwatch.proxies import ways_out
from finadwatch.show import progress
from finadwatch.stamping import noted, stamped
from findings.model.crawl import Capture
from findings.model.records import Run
from findings.model.vocabulary import Device, Outcome
from findings.query import Coverage, TaskCounts
from findings.store import FindingStore

if TYPE_CHECKING:
    from crawlers.options import CrawlSettings
    from crawlers.plan import Plan
    from crawlers.sources import Source


#: Characters of a notice that a person is shown: a junk line of a list may have thousands.
NOTICE = 300


def the_plan(
    desk: Desk,
    plan: Path | None,
    urls: Path | None,
    source: str | None,
    keywords: Sequence[str],
    device: Device,
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
        listed = plan_from_urls(_lines(urls), source=source or "watchlist", stores=desk.sources())
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


def _reads_slots(plan: "Plan", sources: "dict[str, Source]") -> bool:
    """Whether any source of a plan is a portal: only ad slots are found by a list of ad rules."""
    from crawlers.sources import Kind

    return any(sources[entry.source].kind is Kind.PORTAL for entry in plan.sources if entry.source in sources)


def settings(desk: Desk, plan: "Plan", *, allow_private: bool) -> "CrawlSettings":
    """The spiders' settings, from the configuration."""
    from crawlers.options import USER_AGENT, CrawlSettings
    from crawlers.plan import HostPace

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
        proxies=ways_out(desk.config, plan),
        host_delay_s=crawl.host_delay_s,
        host_paces={
            host: HostPace(delay_s=pace.delay_s, concurrency=pace.concurrency)
            for host, pace in crawl.hosts.items()
        },
        concurrency=crawl.concurrency,
        own_sources=desk.config.sources_folder,
        filter_list=filter_list(desk) if _reads_slots(plan, desk.sources()) else None,
        navigation_timeout_s=crawl.navigation_timeout_s,
        max_body_bytes=crawl.max_body_bytes,
        probe_overlays=crawl.probe_overlays,
        pace=crawl.pace,
    )


def run_plan(
    desk: Desk,
    plan: "Plan",
    store_url: str | None = None,
    *,
    allow_private: bool = False,
    due: datetime | None = None,
) -> Coverage:
    """Crawl a plan into a store as a new run, for a `due` time of its schedule or for the person who
    asks, and return the coverage of it.

    Raises StoreAway, IndexMissing before anything is fetched; BrowserMissing, ModelMissing; PlanBusy,
    DueTaken for a plan with a schedule.
    """
    ways_out(desk.config, plan)  # a run that can't go out is not begun
    authorities(desk.config)  # nor one that can't be stamped
    judge = desk.judge()
    desk.chromium()
    run = new_run(desk, plan, due=due)
    with desk.store(store_url, create=True) as store, hold_plan(store, plan) as plan_confirm:
        only_one(store, plan, run)
        say_unfinished(store, run)
        say_notices(desk, plan)
        with store.hold(run.id) as hold:
            confirm = _both(plan_confirm, hold.confirm)
            return _crawl_run(desk, judge, plan, run, store, confirm, allow_private=allow_private)


def resume_run(
    desk: Desk, run_id: str, store_url: str | None = None, *, here: bool = False, allow_private: bool = False
) -> Coverage:
    """Go on with an interrupted run (the newest for an empty id): only its open tasks are fetched.

    Raises NothingToResume, NotInStore; QueuedRun for one on the queues unless it is to go on `here`;
    RunTaken while another process crawls it, PlanBusy while another run of its plan goes on.
    """
    desk.chromium()
    with desk.store(store_url, create=True) as store:
        run = to_resume(store, run_id)
        if run.queued and not here:
            raise QueuedRun(run.id)
        plan = kept_plan(store, run)
        with store.hold(run.id) as hold, hold_plan(store, plan) as plan_confirm:
            # Only now: the one that held it until a moment ago may have ended it.
            run = to_resume(store, run.id)
            judge = desk.judge()
            say_notices(desk, plan)
            confirm = _both(plan_confirm, hold.confirm)
            return _crawl_run(desk, judge, plan, run, store, confirm, allow_private=allow_private)


def _both(first: Callable[[], None], second: Callable[[], None]) -> Callable[[], None]:
    def confirm() -> None:
        first()
        second()

    return confirm


def _crawl_run(
    desk: Desk,
    judge: Judge,
    plan: "Plan",
    run: Run,
    store: FindingStore,
    confirm: Callable[[], None],
    *,
    allow_private: bool,
) -> Coverage:
    if run.tasks is None:
        run = write_down(desk, store, run, plan)
    if run.exit is not None:
        run = replace(run, exit=None)
        store.put_run(run)
    counts = store.task_counts(run.id)
    if counts.done:
        progress(
            t(
                f"继续监测 {run.id}：已完成 {counts.done}，待抓取 {counts.open}",
                f"going on with run {run.id}: {counts.done} done, {counts.open} open",
            )
        )
    if counts.open:
        with exit_kept(store, run), stamped(desk), deliver(desk, store.url) as delivery:
            held = delivery.held(run.id)
            tasks = delivery.tasks(open_by_source(desk, store, run, plan), held)
            if tasks:
                spiders = settings(desk, plan, allow_private=allow_private)  # may fetch the list of ad rules
                crawl_tasks(desk, judge, plan, Feed(tasks), spiders, delivery, counts, confirm)
            delivery.settle(run.id)
    left = end_if_done(desk, store, run)
    coverage = store.coverage(run.id)
    if left:  # a limit of the plan was reached
        store.put_run(replace(run, exit=exit_of(coverage)))
        progress(
            t(
                f"监测 {run.id} 尚有 {left} 个任务未抓取；继续：finadwatch crawl --resume {run.id}",
                f"{left} tasks of run {run.id} are open; go on: finadwatch crawl --resume {run.id}",
            )
        )
    return coverage


def say_unfinished(store: FindingStore, new: Run) -> None:
    """One line if a run of the same plan was interrupted: this one begins anew."""
    old = next((run for run in unfinished(store) if run.plan_sha256 == new.plan_sha256), None)
    if old is not None and not store.held(old.id):
        progress(
            t(
                f"同一计划的监测 {old.id} 尚未完成（可用 crawl --resume {old.id} 继续）；本次重新开始",
                f"run {old.id} of the same plan is unfinished (crawl --resume {old.id} goes on); this is a new one",
            )
        )


def say_notices(desk: Desk, plan: "Plan") -> None:
    """Say what a person should know of a plan."""
    from crawlers.plan import plan_notices

    for notice in plan_notices(plan, desk.today()):
        said = notice.said(language())
        progress(said if len(said) <= NOTICE else f"{said[:NOTICE]}…")


def crawl_tasks(
    desk: Desk,
    judge: Judge,
    plan: "Plan",
    feed: Feed,
    spiders: "CrawlSettings",
    delivery: Delivery,
    counts: TaskCounts,
    confirm: Callable[[], None] = lambda: None,
) -> None:
    """Crawl, judge and deliver these tasks of a run that the store already knows. Once a process.

    `confirm` raises if this process may not write to the run any more. Raises what
    `crawlers.run.crawl` raises.
    """
    from crawlers.run import crawl

    evidence = desk.evidence()
    evidence.sweep()
    with noted(desk) as note:
        intake = Intake(judge, delivery.writer, evidence, desk.now, note=note)
        teller = _Teller(counts)

        def sink(capture: Capture) -> None:
            confirm()
            intake.accept(capture)
            feed.done(capture.task)
            teller.tell(capture)

        try:
            stopped = crawl(plan, feed, spiders, evidence, sink)
        finally:
            intake.close()
    if stopped is not None:
        progress(stopped.said(language()))


class _Teller:
    """Says one line a task while a person waits; a task that failed is named in any case."""

    def __init__(self, counts: TaskCounts) -> None:
        self._tasks = counts.done + counts.open
        self._done = counts.done

    def tell(self, capture: Capture) -> None:
        self._done += 1
        if on_terminal() or capture.outcome is Outcome.ERROR:
            what = capture.task.keyword or capture.task.url
            progress(
                f"[{self._done}/{self._tasks}] {outcome_label(capture.outcome)}  {capture.task.source}  {what[:70]}"
                + (f"  {t('广告', 'ads')} {len(capture.ads)}" if capture.ads else "")
                + (f"  （{detail_label(capture.detail)}）" if capture.detail else "")
            )
