"""The live source definitions, unchanged, read the sandbox's pages as the answer key says."""

from datetime import date
from urllib.parse import urlencode, urlsplit

import pytest
from lxml import html

from crawlers.filters import AdFilters
from crawlers.parse import parse_page
from crawlers.parsers.document import FrameDoc
from crawlers.sources import load_sources
from findings.model.crawl import ParsedPage
from sandbox.data_files import DATA
from sandbox.expected import ExpectedTask, load_expected
from sandbox.programs import programs
from sandbox.web import load_web

SOURCES = load_sources()
WEB = load_web(date(2026, 11, 22), programs())
TASKS = [
    task
    for task in load_expected().tasks
    if task.source in ("baidu", "portal", "apple", "tencent") and task.outcome != "skipped"
]


def _url(task: ExpectedTask) -> str:
    if task.source == "baidu":
        query = {"wd": task.keyword, "pn": (task.page - 1) * 10, "rn": 10}
        return f"https://www.baidu.com/s?{urlencode(query)}"
    if task.source == "apple":
        return f"https://itunes.apple.com/search?{urlencode({'term': task.keyword, 'limit': 50})}"
    if task.source == "tencent":
        return f"https://sj.qq.com/search?{urlencode({'q': task.keyword})}"
    return task.url or ""


def _parsed(task: ExpectedTask) -> ParsedPage:
    url = _url(task)
    for _ in range(3):
        parts = urlsplit(url)
        answer = WEB.answer(parts.hostname or "", f"{parts.path}?{parts.query}")
        if "Location" not in answer.headers:
            break
        url = answer.headers["Location"]
    filters = AdFilters.load(DATA / "filters.txt")
    frames = _frames(answer.body) if task.source == "portal" else []
    return parse_page(
        SOURCES[task.source],
        answer.body,
        url,
        status=answer.status,
        headers=answer.headers,
        filters=filters,
        frames=frames,
    )


def _frames(body: bytes) -> list[FrameDoc]:
    """The documents of a page's frames, as a browser would hold them."""
    page = html.fromstring(body.decode())
    docs = []
    for frame in page.iter("iframe"):
        parts = urlsplit(frame.get("src"))
        inner = WEB.answer(parts.hostname or "", parts.path).body
        place = frame.getroottree().getpath(frame)
        docs.append(FrameDoc(url=frame.get("src"), html=inner, locator=place))
    return docs


@pytest.mark.parametrize("task", TASKS, ids=[task.keyword or task.url or "" for task in TASKS])
def test_the_page_reads_as_the_key_says(task):
    page = _parsed(task)

    assert page.outcome is task.outcome
    assert task.ads is None or len(page.apps or page.ads) == task.ads
    assert task.organic is None or len(page.organic) == task.organic
    assert task.slots_empty is None or page.slots_empty == task.slots_empty
    assert task.ad_iframes is None or page.ad_iframes == task.ad_iframes
