"""Ends or holds a task before anything is asked for it: the budget is used up, or its source rests."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest, NotConfigured

from crawlers.outcomes import PageTrouble
from crawlers.pacing.cooldown import WAIT_S
from findings.model.crawl import Task
from findings.model.vocabulary import Outcome

if TYPE_CHECKING:
    from crawlers.job import Job

#: Seconds between two looks at whether the user has stopped the crawl.
_LOOK_S = 1.0


class BudgetSpent(IgnoreRequest):
    """The run has used up its budget: the task stays open, without a capture."""


class PaceMiddleware:
    """Looks at the requests of tasks only: what a task needs on its way (robots.txt, a landing page) goes on."""

    def __init__(self, job: Job, crawler: Crawler) -> None:
        self._job = job
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Switched off only where no crawl runs, as under `scrapy list`."""
        job = getattr(crawler.spider, "job", None)
        if job is None:
            raise NotConfigured("no crawl")
        return cls(job, crawler)

    async def process_request(self, request: Request) -> None:
        """Raises BudgetSpent, or PageTrouble while a source rests for long; a short rest is waited for."""
        task = request.cb_kwargs.get("task")
        if not isinstance(task, Task):
            return
        if self._job.budget.spent():
            raise BudgetSpent
        place = self._job.place(task)
        while (until := self._job.cooldown.until(place)) and self._job.settings.pace:
            left = until - datetime.now(UTC).timestamp()
            if left > WAIT_S * self._job.settings.pace:
                shown = datetime.fromtimestamp(until, UTC).isoformat(timespec="minutes")
                raise PageTrouble(Outcome.SKIPPED, f"cooldown until {shown.removesuffix('+00:00')}Z")
            await asyncio.sleep(min(max(left, 0.05), _LOOK_S))
            if not self._crawler.crawling:
                raise IgnoreRequest(f"{request.url} was given up: the crawl was stopped")
