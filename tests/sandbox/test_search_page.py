"""The search engine: structure, slots, paging, captcha, zero, clicks."""

from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from sandbox.errors import SandboxDataFault
from sandbox.search_page import load_search

ENGINE = load_search()


def _page(words: str, offset: str = "0") -> html.HtmlElement:
    answer = ENGINE.render("/s", {"wd": [words], "pn": [offset]})
    assert answer is not None
    return html.fromstring(answer.body.decode())


def test_ads_stand_in_their_slots():
    page = _page("理财 保本")
    ids = [box.get("id") for box in page.cssselect("#content_left > .c-container")]

    assert ids == ["3001", "3002", "3003", "1", "2", "4001", "3", "4", "5001"]
    assert [box.get("id") for box in page.cssselect("#content_right .EC_result")] == ["6001"]


def test_every_ad_bears_the_marks_and_its_landing_page():
    for box in _page("理财 保本").cssselect(".EC_result"):
        assert box.cssselect("span.ec-tuiguang")[0].text == "广告"
        assert box.get("data-placeid")
        assert box.get("data-cmatchid")
        assert (
            box.cssselect("h3 a[data-landurl]")[0]
            .get("href")
            .startswith("https://www.baidu.com/baidu.php?url=")
        )


def test_only_identified_advertisers_wear_the_badge():
    badges = [box.get("data-renzheng") for box in _page("贷款 无抵押").cssselect("a.efc-cert")]

    assert len(badges) == 3
    assert "松果云支付有限公司" in badges[1]


def test_the_second_page_shows_other_ads_and_the_last_has_no_next():
    first, second = _page("理财 保本"), _page("理财 保本", "10")

    assert "下一页" in first.text_content()
    assert "下一页" not in second.text_content()
    assert [a.get("data-landurl") for a in second.cssselect("a[data-landurl]")] == [
        "https://yunxiugu-fund.example/",
        "https://jinzuan-fx.example/?ch=bd",
    ]


@pytest.mark.parametrize(
    ("words", "offset"),
    [("不存在的演练词甲乙丙", "0"), ("理财 保本", "20"), ("", "0")],
    ids=["word", "page", "none"],
)
def test_a_true_zero_says_so(words, offset):
    page = _page(words, offset)

    assert "未找到相关结果" in page.text_content()
    assert not page.cssselect("#content_left")


def test_the_captcha_keyword_redirects():
    answer = ENGINE.render("/s", {"wd": ["配资 开户"]})

    assert answer.status == 302
    assert answer.headers["Location"].startswith("https://wappass.baidu.com/static/captcha/")


@pytest.mark.parametrize("words", [w for w, k in ENGINE.keywords.items() if not k.captcha])
def test_every_click_leads_where_the_attribute_says(words):
    page = _page(words)
    for link in page.cssselect("a[data-landurl]"):
        token = link.get("href").partition("url=")[2]
        assert ENGINE.render("/baidu.php", {"url": [token]}).headers["Location"] == link.get("data-landurl")
    for box in page.cssselect(".result[mu]"):
        token = box.cssselect("h3 a")[0].get("href").partition("url=")[2]
        assert ENGINE.render("/link", {"url": [token]}).headers["Location"] == box.get("mu")


@pytest.mark.parametrize("path", ["/baidu.php", "/link"])
def test_an_unknown_token_leads_nowhere(path):
    assert ENGINE.render(path, {"url": ["https://evil.example/"]}) is None


@given(st.text(), st.text())
def test_hostile_words_stay_words(words, offset):
    query = {"wd": [f'"><script id="x">{words}</script>'], "pn": [offset]}
    page = ENGINE.render("/s", query).body.decode()

    assert '<script id="x">' not in page


def test_page_addresses_are_the_live_form():
    links = [a.get("href") for a in _page("理财 保本").cssselect("#page a")]

    assert "/s?" + urlencode({"wd": "理财 保本", "pn": 10, "rn": 10}) in links


def test_faults_of_the_data_are_named_together(tmp_path):
    path = tmp_path / "search.yaml"
    path.write_text(
        "ads: {}\norganic: {}\nkeywords:\n  x: {pages: [{ads: {top: [a]}, organic: [o]}]}\n", "utf-8"
    )
    with pytest.raises(SandboxDataFault) as caught:
        load_search(path)

    assert caught.value.faults == (
        "$.keywords['x'].pages[0].ads: there is no ad a",
        "$.keywords['x'].pages[0].organic: there is no result o",
    )
