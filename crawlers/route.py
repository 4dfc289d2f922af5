"""Which way out the code that runs now goes: the name of a proxy, None for this machine's own.

A task's region decides it. Requests, visits and landings of the task, side by side with those of
other tasks, inherit it as asyncio's tasks inherit their context.
"""

from contextvars import ContextVar

#: The name of a proxy in `CrawlSettings.proxies`.
ROUTE: ContextVar[str | None] = ContextVar("route", default=None)
#: Key of a request's meta that holds the same.
META = "route"
