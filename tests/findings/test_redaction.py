"""Personal data: what is found, what firms' own numbers are not, and what holds for every text. All numbers are made up."""

from importlib.resources import files

import msgspec
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from findings.model.crawl import Contacts, Landing
from findings.model.judgement import Span
from findings.model.vocabulary import Outcome
from findings.query import Highlight, Hit
from findings.redaction import masked, masked_record, masked_value, personal
from tests.support import records as make

FOUND = [
    ("请拨13800138000咨询", "mobile", "13800138000"),
    ("１３８００１３８０００", "mobile", "１３８００１３８０００"),
    ("1 3 8-0013-8000 张", "mobile", "1 3 8-0013-8000"),
    ("①③⑧0013⑧000", "mobile", "①③⑧0013⑧000"),
    ("+86 138 0013 8000", "mobile", "+86 138 0013 8000"),
    ("138\u200b0013\u200b8000", "mobile", "138\u200b0013\u200b8000"),
    ("身份证11010519491231002X。", "id_number", "11010519491231002X"),
    ("号１１０１０５１９４９１２３１００２Ｘ", "id_number", "１１０１０５１９４９１２３１００２Ｘ"),
    ("旧证110105491231002号", "id_number", "110105491231002"),
    ("卡号6222 0212 3456 7890 128", "bank_card", "6222 0212 3456 7890 128"),
    ("写信到zhang.san@mail.example哦", "email", "zhang.san@mail.example"),
    ("ｚｈａｎｇ＠mail.example", "email", "ｚｈａｎｇ＠mail.example"),
    ("QQ：123456789", "qq", "123456789"),
    ("加微信：abc_12345 进群", "wechat", "abc_12345"),
    ("VX abc12345", "wechat", "abc12345"),
    ("联系人：张三丰 上海", "name", "张三丰"),
    ("联系人：李四电话见下", "name", "李四"),
    ("详询王经理", "", ""),
    ("请找王经理", "name", "王"),
    ("，赵云女士", "name", "赵云"),
    ("户名：褚师傅", "name", "褚师傅"),
    ("联系人：慕容雪 手机", "name", "慕容雪"),
    ("聯繫人：陳大文", "name", "陳大文"),
    ("請找歐陽經理", "name", "歐陽"),
    ("加常老师", "name", "常"),
    ("客户经理 须通过考核", "", ""),
    ("，向经理咨询", "", ""),
]
NOT = [
    "客服400-820-8820",
    "全国热线 95588",
    "电话021-63231234",
    "info@star.example",
    "service01@star.example",
    "91310000MA1FL0XX1X",
    "110105194912310021",
    "卡号6222021234567890121",
    "订单138001380001234",
    "基金经理在管规模",
    "户名：王氏投资管理有限公司",
    "微信公众号：xinghelicai",
    "年化12.5%，10000元起",
    "沪ICP备13800138号",
    "案件 c1-a13800138000b13900139000cdef0123",
    "摘要 " + "13800138000abcde" * 4,
]


@pytest.mark.parametrize(("text", "kind", "quoted"), FOUND, ids=[row[0] for row in FOUND])
def test_personal_data_is_found_with_its_place(text: str, kind: str, quoted: str) -> None:
    found = [(one.kind.value, text[one.start : one.end]) for one in personal(text)]
    assert ((kind, quoted) in found) if kind else not found


@pytest.mark.parametrize("text", NOT)
def test_what_firms_show_of_themselves_stays(text: str) -> None:
    assert personal(text) == []


PIECES = st.sampled_from(
    [text for text, *_ in FOUND] + NOT + ["保本保息", "\n", "1", "3", " ", "*", "@", "x", "张"]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=12).map("".join),
    st.text(alphabet="0123456789 -xX@a.张经理微信q：１３\u200b*", max_size=80),
    st.text(max_size=60),
)


@given(TEXTS)
def test_masked_text_keeps_its_length_and_holds_none(text: str) -> None:
    clean = masked(text)
    assert len(clean) == len(text)
    assert personal(clean) == []
    assert masked(clean) == clean
    assert all(new in (old, "*") for old, new in zip(text, clean, strict=True))


@given(TEXTS, st.data())
def test_spans_of_a_masked_record_still_quote_its_text(text: str, data: st.DataObject) -> None:
    text = "保本" + text
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    field = data.draw(st.sampled_from(["text", "image"]))
    spans = (Span(field, start, end, text[start:end]),)
    ad = make.ad(text, make.finding(spans=spans), picture_text=text)
    clean = masked_record(ad)
    (span,) = clean.judgement.findings[0].spans
    assert (span.start, span.end) == (start, end)
    assert clean.text[start:end] == span.text
    assert clean.picture_text == clean.text
    assert masked_record(clean) == clean
    assert (clean.id, clean.case_id, clean.first_seen) == (ad.id, ad.case_id, ad.first_seen)


def test_contacts_of_a_landing_page_and_words_of_the_index_are_masked() -> None:
    contacts = Contacts(
        phones=("138 0013 8000", "400-820-8820"), emails=("li@m.example",), wechat=("licai_8",), qq=("12345",)
    )
    landing = Landing(url="https://p.example/", outcome=Outcome.OK, text="电话13800138000", contacts=contacts)
    clean = masked_record(make.ad("保本", landing=landing, tokens=("138", "0013", "8000")))
    assert clean.landing is not None
    assert clean.landing.text == "电话***********"
    assert clean.landing.contacts == Contacts(
        phones=("*************", "400-820-8820"), emails=("************",), wechat=("*******",), qq=("*****",)
    )
    assert clean.tokens == ()


def test_surnames_are_told_apart_by_how_often_they_are_borne() -> None:
    listed = yaml.safe_load(files("findings").joinpath("surnames.yaml").read_text("utf-8"))
    common, classic = ("".join(listed[kind].split()) for kind in ("common", "classic"))
    assert len(common) == len(set(common)) == 101
    assert not set(common) & set(classic)
    assert len(classic) == len(set(classic))
    assert {len(name) for name in listed["compound"]} == {2}


def test_keys_of_facets_are_masked_and_their_counts_added() -> None:
    counts = {"王13800138000": 2, "王13900139000": 1, "星河": 4}
    assert masked_value({"facets": {"advertiser": counts}}) == {
        "facets": {"advertiser": {"王***********": 3, "星河": 4}}
    }


def test_a_hit_as_json_is_masked_in_all_its_parts() -> None:
    ad = make.ad("保本，电话13800138000", make.finding(spans=(Span("text", 5, 10, "13800"),)))
    plain = masked_value(Hit(ad, (Highlight("text", 0, 2),)))
    assert "138" not in msgspec.json.encode(plain["ad"]["text"]).decode()
    assert plain["ad"]["judgement"]["findings"][0]["spans"][0]["text"] == "*****"
    assert plain["ad"]["id"] == ad.id
    assert plain["highlights"] == [{"field": "text", "start": 0, "end": 2}]
