"""The answer key covers the whole sandbox, and the sandbox covers the whole task."""

from datetime import date
from urllib.parse import urlsplit

import pytest
import yaml

from findings.model.vocabulary import LicenceStatus, Outcome
from sandbox.data_files import DATA
from sandbox.errors import SandboxDataFault
from sandbox.expected import load_expected
from sandbox.programs import programs
from sandbox.search_page import load_search
from sandbox.web import load_web

KEY = load_expected()
ENGINE = load_search()
WEB = load_web(date(2026, 11, 22), programs())
VERDICTS = [*KEY.pages.values(), *KEY.apps.values()]


def _final(url: str) -> str:
    """Where a chain of HTTP redirects ends; meta and script hops are named here as the pages do them."""
    chain = {
        "https://m.tuiguang-lian.example/go.html": "https://s.tuiguang-lian.example/jump.html",
        "https://s.tuiguang-lian.example/jump.html": "https://guben-chenggong.example/",
    }
    for _ in range(5):
        parts = urlsplit(url)
        url = f"https://{parts.hostname}{parts.path}"
        answer = WEB.answer(parts.hostname or "", parts.path)
        onward = answer.headers.get("Location") or chain.get(url)
        if onward is None:
            return url
        url = onward
    raise AssertionError(f"{url} goes round in circles")


def test_every_html_page_is_judged_or_said_not_to_be():
    pages = {
        url.removesuffix("index.html")
        for url in WEB.urls()
        for parts in [urlsplit(url)]
        for answer in [WEB.answer(parts.hostname or "", parts.path)]
        if answer.headers.get("Content-Type", "").startswith("text/html")
    }

    assert pages == set(KEY.pages) | set(KEY.not_judged)


def test_every_category_is_there_to_be_found():
    assert set().union(*(verdict.categories for verdict in VERDICTS)) == set(range(1, 10))


def test_every_licence_status_is_there():
    assert {status for verdict in VERDICTS if len(verdict.licence) == 1 for status in verdict.licence} == set(
        LicenceStatus
    )


def test_the_outcomes_a_site_can_cause_are_there():
    wanted = {"ok", "empty", "captcha", "login", "blocked", "skipped", "unreachable"}

    assert wanted <= {task.outcome.value for task in KEY.tasks}


def test_nothing_is_clear_and_arguable_at_once():
    assert not [verdict for verdict in VERDICTS if verdict.categories & verdict.arguable]


def test_what_promotes_nothing_breaks_nothing():
    assert not [v for v in VERDICTS if not v.promotion and (v.categories or v.arguable or v.licence)]


def test_the_key_holds_the_tasks_of_the_default_plan():
    plan = yaml.safe_load((DATA / "plan.yaml").read_text("utf-8"))
    planned = {
        (entry["source"], what, page)
        for entry in plan["sources"]
        for what in (*entry.get("keywords", ()), *entry.get("urls", ()))
        for page in range(1, entry.get("pages", 1) + 1)
    }

    assert {(task.source, task.keyword or task.url, task.page) for task in KEY.tasks} == planned


@pytest.mark.parametrize("task", [t for t in KEY.tasks if t.source == "baidu" and t.outcome is Outcome.OK])
def test_ads_and_results_are_counted_right(task):
    page = ENGINE.keywords[task.keyword].pages[task.page - 1]

    assert (task.ads, task.organic) == (len(page.ads), len(page.organic))


def test_every_ad_leads_to_a_page_of_the_key():
    landings = {p.ad.landing for k in ENGINE.keywords.values() for page in k.pages for p in page.ads}

    assert [url for url in landings if KEY.page(_final(url)) is None] == []


def test_a_query_does_not_hide_a_page():
    assert (
        KEY.page("https://guben-chenggong.example/?ch=9f2#top")
        is KEY.pages["https://guben-chenggong.example/"]
    )
    assert KEY.page(None) is None


def test_a_fault_in_the_key_is_named(tmp_path):
    path = tmp_path / "expected.yaml"
    path.write_text(
        "tasks: []\npages: {'https://a.example/': {promotion: 1}}\napps: {}\nnot_judged: []\n", "utf-8"
    )

    with pytest.raises(SandboxDataFault, match="promotion"):
        load_expected(path)
