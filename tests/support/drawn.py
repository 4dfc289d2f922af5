"""A page drawn by a real browser for tests of what is read from drawn pages."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from tempfile import mkdtemp
from typing import TypeVar

from playwright.async_api import Page as BrowserPage
from playwright.async_api import async_playwright

from crawlers.browser.chromium import context_options, find_chromium, launch_options
from crawlers.browser.traffic import Door
from crawlers.browser.warc import Archive
from crawlers.browser.watch import Watch
from findings.model.vocabulary import Device
from tests.support.web import Page, Site

T = TypeVar("T")


async def watched(page: BrowserPage) -> Watch:
    """Attach a watch to a page; its WARC file goes with the process."""
    archive = Archive(Path(mkdtemp()), "FinAdWatch/test")
    watch = Watch(archive, Door(ip=lambda _url: None, is_own=lambda _headers: False), 16_000_000)
    await watch.attach(page)
    return watch


def drawn(
    pages: Mapping[str, Page], look: Callable[[BrowserPage, Watch, Site], Awaitable[T]], path: str = "/"
) -> T:
    """What `look` says of the page at `path`, drawn on a desktop; other hosts lead to the same server."""
    return asyncio.run(_drawn(pages, look, path))


async def _drawn(
    pages: Mapping[str, Page], look: Callable[[BrowserPage, Watch, Site], Awaitable[T]], path: str
) -> T:
    chromium = find_chromium("")
    with Site(pages) as site:
        async with async_playwright() as driver:
            options = launch_options(chromium, {}, None)
            del options["proxy"]
            options["args"] = [
                flag for flag in options["args"] if not flag.startswith("--host-resolver-rules")
            ] + ["--host-resolver-rules=MAP *.example 127.0.0.1"]
            browser = await driver.chromium.launch(**options)
            context = await browser.new_context(**context_options(Device.DESKTOP, "FinAdWatch/test"))
            page = await context.new_page()
            watch = await watched(page)
            await page.goto(f"http://open.example:{site.port}{path}")
            seen = await look(page, watch, site)
            # A page whose script never rests isn't closed: its browser is.
            await browser.close()
            return seen
