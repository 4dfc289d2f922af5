"""What the judge is asked of a stored ad is what it was asked when the ad was crawled."""

import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from finadwatch.intake import Intake
from finadwatch.judging import Judge, Shown
from finadwatch.rescreening.asking import question
from findings.errors import EvidenceMissing
from findings.evidence import FolderEvidenceStore
from findings.model.crawl import Contacts, EvidenceRef, Landing, SeenAd, TextRun
from findings.model.judgement import AppInfo, Icp, Judgement, ScreenInput
from findings.model.vocabulary import Outcome
from findings.rescreening.job import Progress
from findings.stores import open_store
from tests.support import records
from tests.support.rescreening import job

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
EVENING = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)  # the 23rd in China
Question = tuple[ScreenInput, date, Shown]


class Listening:
    """A judge that finds nothing and remembers what it was asked, by ad."""

    def __init__(self) -> None:
        self.analyzer = self
        self.asked: dict[str | None, Question] = {}

    def judge(
        self, ad: ScreenInput, on: date, base: Path | None = None, shown: Shown | None = None
    ) -> Judgement:
        self.asked[ad.id] = (ad, on, shown or Shown())
        return records.judgement(id=ad.id)

    def judge_drawn(
        self, ad: ScreenInput, on: date, base: Path | None = None, shown: Shown | None = None
    ) -> tuple[Judgement, str | None]:
        return self.judge(ad, on, base, shown), None

    def judge_many(
        self,
        ads: Sequence[ScreenInput],
        days: Sequence[date],
        base: Path | None = None,
        shown: Sequence[Shown] = (),
    ) -> list[Judgement]:
        return [self.judge(ad, on, base, pages) for ad, on, pages in zip(ads, days, shown, strict=True)]

    def with_form(self, judgement: Judgement, *rest: object) -> Judgement:
        return judgement

    def tokens(self, texts: Sequence[str]) -> list[tuple[str, ...]]:
        return [()] * len(texts)

    embed = tokens


def crawled(
    seen: SeenAd, source: str = "baidu", at: datetime = NOW, region: str | None = None
) -> tuple[Question, Question]:
    """What a crawl of one ad asked, and what a rescreen of the archive asks."""
    listening = Listening()
    with tempfile.TemporaryDirectory() as folder:
        evidence = FolderEvidenceStore(Path(folder) / "evidence")
        stored = _with_files(seen, evidence)
        task = replace(records.task(source=source), region=region)
        with open_store(f"sqlite:///{folder}/findings.db") as store:
            store.create()
            intake = Intake(cast(Judge, listening), lambda: open_store(store.url), evidence, lambda: NOW)
            try:
                intake.accept(replace(records.capture(task, at=at), ads=(stored,)))
            finally:
                intake.close()
            (archived,) = store.rescreens().read(job(), Progress(number=0)).ads
            found = question(archived, evidence, None)
    return listening.asked[archived.ad.id], (found.ad, found.on, found.shown)


def _with_files(seen: SeenAd, evidence: FolderEvidenceStore) -> SeenAd:
    """The ad with its screenshots in an evidence store."""

    def put(refs: tuple[EvidenceRef, ...]) -> tuple[EvidenceRef, ...]:
        return tuple(evidence.put(ref.role.encode(), role=ref.role, media_type="image/png") for ref in refs)

    landing = replace(seen.landing, evidence=put(seen.landing.evidence)) if seen.landing else None
    return replace(seen, evidence=put(seen.evidence), landing=landing)


ICP = st.none() | st.builds(
    Icp,
    number=st.none() | st.sampled_from(["沪ICP备1号", "京ICP备2号"]),
    owner=st.none() | st.sampled_from(["星河有限公司", "云岫有限公司"]),
)
WORDS = st.text("保本息\n 年。", max_size=12)
LONG = WORDS.map(lambda text: text * 9)
WARNING = TextRun(text="投资有风险", size_px=9, contrast=2.0, visible=True)


def pages(*roles: str) -> st.SearchStrategy[Landing]:
    shots = [(), *((records.evidence(role),) for role in roles)]
    return st.builds(
        Landing,
        url=st.just("https://licai.example/join"),
        outcome=st.just(Outcome.OK),
        final_url=st.none() | st.just("https://licai.example/joined"),
        text=WORDS | LONG,
        icp=ICP,
        contacts=st.none() | st.just(Contacts(phones=("021-5555",))),
        warnings=st.sampled_from([(), (WARNING,)]),
        evidence=st.sampled_from(shots),
    )


@st.composite
def ads(draw: st.DrawFn) -> SeenAd:
    """Ads as spiders bring them: a filing is that of the landing page, or without one what a store says."""
    landing = draw(st.none() | pages("landing_screenshot"))
    return SeenAd(
        title=draw(WORDS),
        text=draw(WORDS | LONG),
        advertiser=draw(st.none() | st.just("星河理财")),
        landing_url=draw(st.none() | st.just("https://licai.example/?a=1")),
        landing=landing,
        landings=tuple(draw(st.lists(pages(), max_size=2))) if landing else (),
        app=draw(st.none() | st.just(AppInfo(name="顺心贷"))),
        icp=landing.icp if landing else draw(ICP),
        evidence=draw(st.sampled_from([(), (records.evidence("ad_screenshot"),)])),
    )


@pytest.mark.slow
@settings(max_examples=40)
@given(
    ads(), st.sampled_from(["baidu", "apple"]), st.sampled_from([NOW, EVENING]), st.none() | st.just("上海")
)
def test_an_ad_is_asked_about_as_when_it_was_crawled(
    seen: SeenAd, source: str, at: datetime, region: str | None
) -> None:
    then, now = crawled(seen, source, at, region)
    assert now == then


def test_a_day_that_is_given_counts(tmp_path: Path) -> None:
    from findings.rescreening.job import Archived

    asked = question(Archived(records.ad(), None), FolderEvidenceStore(tmp_path), date(2020, 1, 1))
    assert asked.on == date(2020, 1, 1)


def test_a_picture_that_is_not_here_is_no_ad_without_a_picture(tmp_path: Path) -> None:
    from findings.rescreening.job import Archived

    shot = Landing(
        url="https://licai.example/", outcome=Outcome.OK, evidence=(records.evidence("landing_screenshot"),)
    )
    with pytest.raises(EvidenceMissing):
        question(Archived(records.ad("短", landing=shot), None), FolderEvidenceStore(tmp_path), None)
