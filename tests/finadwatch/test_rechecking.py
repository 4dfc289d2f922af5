"""What a recheck asks for, that every answer finds its question again, and how a case relapses by it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from crawlers.plan import Region, plan_tasks
from crawlers.sources import Kind, load_sources
from finadwatch.casework import deadlines_of, house_of
from finadwatch.config import Config
from finadwatch.rechecking.targets import PAGES, Sought, Target, plan_of, sought, target_of
from finadwatch.rechecking.visiting import Round, relapse
from findings.evidence import FolderEvidenceStore
from findings.model.casework import ReviewVerdict
from findings.model.crawl import Capture, Landing, SeenAd
from findings.model.handover import HandedItem, Paper, Presence, item_id
from findings.model.judgement import AppInfo
from findings.model.records import AdRecord
from findings.model.vocabulary import CaseState, Device, Outcome
from findings.review.steps import HandOver, Read
from findings.review.working import Hand, carry_out
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records as make

SOURCES = load_sources()
URL = "https://licai.example/join"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FindingStore]:
    with open_store(f"sqlite:///{tmp_path / 'findings.db'}") as store:
        store.create()
        yield store


def item(ad: AdRecord, **more: object) -> HandedItem:
    values: dict[str, object] = {
        "id": item_id("b" * 32, 1),
        "version": 1,
        "batch_id": "b" * 32,
        "row": 1,
        "case_id": ad.case_id,
        "ad_ids": (ad.id,),
        "title": ad.title,
        "advertiser": None,
        "host": ad.landing_host,
        "urls": (ad.landing_url,) if ad.landing_url else (),
        "sent_at": make.NOON,
    }
    return HandedItem(**(values | more))  # type: ignore[arg-type]


def stored(store: FindingStore, ad: AdRecord) -> AdRecord:
    store.write(make.bundle(ad))
    return ad


def test_a_page_decides_and_its_source_is_asked_too(store: FindingStore) -> None:
    ad = stored(store, make.ad(url=URL))
    found = sought(item(ad), Paper.CLOSURE, store, SOURCES)
    page, asked = Target(PAGES, Device.DESKTOP, url=URL), Target("baidu", Device.DESKTOP, keyword="理财")
    assert (found.targets, found.decides) == ((page, asked), frozenset([page]))


def test_of_a_stop_notice_the_sources_decide(store: FindingStore) -> None:
    ad = stored(store, make.ad(url=URL))
    found = sought(item(ad), Paper.STOP, store, SOURCES)
    asked = Target("baidu", Device.DESKTOP, keyword="理财")
    assert (found.targets, found.decides) == ((asked,), frozenset([asked]))


def test_an_app_is_looked_up_by_its_package(store: FindingStore) -> None:
    store_source = next(name for name, source in SOURCES.items() if source.lookup)
    ad = make.ad(url=None, source=store_source, app=AppInfo(package="example.jieqian", name="借钱花"))
    found = sought(item(stored(store, ad)), Paper.CLOSURE, store, SOURCES)
    assert found.decides == {Target(store_source, Device.DESKTOP, package="example.jieqian")}


def test_nothing_is_asked_for_what_has_neither_address_nor_source(store: FindingStore) -> None:
    ad = stored(store, make.ad(url=None, source="manual", keyword=None))
    assert sought(item(ad, urls=("screenshot:ab",)), Paper.CLOSURE, store, SOURCES).targets == ()


def test_every_task_of_a_round_leads_back_to_its_question() -> None:
    wanted = {Target(PAGES, device, url=f"{URL}?{device}") for device in Device}
    for name, source in SOURCES.items():
        if source.kind is Kind.WATCHLIST:
            continue
        if source.kind is Kind.PORTAL:
            wanted.add(Target(name, Device.DESKTOP, url=f"https://{name}.example/channel"))
        else:
            wanted |= {
                Target(name, device, keyword="保本 理财") for device in (*Device,) if device in source.url
            }
        if source.lookup:
            wanted.add(Target(name, Device.DESKTOP, package="example.app"))
    regions = (Region(name="上海"), Region(name="北京"))
    plan = plan_of(sorted(wanted, key=repr), "复查", regions)
    tasks = list(plan_tasks(plan, "r1", SOURCES, make.NOON.date()))
    assert {target_of(task, SOURCES) for task in tasks} == wanted
    assert len(tasks) == 2 * len(wanted)
    assert {task.robots for task in tasks} == {"obey"}


def test_a_row_is_done_when_all_that_was_asked_is_in_with_a_visit_from_each_region(
    store: FindingStore, tmp_path: Path
) -> None:
    text = "星河理财年化收益百分之十二，保本保息，随存随取，国资背景，名额有限，立即添加客服。"
    ad = make.ad(text, url=URL, landing=Landing(url=URL, outcome=Outcome.OK, text=text))
    page, asked = Target(PAGES, Device.DESKTOP, url=URL), Target("baidu", Device.DESKTOP, keyword="理财")
    one = Sought(item=item(ad), ads=(ad,), targets=(page, asked), decides=frozenset([page]))
    plan = plan_of(one.targets, "复查", (Region(name="上海"), Region(name="北京")))
    tasks = list(plan_tasks(plan, "r1", SOURCES, make.NOON.date()))
    round_ = Round(plan, [one], tasks, SOURCES, FolderEvidenceStore(tmp_path / "e"), {})
    done = []
    for task in tasks:
        here = task.source == PAGES and task.region == "上海"
        landing = Landing(url=URL, outcome=Outcome.OK, text=text)
        capture = Capture(
            task=task,
            outcome=Outcome.OK if here else Outcome.ERROR if task.source == PAGES else Outcome.CAPTCHA,
            status=200 if here else 404,
            at=make.NOON,
            url=task.url,
            ads=(SeenAd(title="", text=text, landing_url=URL, landing=landing),) if here else (),
        )
        bundle = round_.bundle(capture)
        assert [sighting.ad_id for sighting in bundle.sightings] == ([ad.id] if here else [])
        done += list(round_.take(capture))
    ((_, visits),) = done
    assert {visit.region: visit.there for visit in visits} == {"上海": True, "北京": False}


def hand(store: FindingStore, actor: str = "沈一") -> Hand:
    config = Config(home=Path())
    return Hand(
        book=store.casebook(),
        actor=actor,
        house=house_of(config),
        deadlines=deadlines_of(config),
        now=lambda: make.NOON + timedelta(days=40),
    )


def test_a_case_relapses_once_for_each_return(store: FindingStore) -> None:
    ad = stored(store, make.ad(url=URL))
    officer = hand(store)

    def hand_over() -> None:
        for step in (Read(verdict=ReviewVerdict.CONFIRM, note="属实"), HandOver("批次")):
            list(carry_out(officer, [ad.case_id], lambda _, step=step: step))  # type: ignore[misc]

    def state() -> CaseState:
        file = officer.book.file(ad.case_id)
        assert file is not None
        return file.state

    back = item(ad, presence=Presence.BACK, back_at=make.NOON + timedelta(days=30))
    assert not relapse(officer, back)  # nobody has handed it over
    hand_over()
    assert relapse(officer, back)
    assert state() is CaseState.RELAPSED
    hand_over()
    assert not relapse(officer, back)
    assert state() is CaseState.HANDED_OVER
    assert relapse(officer, replace(back, back_at=make.NOON + timedelta(days=39)))
