"""Handed over, still up, gone by two visits, back: the real spider on pages that are switched off and on again."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from findings.model.crawl import Landing
from findings.model.handover import HandedItem
from findings.model.vocabulary import Outcome
from findings.stores import open_store
from tests.support import records as make
from tests.support.authority import Authority
from tests.support.cli import run_finadwatch
from tests.support.inprocess import Office
from tests.support.sent import sent_office
from tests.support.web import Page, Site, html

pytestmark = [pytest.mark.slow, pytest.mark.browser]

TEXT = "星河理财年化收益百分之十二，保本保息，随存随取，国资背景，名额有限，立即添加客服微信领取体验金，先到先得。"
URL = "https://licai.example/join"
CONFIG = """
actor: 沈一
sources: {{folder: {sources}}}
network:
  hosts: {{licai.example: 127.0.0.1, sousuo.example: 127.0.0.1}}
  ports: {{443: {port}}}
  ca_file: {authority}
crawl: {{pace: 0, contact: "https://bureau.example/"}}
"""
#: A search engine of the office's own, that answers plain requests.
SOURCE = """
name: sousuo
title_zh: 示例搜索
kind: search
channel: search
fetch: http
url: {desktop: "https://sousuo.example/s?q={q}"}
pacing: {delay_s: 1, jitter_s: 0, concurrency: 1}
trust: low
verified_on: null
selectors:
  scope: [{css: "#list"}]
  headline: [{css: h3}]
  ad_box: [{name: promo, css: ".promo"}]
  ad_title: [{css: "h3 a"}]
  ad_text: [{css: p}]
  landing_url: [{css: "h3 a", attr: href}]
  result: [{name: item, css: ".item"}]
  title: [{css: "h3 a"}]
  url: [{css: "h3 a", attr: href}]
  text: [{css: p}]
"""
OTHERS = '<div class="item"><h3><a href="https://bank.example/">利率表</a></h3><p>各期限存款利率。</p></div>'


def results(promoted: str) -> Page:
    """A page of results, with an ad that leads to an address or without one."""
    ad = f'<div class="promo"><h3><a href="{promoted}">星河理财</a></h3><p>广告</p></div>' if promoted else ""
    return html(f'<title>理财</title><div id="list">{ad}{OTHERS}</div>')


@pytest.fixture
def pages() -> dict[str, Page]:
    return {"licai.example/join": html(f"<title>星河理财</title><p>{TEXT}</p>")}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.fixture
def site(pages: dict[str, Page], authority: Authority) -> Iterator[Site]:
    with Site(pages, tls=authority.context("licai.example", "sousuo.example")) as site:
        yield site


@pytest.fixture
def office(tmp_path: Path, site: Site, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Office:
    """An office that handed over one confirmed case."""
    own = tmp_path / "sources" / "sousuo"
    own.mkdir(parents=True)
    (own / "source.yaml").write_text(SOURCE, "utf-8")
    landing = Landing(url=URL, outcome=Outcome.OK, text=TEXT)
    ad = make.ad(TEXT, make.finding(), url=URL, source="sousuo", landing=landing)
    config = CONFIG.format(port=site.port, authority=authority.file, sources=own.parent)
    return sent_office(tmp_path / "home", monkeypatch, ad, config=config)


def recheck(office: Office) -> Any:
    """One round over what is owed; the only row's line."""
    done = run_finadwatch(office.home, "takedown", "recheck", "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    return json.loads(line)


def days_pass(office: Office, days: int) -> HandedItem:
    """The row as if all that happened to it had happened so many days earlier."""
    by = timedelta(days=days)
    with open_store(office.store) as store:
        handovers = store.handovers()
        (batch,) = handovers.batches()
        (item,) = handovers.items(batch.id)
        assert item.sent_at is not None
        assert item.next_visit is not None
        (stands,) = handovers.put_items(
            [
                replace(
                    item,
                    sent_at=item.sent_at - by,
                    next_visit=item.next_visit - by,
                    gone_at=item.gone_at and item.gone_at - by,
                    visits=tuple(replace(visit, at=visit.at - by) for visit in item.visits),
                )
            ]
        )
    assert isinstance(stands, HandedItem)
    return stands


def test_up_gone_twice_and_back(office: Office, pages: dict[str, Page]) -> None:
    pages["sousuo.example/s"] = results(URL)
    there = recheck(office)
    assert (there["presence"], there["visits"][0]["there"], there["relapsed"]) == ("up", True, False)
    assert [words in there["visits"][0]["why"] for words in ("页面仍", "来源仍展示")] == [True, True]
    assert {ref["role"] for ref in there["visits"][0]["evidence"]} >= {
        "html",
        "page_screenshot",
        "warc",
        "capture",
    }

    page = pages.pop("licai.example/join")
    pages["sousuo.example/s"] = results("")
    days_pass(office, 1)
    assert recheck(office)["presence"] == "gone_once"
    missed = days_pass(office, 2).visits[-1].at
    gone = recheck(office)
    assert gone["presence"] == "gone"
    owed = office("takedown", "due", "--json").values[0]
    assert owed["takedown"]["gone"] == 1
    assert 0.9 < owed["takedown"]["median_days"] < 1.1
    assert gone["gone_at"][:19] == missed.isoformat()[:19]

    pages["licai.example/join"] = page
    days_pass(office, 31)
    back = recheck(office)
    assert (back["presence"], back["relapsed"]) == ("back", True)
    (case,) = office("cases", "list", "--json").values
    assert case["state"] == "relapsed"
    trail = [one["draft"] for one in office("audit", "log", case["id"], "--json").values]
    assert [(one["actor"], one["action"]) for one in trail][-1] == ("system", "relapsed")
    assert case["sightings"] == 4  # its first, page and source of the first round, its return
