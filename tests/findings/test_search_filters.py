"""Every filter, facet and field on both stores, on ads that differ in it alone; highlights; further spellings."""

import pytest
from msgspec.structs import replace

from findings.errors import QuerySyntaxError
from findings.model.judgement import Advertiser, AppInfo, Handler, Icp, LicenceEntryRef
from findings.model.vocabulary import Channel, Device, Level, Product, Severity
from findings.query import Facet, Highlight, SearchQuery, SortOrder
from findings.search.fields import FIELDS
from findings.search.spelling import spelled
from findings.store import FindingStore
from tests.support import records as make

GUILTY = make.finding(rules=("guarantee.principal", "guarantee.return"), score=0.8)
PLAIN = make.ad("无", url=None)
NAMED = replace(
    make.judgement(advertiser=Advertiser("苍山消费金融", None, None)),
    licence=replace(
        PLAIN.judgement.licence, entry=LicenceEntryRef("x:1", "苍山消金", "苍山消费金融有限公司")
    ),
)

#: What makes an ad differ, and the searches that find it and none else.
ONE_OF_ITS_KIND = [
    (make.ad("甲", GUILTY),
     [SearchQuery(rules=("guarantee.return",)), SearchQuery(min_score=0.8), SearchQuery(words="规则:guarantee.return"),
      SearchQuery(words="score:0.75")]),
    (make.ad("乙", url="https://shop.a.example/x"),
     [SearchQuery(domains=("a.example",)), SearchQuery(domains=("SHOP.a.example.",)), SearchQuery(hosts=("shop.a.example",)),
      SearchQuery(words="域名：https://a.example/y"), SearchQuery(words="domain:shop.a.example")]),
    (make.ad("丙", url="https://b.example/", declared_host="bank.c.example"), [SearchQuery(domains=("c.example",))]),
    (make.ad("丁", advertiser_shown="云岫（上海）理财有限公司"),
     [SearchQuery(advertisers=("雲岫(上海)",)), SearchQuery(words="广告主:云岫")]),
    (make.ad("戊", icp=Icp(number="沪ICP备 2026001234号－1", owner="海棠网络")),
     [SearchQuery(icp_numbers=("沪icp备2026001234号",)), SearchQuery(icp_numbers=("沪ICP备2026001234号-2",)),
      SearchQuery(words="备案:沪ICP备2026001234号"), SearchQuery(advertisers=("海棠网络",)),
      SearchQuery(provinces=("上海",))]),
    (make.ad("己", app=AppInfo(name="小贷宝", package="com.Example.Loan", developer="海棠科技")),
     [SearchQuery(app_packages=("com.example.loan",)), SearchQuery(words="包名:com.example.loan"),
      SearchQuery(words="advertiser:海棠科技")]),
    (make.ad("庚", judgement=make.judgement(product=Product.LOAN)),
     [SearchQuery(products=(Product.LOAN,)), SearchQuery(words="产品:贷款")]),
    (make.ad("辛", channel=Channel.APP), [SearchQuery(channels=(Channel.APP,)), SearchQuery(words="渠道:应用")]),
    (make.ad("壬", keyword="炒股"), [SearchQuery(keywords=("炒股",)), SearchQuery(words="关键词:炒股")]),
    (make.ad("癸", first_seen=make.minutes(-6000)),
     [SearchQuery(until=make.minutes(-5000)), SearchQuery(words="until:2026-11-17"), SearchQuery(words="无 OR 癸", until=make.minutes(-5000))]),
    (make.ad("子", judgement=make.judgement(handlers=(Handler("深圳市市场监督管理局", "market", "深圳", "其住所"),))),
     [SearchQuery(provinces=("深圳",)), SearchQuery(words="省份:广东"), SearchQuery(words="省份:深圳市"), SearchQuery(words="省份:粤")]),
    (make.ad("丑", judgement=NAMED),
     [SearchQuery(advertisers=("苍山消金",)), SearchQuery(words="广告主:苍山消费金融有限公司")]),
    (make.ad("卯", make.finding(5, rules=("other",), level=Level.ARGUABLE, score=0.5), make.finding(7, rules=("other",), score=0.5)),
     [SearchQuery(clear=("7",)), SearchQuery(words="明确:数据引用无出处"), SearchQuery(words="clear:any", categories=(5,)),
      SearchQuery(words="类别:5 -clear:5")]),
    (make.ad("寅", make.finding(severity=Severity.LOW, score=0.1)), [SearchQuery(severities=(Severity.LOW,)), SearchQuery(words="程度:低")]),
]  # fmt: skip


