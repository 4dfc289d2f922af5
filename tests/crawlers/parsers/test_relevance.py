"""Results of another query are told from honest ones, and an honest page is never called a refusal."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.parsers.relevance import unrelated
from findings.model.crawl import Organic


def _results(*titles: str, url: str = "https://a{}.example/", text: str = "") -> list[Organic]:
    return [
        Organic(title=title, url=url.format(index), text=text, position=index)
        for index, title in enumerate(titles, 1)
    ]


_COOKERY = _results(
    "红烧肉的家常做法", "十分钟学会煎蛋", "今晚吃什么？汤羹大全", "烘焙入门：面团发酵", "炒青菜不出水的窍门", "腌制泡菜的坛子怎么选"
)  # fmt: skip
_WEATHER = _results(
    "Weather in Oslo this weekend", "Ten-day forecast", "Rain radar and wind map", "Snow report for skiers",
    "Tide tables", "Sunrise and sunset times"
)  # fmt: skip


@pytest.mark.parametrize(
    ("query", "results"),
    [
        ("证券投资咨询", _COOKERY),
        ("贷款 额度", _COOKERY),
        ("personal loan companies", _WEATHER),
        ('"personal loan" -student filetype:pdf', _WEATHER),
        ("个人消费贷款利率", _WEATHER),
        ("site:bank.example personal loan", _WEATHER),
        ("贷款 personal", _WEATHER),
    ],
)
def test_results_of_another_query(query: str, results: list[Organic]) -> None:
    assert unrelated(query, results)


_HONEST = {
    "one-of-many": ("证券投资咨询", [*_COOKERY[:5], *_results("某公司证券开户")]),
    "word-only-in-address": ("personal loan", _results(*["Home"] * 6, url="https://loan{}.example/")),
    "word-only-in-text": ("personal loan", _results(*["Home"] * 6, text="Apply for a LOAN today")),
    "escaped-address": ("证券投资", _results(*["首页"] * 6, url="https://a{}.example/%E8%AF%81%E5%88%B8")),
    "site-query-alone": ("site:bank.example", _results(*["Home"] * 6, url="https://www.bank.example/{}")),
    "site-query-with-words": ("利率表 site:bank.example", _results(*["Home"] * 6, url="https://m.bank.example/{}")),
    "site-query-off-site": ("site:bank.example", _WEATHER),
    "chinese-query-answered-in-english": ("英伟达", _results(*["NVIDIA news"] * 6)),
    "pinyin-answered-in-chinese": ("licai chanpin", _COOKERY),
    "latin-answered-in-chinese": ("beijing university", _results(*["清华大学"] * 6)),
    "traditional-answered-in-simplified": ("證券帳戶開戶", _results(*["证券账户开户流程"] * 6)),
    "traditional-alone": ("證券帳戶", _COOKERY),
    "misspelt": ("persnal laon", _results(*["Personal lending explained"] * 6)),
    "other-ending": ("investing basics", _results(*["Investment for beginners"] * 6)),
    "synonym-shares-ideographs": ("买房贷款", _results(*["房贷怎么办理"] * 6)),
    "too-few-results": ("证券投资咨询", _COOKERY[:5]),
    "too-short-query": ("理财", _COOKERY),
    "one-word": ("python", _COOKERY + _WEATHER),
    "numbers": ("13800000000 95588", _COOKERY),
    "other-script": ("кредит наличными", _COOKERY),
    "only-excluded": ("-personal -loan", _WEATHER),
    "empty": ("", _WEATHER),
    "full-width": ("ＰＥＲＳＯＮＡＬ　ＬＯＡＮ", _results(*["personal loan"] * 6)),
}  # fmt: skip


@pytest.mark.parametrize(("query", "results"), _HONEST.values(), ids=_HONEST.keys())
def test_honest_results(query: str, results: list[Organic]) -> None:
    assert not unrelated(query, results)


def test_an_answer_beside_the_results_is_a_hit() -> None:
    assert unrelated("证券投资咨询", _COOKERY)
    assert not unrelated("证券投资咨询", _COOKERY, "证券：有价凭证的统称")


_WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=10)


@given(
    query=st.lists(_WORDS | st.text("证券投资理财贷款保险", min_size=2, max_size=8), min_size=1, max_size=5),
    noise=st.lists(st.text(max_size=30), min_size=6, max_size=12),
    place=st.integers(0, 5),
)
def test_one_result_with_a_word_of_the_query_is_enough(
    query: list[str], noise: list[str], place: int
) -> None:
    results = _results(*noise)
    hit = query[0]
    results[place] = Organic(title=f"{noise[place]} {hit} ", url="https://a.example/", text="", position=1)
    assert not unrelated(" ".join(query), results)


@given(query=st.text(max_size=60), titles=st.lists(st.text(max_size=20), max_size=10))
def test_any_text_is_judged(query: str, titles: list[str]) -> None:
    assert unrelated(query, _results(*titles)) in (True, False)


def test_long_texts_take_no_longer_than_they_must() -> None:
    results = _results(*["q" * 50_000 + " " + "word " * 40_000] * 300)
    started = time.process_time()
    unrelated("site:" * 100 + "personal loan " * 10_000, results)
    assert time.process_time() - started < 10
