"""What is counted of a page for the drift alarm."""

from hypothesis import given, settings
from hypothesis import strategies as st

from crawlers.drift import filled_fields
from findings.model.crawl import Filled, Organic, ParsedAd, ParsedApp, ParsedPage
from findings.model.vocabulary import Outcome, Slot
from tests.support.pages import cases, parse_case


def ad(title: str = "理财", landing_url: str | None = "https://a.example/", **more: str | None) -> ParsedAd:
    values: dict[str, str | None] = {"text": "", "display": None, "advertiser": None}
    return ParsedAd(
        title=title, landing_url=landing_url, position=1, slot=Slot.TOP, mark="广告", **(values | more)
    )  # type: ignore[arg-type]


def page(**results: object) -> ParsedPage:
    return ParsedPage(source="baidu", outcome=Outcome.OK, **results)  # type: ignore[arg-type]


def test_each_field_counts_the_results_that_have_it() -> None:
    counted = filled_fields(page(ads=(ad(), ad(landing_url=None, advertiser="星河"), ad(" \n"))))
    assert counted == {
        "ad.title": Filled(2, 3),
        "ad.text": Filled(0, 3),
        "ad.display": Filled(0, 3),
        "ad.landing_url": Filled(2, 3),
        "ad.advertiser": Filled(1, 3),
    }


def test_a_page_without_results_counts_nothing() -> None:
    assert filled_fields(page()) == {}


def test_kinds_are_counted_apart() -> None:
    app = ParsedApp(
        name="顺心贷",
        package="example.shunxin",
        developer=None,
        icp=None,
        icp_entity=None,
        description="额度高",
        promoted=False,
        position=1,
    )
    counted = filled_fields(page(organic=(Organic("题", "https://b.example/", "", 1),), apps=(app, app)))
    assert counted["organic.url"] == Filled(1, 1)
    assert counted["organic.text"] == Filled(0, 1)
    assert counted["app.package"] == Filled(2, 2)
    assert counted["app.developer"] == Filled(0, 2)
    assert not any(field.startswith("ad.") for field in counted)


@settings(deadline=None)
@given(st.lists(st.builds(ad, title=st.text(max_size=3), landing_url=st.none() | st.text(max_size=3))))
def test_never_more_found_than_there_are(ads: list[ParsedAd]) -> None:
    for filled in filled_fields(page(ads=tuple(ads))).values():
        assert 0 <= filled.found <= filled.total == len(ads)


def test_recorded_pages_fill_the_fields_that_every_result_has() -> None:
    for case in cases():
        read = parse_case(case)
        for field, filled in filled_fields(read).items():
            if field in ("organic.title", "app.name"):
                assert filled.found == filled.total, (case, field)
