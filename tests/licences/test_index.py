from licences.index import Index
from licences.names import text_key
from tests.support.licence_lists import entry, whitelist


def _index(*names: str) -> Index:
    return Index([whitelist(*(entry(name, id=name) for name in names))], ["云岫银行业", "商业银行"])


def _found(index: Index, text: str) -> list[tuple[int, str]]:
    return list(index.in_text(text_key(text)))


def test_the_longest_name_wins() -> None:
    index = _index("云岫银行", "云岫银行理财")
    assert _found(index, "找云岫银行理财") == [(1, "云岫银行理财")]


def test_a_phrase_around_a_name_hides_it() -> None:
    assert _found(_index("云岫银行"), "云岫银行业协会说，云岫银行") == [(8, "云岫银行")]


def test_short_brands_are_no_words_of_a_text() -> None:
    index = Index([whitelist(entry("云岫银行", brands=("岫行",)))])
    assert _found(index, "山岫行人稀") == []
    assert index.name("岫行") is not None


def test_a_phrase_is_no_firm_even_where_a_list_has_it() -> None:
    assert _index("商业银行").name("商业银行") is None


def test_one_letter_is_no_name() -> None:
    assert _index("云岫银行").name("云") is None


def test_host_of_a_subdomain_and_of_a_lookalike() -> None:
    index = Index([whitelist(entry("云岫银行", domains=("yunxiu.example",)))])
    assert index.host("a.b.yunxiu.example")
    assert not index.host("yunxiu.example.evil.example")


def test_a_shared_platform_on_a_list_is_nobodys() -> None:
    index = Index([whitelist(entry("云岫银行", domains=("weibo.com",)))])
    assert index.host("weibo.com") == ()