def test_each_filter_finds_what_it_asks_for(store: FindingStore) -> None:
    store.write(make.bundle(PLAIN, *(ad for ad, _ in ONE_OF_ITS_KIND)))
    wanted = [(query, ad.text) for ad, queries in ONE_OF_ITS_KIND for query in queries]
    found = [(query, "".join(hit.ad.text for hit in store.search(query).hits)) for query, _ in wanted]
    assert found == wanted


def test_what_sightings_say(store: FindingStore) -> None:
    """Device, region, keyword and last seen are those of any sighting, also of one that came later."""
    mine, other = make.ad("甲"), make.ad("乙")
    store.write(make.bundle(mine, other))
    later = make.bundle(mine, page=2, at=make.minutes(3000))
    seen = replace(later.sightings[0], device=Device.MOBILE, region="青岛", keyword="私募")
    store.write(replace(later, ads=(), sightings=(seen,)))
    for query in (
        SearchQuery(devices=(Device.MOBILE,)), SearchQuery(regions=("青岛",)), SearchQuery(keywords=("私募",)),
        SearchQuery(words="设备:手机 地区:青岛"), SearchQuery(seen_since=make.minutes(2999)),
        SearchQuery(words="最近发现起:2026-11-22"), SearchQuery(seen_since=make.minutes(3000), seen_until=make.minutes(3001)),
    ):  # fmt: skip
        assert [hit.ad.text for hit in store.search(query).hits] == ["甲"]
    assert store.search(SearchQuery(devices=(Device.DESKTOP,))).total == 2
    assert store.search(SearchQuery(seen_until=make.minutes(3000))).total == 1
    assert [hit.ad.text for hit in store.search(SearchQuery(sort=SortOrder.LAST_SEEN)).hits] == ["甲", "乙"]
    counted = store.search(SearchQuery(facets=(Facet.DEVICE, Facet.REGION, Facet.KEYWORD))).facets
    assert counted == {
        "device": {"desktop": 2, "mobile": 1},
        "region": {"青岛": 1},
        "keyword": {"理财": 2, "私募": 1},
    }


def test_a_judgement_anew_takes_the_place_of_the_old(store: FindingStore) -> None:
    ad = make.ad("甲", GUILTY, advertiser_shown="云岫")
    store.write(make.bundle(ad))
    again = replace(
        ad,
        judged_at=make.minutes(5),
        judgement=make.judgement(make.finding(3, rules=("other",))),
        advertiser_shown="海棠",
    )
    store.write(make.bundle(again, page=2))
    for gone in (
        SearchQuery(rules=("guarantee.return",)),
        SearchQuery(categories=(2,)),
        SearchQuery(advertisers=("云岫",)),
    ):
        assert store.search(gone).total == 0
    for there in (
        SearchQuery(rules=("other",)),
        SearchQuery(categories=(3,)),
        SearchQuery(advertisers=("海棠",)),
    ):
        assert store.search(there).total == 1


def test_only_facets_asked_for_are_counted(store: FindingStore) -> None:
    store.write(make.bundle(make.ad("甲", GUILTY), make.ad("乙", make.finding(3, rules=("other",)))))
    answer = store.search(SearchQuery(facets=(Facet.RULE, Facet.DOMAIN, Facet.STATE)))
    assert answer.facets == {
        "rule": {"guarantee.principal": 1, "guarantee.return": 1, "other": 1},
        "domain": {"example": 2, "licai.example": 2},
        "state": {"open": 2},
    }
    assert store.search(SearchQuery(facets=())).facets == {}


def test_hits_carry_the_places_that_findings_quote(store: FindingStore) -> None:
    spans = (replace(GUILTY.spans[0], start=1, end=3), replace(GUILTY.spans[0], start=0, end=999))
    store.write(make.bundle(make.ad("承保本息", make.finding(2, spans=spans))))
    (hit,) = store.search(SearchQuery(words="承")).hits
    assert hit.highlights == (Highlight("text", 0, 1),)
    assert hit.spans == (Highlight("text", 1, 3, category=2),)


def test_negation_alone_needs_a_filter(store: FindingStore) -> None:
    store.write(make.bundle(make.ad("甲", GUILTY), make.ad("乙", GUILTY)))
    with pytest.raises(QuerySyntaxError, match="NOT alone"):
        store.search(SearchQuery(words="非 甲"))
    assert [hit.ad.text for hit in store.search(SearchQuery(words="非 甲", categories=(2,))).hits] == ["乙"]


