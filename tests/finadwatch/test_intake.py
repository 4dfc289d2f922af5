"""What a capture becomes in a store. The judge here is a plain object that counts: what it says is
tested where it lives; the store and the evidence are real."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from analyzers.form import FormFacts, form_findings
from analyzers.lint import normaliser_of
from analyzers.ruleset import load_ruleset, shipped
from finadwatch.forms import drawn_warnings
from finadwatch.intake import Intake, judged_text
from finadwatch.judging import Judge, Shown
from findings.evidence import FolderEvidenceStore
from findings.model.crawl import AdLabel, Capture, Contacts, EvidenceRef, Landing, Overlay, SeenAd, TextRun
from findings.model.judgement import Box, Icp, Judgement, ScreenInput
from findings.model.vocabulary import Device, FormDuty, Level, Outcome
from findings.query import SearchQuery
from findings.store import FindingStore
from findings.stores import open_store
from tests.support import records

RULES = load_ruleset().form
assert RULES is not None
NORMALISE = normaliser_of(shipped())
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
#: 2026-11-22 20:00 UTC is already the 23rd in China.
EVENING = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


class Counting:
    """Judges everything alike; remembers what it was asked."""

    def __init__(self) -> None:
        self.analyzer = self
        self.asked: list[tuple[ScreenInput, date]] = []
        self.shown: list[object] = []

    def judge(self, ad: ScreenInput, on: date, base: Path | None = None, shown: object = None) -> Judgement:
        if ad.id is not None:  # the warm-up has none
            self.asked.append((ad, on))
        return records.judgement(records.finding(), id=ad.id)

    def judge_many(
        self,
        ads: Sequence[ScreenInput],
        days: Sequence[date],
        base: Path | None = None,
        shown: Sequence[object] | None = None,
    ) -> list[Judgement]:
        self.shown += shown or []
        return [self.judge(ad, on, base) for ad, on in zip(ads, days, strict=True)]

    def with_form(self, judgement: Judgement, facts: FormFacts, on: date, ad: ScreenInput) -> Judgement:
        assert RULES is not None
        return replace(judgement, form=form_findings(facts, RULES, NORMALISE, on))

    def tokens(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return [("保本",)] * len(texts)

    def embed(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        return [()] * len(texts)


@pytest.fixture
def judge() -> Counting:
    return Counting()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FindingStore]:
    with open_store(f"sqlite:///{tmp_path / 'findings.db'}") as opened:
        opened.create()
        yield opened


@pytest.fixture
def intake(judge: Counting, store: FindingStore, tmp_path: Path) -> Iterator[Intake]:
    taken = Intake(
        cast(Judge, judge),
        lambda: open_store(store.url),
        FolderEvidenceStore(tmp_path / "evidence"),
        lambda: NOW,
    )
    yield taken
    taken.close()


def page(text: str = "保本保息，立即加入" * 10) -> Landing:
    return Landing(url="https://licai.example/join", outcome=Outcome.OK, text=text)


def seen(**more: Any) -> SeenAd:
    values: dict[str, Any] = {
        "title": "星河理财",
        "text": "年化12%",
        "landing_url": "https://licai.example/join?utm_source=x",
        "landing": page(),
    }
    return SeenAd(**(values | more))


def capture(*ads: SeenAd, source: str = "baidu", number: int = 1, at: datetime = NOW) -> Capture:
    return replace(records.capture(records.task(source=source, page=number), at=at), ads=ads)


def test_an_ad_seen_on_two_pages_is_one_ad_with_two_sightings_judged_once(
    intake: Intake, judge: Counting, store: FindingStore
) -> None:
    intake.accept(capture(seen(), number=1))
    intake.accept(capture(seen(), number=2))
    (hit,) = store.search(SearchQuery()).hits
    assert len(store.sightings(hit.ad.id)) == 2
    assert len(judge.asked) == 1


def test_an_ad_shown_twice_on_a_page_is_stored_once(intake: Intake, store: FindingStore) -> None:
    intake.accept(capture(seen(position=1), seen(position=5)))
    assert store.search(SearchQuery()).total == 1


def test_where_a_click_came_from_does_not_make_another_ad(intake: Intake, store: FindingStore) -> None:
    intake.accept(capture(seen(), seen(landing_url="https://licai.example/join?utm_source=y")))
    assert store.search(SearchQuery()).total == 1


def test_a_watched_page_that_changes_is_another_ad_of_the_same_case(
    intake: Intake, store: FindingStore
) -> None:
    intake.accept(capture(seen(text=""), source="watchlist", number=1))
    intake.accept(capture(seen(text="", landing=page("年化18%，保本" * 20)), source="watchlist", number=2))
    (case,) = store.cases(SearchQuery())
    assert len(case.ads) == 2


def test_the_law_is_that_of_the_day_in_china(intake: Intake, judge: Counting) -> None:
    intake.accept(capture(seen(), at=EVENING))
    assert judge.asked[0][1] == date(2026, 11, 23)


def test_a_capture_without_ads_is_stored_with_its_outcome(intake: Intake, store: FindingStore) -> None:
    intake.accept(replace(capture(), outcome=Outcome.CAPTCHA))
    assert store.coverage().sources[0].outcomes == {"captcha": 1}


def test_creative_and_landing_page_are_judged_together_each_once() -> None:
    assert judged_text(seen(text="保本", landing=page("年化12%"))) == "保本\n年化12%"
    assert judged_text(seen(text="保本", landing=page("保本"))) == "保本"


def test_what_a_page_says_to_other_devices_only_is_judged_too() -> None:
    both = seen(
        text="保本", landing=page("年化12%\n联系客服"), landings=(page("年化12%\n  月息低至 \n保本"),)
    )
    assert judged_text(both) == "保本\n年化12%\n联系客服\n月息低至"
    assert judged_text(seen(text="", landing=None, landings=(page("手机版"),))) == "手机版"


LINES = st.lists(st.text("保本息 ，", max_size=4), max_size=6).map("\n".join)


@given(text=LINES, desktop=LINES, mobile=LINES)
def test_identical_pages_add_nothing_and_no_line_is_lost(text: str, desktop: str, mobile: str) -> None:
    alone = judged_text(seen(text=text, landing=page(desktop)))
    assert judged_text(seen(text=text, landing=page(desktop), landings=(page(desktop),))) == alone
    whole = judged_text(seen(text=text, landing=page(desktop), landings=(page(mobile),)))
    assert whole.startswith(alone)
    lines = {line.strip() for line in whole.splitlines()}
    assert {line.strip() for line in mobile.splitlines() if line.strip()} <= lines


FAINT = TextRun(text="投资有风险", size_px=5, contrast=1.2, visible=True)


@pytest.mark.parametrize(("creative", "begins"), [("保本", 3), ("", 0), ("年化12%\n投资有风险", 0)])
def test_warnings_are_known_as_drawn_from_where_the_pages_words_begin(creative: str, begins: int) -> None:
    landing = replace(page("年化12%\n投资有风险"), warnings=(FAINT,))
    mobile = replace(page("手机版\n投资有风险"), warnings=(replace(FAINT, size_px=6),))
    drawn = drawn_warnings(seen(text=creative, landing=landing, landings=(mobile,)))
    assert drawn is not None
    assert (drawn.begins, [run.size_px for run in drawn.runs]) == (begins, [5, 6])


def test_pages_of_all_devices_and_the_declared_host_are_kept_with_their_evidence(
    intake: Intake, store: FindingStore
) -> None:
    file = EvidenceRef("landing_html", records.FILE_HASH, 9, "text/html")
    mobile = replace(page("手机版"), device=Device.MOBILE, evidence=(file,))
    intake.accept(capture(seen(landings=(mobile,), declared_host="www.licai.example")))
    (hit,) = store.search(SearchQuery()).hits
    assert (hit.ad.landings, hit.ad.declared_host) == ((mobile,), "www.licai.example")
    (sighting,) = store.sightings(hit.ad.id)
    assert file in sighting.evidence


UNCLOSABLE = Overlay(text="立即领取 888 元", box=Box(100, 100, 600, 400))


def duties(store: FindingStore) -> list[FormDuty]:
    (hit,) = store.search(SearchQuery()).hits
    return [finding.duty for finding in hit.ad.judgement.form]


def test_an_ad_without_mark_is_a_form_finding_and_its_sighting_keeps_the_label(
    intake: Intake, store: FindingStore
) -> None:
    intake.accept(capture(seen(label=AdLabel(by="none"))))
    assert duties(store) == [FormDuty.UNMARKED]
    (sighting,) = store.sightings(store.search(SearchQuery()).hits[0].ad.id)
    assert sighting.label == AdLabel(by="none")
    assert [finding.duty for finding in sighting.form] == [FormDuty.UNMARKED]


def test_an_ad_that_misses_a_duty_in_one_of_two_places_misses_it(intake: Intake, store: FindingStore) -> None:
    intake.accept(capture(seen(), seen(label=AdLabel(by="none"), position=2)))
    assert duties(store) == [FormDuty.UNMARKED]


def test_a_layer_over_the_landing_page_or_around_the_ad_is_the_ads(
    intake: Intake, store: FindingStore
) -> None:
    landing = replace(page(), overlays=(UNCLOSABLE,))
    intake.accept(capture(seen(landing=landing)))
    assert duties(store) == [FormDuty.CLOSE]


@pytest.mark.parametrize(
    ("box", "expected"),
    [(Box(150, 150, 200, 100), [FormDuty.CLOSE]), (Box(0, 900, 200, 100), []), (None, [])],
)
def test_a_layer_over_the_page_counts_for_the_ads_within_it(
    intake: Intake, store: FindingStore, box: Box | None, expected: list[FormDuty]
) -> None:
    intake.accept(replace(capture(seen(box=box)), overlays=(UNCLOSABLE,)))
    assert duties(store) == expected


def test_a_listed_page_needs_no_mark(intake: Intake, store: FindingStore) -> None:
    intake.accept(capture(seen(mark="listed", label=AdLabel(by="none")), source="watchlist"))
    assert duties(store) == []


@pytest.mark.parametrize(("others", "level"), [((), Level.ARGUABLE), (("text",), Level.CLEAR)])
def test_an_unmarked_result_is_clear_where_others_show_their_mark(
    intake: Intake, store: FindingStore, others: tuple[str, ...], level: Level
) -> None:
    marked = [seen(title=f"第{n}家", label=AdLabel(by=by)) for n, by in enumerate(others)]
    intake.accept(capture(seen(label=AdLabel(by="none")), *marked))
    hits = store.search(SearchQuery()).hits
    (finding,) = (found for hit in hits if hit.ad.title == "星河理财" for found in hit.ad.judgement.form)
    assert finding.level is level


def test_what_a_page_shows_beside_its_words_reaches_the_judge(judge: Counting, intake: Intake) -> None:
    landing = replace(
        page(),
        icp=Icp(number="虚ICP备2026000001号", owner="云岫银行股份有限公司"),
        contacts=Contacts(phones=("400-999-0000", "19900000000")),
    )
    taken = capture(seen(landing=landing))
    intake.accept(replace(taken, task=replace(taken.task, region="上海")))
    (ad, _), (pages,) = judge.asked[0], judge.shown
    assert ad.region == "上海"
    # the number is a clue; whom the footer names beside it is only the page's word
    assert ad.icp == Icp(number="虚ICP备2026000001号")
    assert pages == Shown(phones=("400-999-0000", "19900000000"), owner="云岫银行股份有限公司")


def test_the_record_of_a_capture_is_evidence_and_all_its_files_are_noted_before_it_is_stored(
    judge: Counting, store: FindingStore, tmp_path: Path
) -> None:
    noted: list[tuple[datetime, Sequence[str]]] = []

    def note(at: datetime, hashes: Sequence[str]) -> None:
        assert store.search(SearchQuery()).total == 0
        noted.append((at, hashes))

    evidence = FolderEvidenceStore(tmp_path / "evidence")
    taken = Intake(cast(Judge, judge), lambda: open_store(store.url), evidence, lambda: NOW, note=note)
    try:
        taken.accept(capture(seen(landing=replace(page(), evidence=(records.evidence("landing_html"),)))))
    finally:
        taken.close()
    (hit,) = store.search(SearchQuery()).hits
    (sighting,) = store.sightings(hit.ad.id)
    stored = store.capture(sighting.task_id)
    assert stored is not None
    (ref,) = (ref for ref in sighting.evidence if ref.role == "capture")
    record = msgspec.json.decode(evidence.get(ref.sha256), type=Capture)
    assert replace(record, evidence=(*record.evidence, ref)) == stored
    ((at, hashes),) = noted
    assert at == stored.at
    assert set(hashes) == {one.sha256 for one in sighting.evidence}
