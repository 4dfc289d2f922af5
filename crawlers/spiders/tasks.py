"""The spider: every task of the plan ends in exactly one capture, handed to the sink."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from typing import Any, Self

import msgspec
from scrapy import Request, Spider, signals
from scrapy.crawler import Crawler
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.browser.page import PageVisit
from crawlers.errors import CrawlError
from crawlers.job import Job, log
from crawlers.middlewares.pace import BudgetSpent
from crawlers.outcomes import Ending, of_exception
from crawlers.pacing.slots import OWN_MACHINE
from crawlers.route import ROUTE
from crawlers.sources import Fetch
from crawlers.spiders.answers import Answers
from crawlers.spiders.asking import Asking
from crawlers.spiders.captures import Captures, failed
from crawlers.spiders.evidence import EvidenceFailed, EvidencePutter
from crawlers.spiders.fetch import Fetcher
from crawlers.spiders.landings import Landings
from findings.model.crawl import Capture, Hop, Task
from findings.model.errors import ServiceAway
from findings.model.vocabulary import Outcome

#: Tasks under way at once, from the plan to their captures: enough for every host to have the next one
#: waiting, few enough that a plan of a million tasks takes no more memory than one of a thousand.
WINDOW = 256


class TaskSpider(Spider):
    """Works through `job.tasks`. Nothing that happens in one task stops another."""

    name = "tasks"
    fetcher: Fetcher
    captures: Captures
    asking: Asking
    answers: Answers

    def __init__(self, job: Job, **options: Any) -> None:
        super().__init__(**options)
        self.job = job
        self._window = asyncio.Semaphore(WINDOW)
        self._first: dict[str, tuple[Task, tuple[Hop, ...]]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Builds the parts that need Scrapy's engine."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        job = spider.job
        spider.fetcher = Fetcher(job, crawler)
        putter = EvidencePutter(job.evidence)
        landings = Landings(job, spider.fetcher, putter, job.sources["watchlist"])
        spider.captures = Captures(job, spider.fetcher, putter, landings)
        spider.asking = Asking(spider.fetcher)
        spider.answers = Answers(job, spider.fetcher, putter, spider.asking, spider.captures.of_parsed)
        crawler.signals.connect(spider._closed, signals.spider_closed)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """One request a task, no more at a time than the window; a task whose address can't be visited ends here."""
        for task in self.job.tasks:
            await self._window.acquire()
            if self.job.budget.spent():
                self.job.left = True
                return
            bad = self.job.fault(task)
            if bad:
                await self._save(failed(task, Ending(Outcome.ERROR, f"address: {bad}")))
                continue
            yield self._request(task)

    def _request(self, task: Task) -> Request:
        ROUTE.set(self.job.route(task))
        source = self.job.sources[task.source]
        visit = self.fetcher.visit(source) if source.fetch is Fetch.BROWSER else None
        then: dict[str, Any] = {
            "callback": self._arrived,
            "errback": self._missed,
            "cb_kwargs": {"task": task, "visit": visit},
        }
        if visit is None:
            request = self.asking.of_task(source, task, **then)
            request.meta["answer_log"] = self.fetcher.answer_log()
            return request
        meta = self.fetcher.browser_meta(visit, task.device, "page")
        return self.fetcher.request(task.url, meta, obey=task.robots != "authorised", **then)

    async def _arrived(self, response: Response, task: Task, visit: PageVisit | None) -> None:
        ROUTE.set(self.job.route(task))
        source = self.job.sources[task.source]
        try:
            if visit is not None:
                capture = await self.captures.of_visit(task, source, visit)
            else:
                capture = await self.answers.of_answer(task, source, response)
        except EvidenceFailed as lost:
            capture = self._without_evidence(task, lost, visit)
        except Exception as error:  # whatever a page made our own code do ends this task only
            log.exception("task %s failed", task.id)
            capture = await self._failure(task, of_exception(error), visit, response.request)
        await self._end(capture)

    async def _missed(self, failure: Failure) -> None:
        request = failure.request  # type: ignore[attr-defined]
        task: Task = request.cb_kwargs["task"]
        visit: PageVisit | None = request.cb_kwargs["visit"]
        assert failure.value is not None
        if not self.crawler.crawling:
            return  # stopped by the user: the task has no result and is done by the next run
        ROUTE.set(self.job.route(task))
        if isinstance(failure.value, BudgetSpent):
            self.job.left = True
            self._window.release()
            return
        ending = self.fetcher.failure(failure.value, visit, request.url)
        if ending.outcome is Outcome.UNREACHABLE and self.job.or_http(task):
            if visit is not None:
                visit.discard()
            self._over_http(task, visit.hops if visit else ())
            return
        await self._end(await self._failure(task, ending, visit, request))

    async def _failure(
        self, task: Task, ending: Ending, visit: PageVisit | None, request: Request | None
    ) -> Capture:
        """The capture of a task that brought no page, with what can be kept of it."""
        answers = request.meta.get("answer_log") if request is not None else None
        try:
            return await self.captures.of_failure(task, ending, visit, answers)
        except EvidenceFailed as lost:
            return self._without_evidence(task, lost, visit)
        except Exception:
            log.exception("what is left of task %s can't be kept", task.id)
            return failed(task, ending, visit.hops if visit else ())

    def _without_evidence(self, task: Task, lost: EvidenceFailed, visit: PageVisit | None) -> Capture:
        """The capture of a task of which the store took no evidence."""
        if visit is not None:
            visit.discard()
        self._unsaved(task, lost.__cause__ or lost)
        return failed(task, Ending(Outcome.ERROR, str(lost)))

    async def _end(self, capture: Capture) -> None:
        try:
            self._pace(capture.task, capture.outcome)
        except OSError:  # a full disk: the pace stands in memory, the task has its result
            log.exception("the pace of task %s was not written down", capture.task.id)
        await self._save(capture)

    def _over_http(self, task: Task, hops: Sequence[Hop]) -> None:
        """Ask once more over http, for a list's line that named the host alone; the task stays one."""
        self._first[task.id] = (task, tuple(hops) or (Hop(task.url, None, "http", datetime.now(UTC)),))
        engine = self.crawler.engine
        assert engine is not None
        engine.crawl(
            self._request(msgspec.structs.replace(task, url=f"http{task.url.removeprefix('https')}"))
        )

    def _whole(self, capture: Capture) -> Capture:
        """The capture with what only the plan and earlier tries know."""
        task, hops = self._first.pop(capture.task.id, (capture.task, ()))
        return msgspec.structs.replace(
            capture, task=task, hops=(*hops, *capture.hops), proxy=self.job.route(task)
        )

    async def _save(self, capture: Capture) -> None:
        """Hand one capture to the sink, in its thread; the task is done when the sink returns."""
        loop = asyncio.get_running_loop()
        capture = self._whole(capture)
        if not self.job.guard.alive:
            # What came after its end says nothing of any site: these tasks have no result.
            self._crash(CrawlError("the address guard has ended", zh="地址检查进程意外退出"))
            self._window.release()
            return
        try:
            await loop.run_in_executor(self.job.saver, self.job.sink, capture)
        except Exception as lost:
            log.exception("the result of task %s was not saved", capture.task.id)
            self._unsaved(capture.task, lost)
        finally:
            self._window.release()

    def _unsaved(self, task: Task, cause: BaseException) -> None:
        first = next(iter(self.job.unsaved.values()), cause)
        self.job.unsaved.setdefault(task.id, first)
        if isinstance(cause, ServiceAway):
            # Nothing more could be stored: fetching more pages would only trouble their hosts.
            self._crash(cause)

    def _crash(self, cause: BaseException) -> None:
        """End the whole crawl for this cause."""
        if self.job.crashed is None:
            self.job.crashed = cause
            engine = self.crawler.engine
            assert engine is not None
            asyncio.ensure_future(engine.close_spider_async(reason="crashed"))  # noqa: RUF006 (ends the loop)

    def _pace(self, task: Task, outcome: Outcome) -> None:
        """Slow down at a host that turned us away; speed up again where it answers."""
        place = self.job.place(task)
        if not self.job.settings.pace or place.host in OWN_MACHINE:
            return
        if outcome in (Outcome.CAPTCHA, Outcome.BLOCKED):
            strikes = self.job.cooldown.refused(place)
        elif outcome in (Outcome.OK, Outcome.EMPTY) and self.job.cooldown.strikes(place):
            strikes = self.job.cooldown.answered(place)
        else:
            return
        self.fetcher.slow(place.host, place.route, strikes)

    def _closed(self, spider: Spider, reason: str) -> None:
        self.job.interrupted = reason == "shutdown"