def test_a_short_name_finds_the_full_one(store: FindingStore) -> None:
    """In title and text, and as the advertiser's name; the answer says what was added."""
    store.write(make.bundle(
        make.ad("雲岫商業銀行股份有限公司的理财"), make.ad("云岫银行的理财"),
        make.ad("此处不提", advertiser_shown="云岫商业银行股份有限公司"), make.ad("海棠银行的理财"),
    ))  # fmt: skip
    known = {"云岫银行": ["云岫商业银行股份有限公司", "雲岫銀行", ""]}
    query = spelled(SearchQuery(words="雲岫銀行 OR 无此行"), lambda word: known.get(word, ()))
    answer = store.search(query)
    assert {hit.ad.text for hit in answer.hits} == {
        "雲岫商業銀行股份有限公司的理财",
        "云岫银行的理财",
        "此处不提",
    }
    assert answer.added == {"云岫银行": ("云岫商业银行股份有限公司",)}
    marked = {hit.ad.text: hit.highlights for hit in answer.hits}
    assert marked["雲岫商業銀行股份有限公司的理财"] == (Highlight("text", 0, 12),)
    only = spelled(SearchQuery(words="理财 -云岫银行"), lambda word: known.get(word, ()))
    assert [hit.ad.text for hit in store.search(only).hits] == ["海棠银行的理财"]


def test_orders(store: FindingStore) -> None:
    store.write(make.bundle(make.ad("轻", make.finding(severity=Severity.LOW), first_seen=make.minutes(2))))
    store.write(make.bundle(make.ad("重", make.finding(), first_seen=make.minutes(1)), page=2))
    store.write(make.bundle(make.ad("无", first_seen=make.minutes(3)), page=3))
    order = {
        sort: "".join(hit.ad.text for hit in store.search(SearchQuery(sort=sort)).hits) for sort in SortOrder
    }
    assert order == {
        SortOrder.NEWEST: "无轻重", SortOrder.LAST_SEEN: "无轻重", SortOrder.WORST: "重轻无", SortOrder.STORED: "轻重无",
    }  # fmt: skip


def test_a_scan_is_one_view_while_others_write(store: FindingStore) -> None:
    ads = [make.ad(f"第{n}则", first_seen=make.minutes(n)) for n in range(700)]
    store.write_many(make.bundle(*ads[start : start + 100], page=start) for start in range(0, 700, 100))
    reading = store.scan(SearchQuery(words="第"))
    first = next(reading)
    store.write(make.bundle(make.ad("第新则", first_seen=make.minutes(-5)), page=9999))
    store.write(make.bundle(replace(ads[3], judged_at=make.minutes(9000)), page=9998))
    assert [first.id, *(ad.id for ad in reading)] == [ad.id for ad in reversed(ads)]


def test_every_field_of_the_language_can_be_searched(store: FindingStore) -> None:
    """No field is known to the language and unknown to a store."""
    sample = {"category": "2", "clear": "any", "severity": "high", "score": "0.5", "licence": "unknown", "product": "loan", "channel": "web",
              "device": "mobile", "state": "open", "duty": "close", "province": "西藏"}  # fmt: skip
    for name in FIELDS:
        value = sample.get(name, "2026-11-01" if name.endswith(("since", "until")) else "x")
        assert store.search(SearchQuery(words=f"{name}:{value}", facets=())).total == 0


def test_words_of_a_picture_are_found_marked_and_found_no_more(store: FindingStore) -> None:
    """They are searched as text, and no phrase reaches from the text into the picture."""
    quoted = make.finding(2, spans=(replace(GUILTY.spans[0], field="image", start=2, end=4, text="零風"),))
    ad = make.ad("扫码了解", quoted, picture_text="扫碼零風險\n群主推荐")
    store.write(make.bundle(ad, make.ad("零食推荐")))
    for words in ("零风险", "text:群主", "扫码零", "險 群主", "解 -食"):
        (hit,) = store.search(SearchQuery(words=words)).hits
        assert hit.ad.picture_text == "扫碼零風險\n群主推荐"
    (hit,) = store.search(SearchQuery(words="扫码")).hits
    assert hit.highlights == (Highlight("text", 0, 2), Highlight("image", 0, 2))
    assert hit.spans == (Highlight("image", 2, 4, category=2),)
    for words in ("了解扫码", '"了解 扫码"', "title:零风险", "食 -推荐"):
        assert store.search(SearchQuery(words=words)).total == 0
    store.write(make.bundle(replace(ad, picture_text=None, judged_at=make.minutes(5)), page=2))
    assert store.search(SearchQuery(words="零风险")).total == 0
