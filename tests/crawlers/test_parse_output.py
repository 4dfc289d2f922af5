"""The JSON of `finadwatch parse`."""

from crawlers.parse_output import to_contract
from findings.model.crawl import Organic, ParsedAd, ParsedApp, ParsedPage
from findings.model.vocabulary import Outcome, Slot


def test_contract_has_exactly_its_keys() -> None:
    page = ParsedPage(
        source="baidu",
        outcome=Outcome.OK,
        ads=(
            ParsedAd(
                title="云栖稳盈",
                text="到期可取",
                display=None,
                landing_url=None,
                advertiser=None,
                position=1,
                slot=Slot.TOP,
                mark="EC_result",
            ),
        ),
        organic=(Organic(title="百科", url="https://a.example/", text="", position=1),),
        selectors={"ad": "EC_result"},
        locators=("/html/body/div",),
    )
    assert to_contract(page) == {
        "source": "baidu",
        "outcome": "ok",
        "ads": [
            {
                "title": "云栖稳盈",
                "text": "到期可取",
                "display": None,
                "landing_url": None,
                "advertiser": None,
                "position": 1,
                "slot": "top",
                "mark": "EC_result",
            }
        ],
        "organic": [{"title": "百科", "url": "https://a.example/", "text": "", "position": 1}],
        "selectors": {"ad": "EC_result"},
        "slots_empty": 0,
        "ad_iframes": 0,
    }


def test_apps_stand_where_a_store_lists_them() -> None:
    app = ParsedApp(
        name="云栖理财",
        package="example.yunqi",
        developer=None,
        icp=None,
        icp_entity=None,
        description=None,
        promoted=True,
        position=1,
        url="https://apps.example/1",
    )
    answer = to_contract(ParsedPage(source="apple", outcome=Outcome.OK, apps=(app,)))
    assert answer["apps"] == [
        {
            "name": "云栖理财",
            "package": "example.yunqi",
            "developer": None,
            "icp": None,
            "icp_entity": None,
            "description": None,
            "promoted": True,
            "position": 1,
        }
    ]
