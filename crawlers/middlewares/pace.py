"""Ends or holds a task before anything is asked for it: the budget is used up, or its source rests."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest

from crawlers.outcomes import PageTrouble
from crawlers.pacing.cooldown import WAIT_S
from findings.model.crawl import Task
from findings.model.vocabulary import Outcome

if TYPE_CHECKING:
    from crawlers.job import Job
from crawlers.middlewares.of_job import job_of

#: Seconds between two looks at whether the user has stopped the crawl.
_LOOK_S = 1.0


class BudgetSpent(IgnoreRequest):
    """The run has used up its budget: the task stays open, without a capture."""


async def hold(job: Job, crawler: Crawler, request: Request) -> None:
    """Wait where a request's source rests for a short while.

    Only the requests of tasks: what a task needs on its way (a landing page, a token) goes on.
    Raises BudgetSpent, or PageTrouble while the source rests for long.
    """
    task = request.cb_kwargs.get("task")
    if not isinstance(task, Task):
        return
    if job.budget.spent():
        raise BudgetSpent
    place = job.place(task)
    while (until := job.cooldown.until(place)) and job.settings.pace:
        left = until - datetime.now(UTC).timestamp()
        if left > WAIT_S * job.settings.pace:
            shown = datetime.fromtimestamp(until, UTC).isoformat(timespec="minutes")
            raise PageTrouble(Outcome.SKIPPED, f"cooldown until {shown.removesuffix('+00:00')}Z")
        await asyncio.sleep(min(max(left, 0.05), _LOOK_S))
        if not crawler.crawling:
            raise IgnoreRequest(f"{request.url} was given up: the crawl was stopped")


class PaceMiddleware:
    """Looks at a request before anything is asked for it; the download handler looks again when its turn has come."""

    def __init__(self, job: Job, crawler: Crawler) -> None:
        self._job = job
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Switched off only where no crawl runs."""
        return cls(job_of(crawler), crawler)

    async def process_request(self, request: Request) -> None:
        """Raises what `hold` raises."""
        await hold(self._job, self._crawler, request)
