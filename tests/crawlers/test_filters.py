"""Filter lists: what their rules say about requests, elements and texts."""

from pathlib import Path

import pytest

from crawlers.filters import AdFilters, plain_selector
from findings.model.errors import UsageError

LIST = """[Adblock Plus 2.0]
! a comment
||ads.example^
##.promo
portal.example##.own-box
other.example##.not-here
portal.example#@#.promo-kept
##.promo-kept
portal.example#?#li:-abp-contains(广告)
news.portal.example,b.example#?#.row:-abp-has(> .tag:-abp-contains(/推广|赞助/))
#?#.any:has-text(AD)
portal.example#?#li:-abp-properties(width: 1px)
portal.example#?#li:-abp-contains(/a.*b/)
"""
FILTERS = AdFilters.from_text(LIST)


def test_network_rule_names_a_request() -> None:
    assert FILTERS.blocks("https://x.ads.example/frame", "https://portal.example/", "subdocument")
    assert not FILTERS.blocks("https://portal.example/frame", "https://portal.example/", "subdocument")


def test_element_rules_of_a_page() -> None:
    rules = FILTERS.element_rules("https://portal.example/", {"promo", "promo-kept"}, set())
    assert ".promo" in rules
    assert ".own-box" in rules
    assert ".promo-kept" not in rules
    assert ".not-here" not in rules


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("portal.example", {'li:contains("广告")', '.any:contains("AD")'}),
        (
            "news.portal.example",
            {
                'li:contains("广告")',
                '.any:contains("AD")',
                '.row:has(> .tag:is(:contains("推广"), :contains("赞助")))',
            },
        ),
        ("unrelated.example", {'.any:contains("AD")'}),
    ],
)
def test_text_rules_of_a_page(host: str, expected: set[str]) -> None:
    assert set(FILTERS.text_rules(f"https://{host}/a")) == expected


@pytest.mark.parametrize(
    ("extended", "expected"),
    [
        ("p:-abp-contains(a)", 'p:contains("a")'),
        ("p:contains('a b')", 'p:contains("a b")'),
        ('p:has-text(say "x")', 'p:contains("say \\"x")'),
        ("p:has-text(/甲|乙/)", 'p:is(:contains("甲"), :contains("乙"))'),
        ("p:has-text(/甲[0-9]/)", None),
        ("p:-abp-properties(x)", None),
    ],
)
def test_extended_selector_in_plain_terms(extended: str, expected: str | None) -> None:
    assert plain_selector(extended) == expected


def test_no_list_says_nothing() -> None:
    nothing = AdFilters.none()
    assert not nothing.loaded
    assert not nothing.blocks("https://ads.example/", None, "image")
    assert nothing.element_rules(None, {"promo"}, set()) == ()
    assert nothing.text_rules("http://[") == ()


def test_list_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(b"\xef\xbb\xbf" + LIST.encode() + b"\xff\xfe broken bytes\n")
    assert AdFilters.load(path).loaded


@pytest.mark.parametrize("content", [b"", b"! only a comment\n", b"[Adblock Plus 2.0]\n"])
def test_list_without_rules_is_a_usage_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "list.txt"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="no rule"):
        AdFilters.load(path)


def test_missing_list_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be read"):
        AdFilters.load(tmp_path / "none.txt")
