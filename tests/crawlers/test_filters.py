"""Filter lists: what their rules say about requests, elements and texts."""

from pathlib import Path

import pytest

from crawlers.filters import AdFilters
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


_LI = "li:-abp-contains(广告)"
_ROW = ".row:-abp-has(> .tag:-abp-contains(/推广|赞助/))"
_ANY = ".any:has-text(AD)"
_PATTERN = "li:-abp-contains(/a.*b/)"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("portal.example", {_LI, _ANY, _PATTERN}),
        ("news.portal.example", {_LI, _ANY, _ROW, _PATTERN}),
        ("unrelated.example", {_ANY}),
    ],
)
def test_text_rules_of_a_page(host: str, expected: set[str]) -> None:
    assert set(FILTERS.text_rules(f"https://{host}/a")) == expected


def test_domains_that_a_text_rule_is_not_for() -> None:
    filters = AdFilters.from_text(
        "~kept.portal.example,portal.example#?#li:-abp-contains(a)\n"
        "~off.example##p:has-text(b)\n"
        "portal.example##div:has-text(c)\n"
    )

    def rules(host: str) -> set[str]:
        return set(filters.text_rules(f"https://{host}/"))

    both = {"li:-abp-contains(a)", "p:has-text(b)", "div:has-text(c)"}
    assert rules("portal.example") == rules("x.portal.example") == both
    assert rules("kept.portal.example") == {"p:has-text(b)", "div:has-text(c)"}
    assert rules("off.example") == rules("sub.off.example") == set()
    assert rules("elsewhere.example") == {"p:has-text(b)"}


@pytest.mark.parametrize("mark", ["#@#", "#@?#", "#?@#"])
def test_an_exception_takes_a_text_rule_back_where_it_holds(mark: str) -> None:
    filters = AdFilters.from_text(f"#?#li:-abp-contains(a)\nkept.example{mark}li:-abp-contains(a)\n")
    assert filters.text_rules("https://www.kept.example/") == ()
    assert filters.text_rules("https://other.example/") == ("li:-abp-contains(a)",)


@pytest.mark.parametrize(
    ("option", "plain", "conditions", "requests"),
    [
        ("elemhide", False, False, True),
        ("document", False, False, False),
        ("generichide", False, False, True),
        ("subdocument", True, True, True),
    ],
)
def test_exempted_page(option: str, plain: bool, conditions: bool, requests: bool) -> None:
    filters = AdFilters.from_text(
        f"@@||kept.example^${option}\n##.promo\n#?#li:-abp-contains(a)\n||ads.example^\n"
    )
    page = "https://www.kept.example/a"
    assert bool(filters.element_rules(page, {"promo"}, set())) is plain
    assert bool(filters.text_rules(page)) is conditions
    assert filters.blocks("https://ads.example/x", page, "image") is requests
    other = "https://other.example/"
    assert filters.element_rules(other, {"promo"}, set()) == (".promo",)
    assert filters.text_rules(other) == ("li:-abp-contains(a)",)


def test_network_exception() -> None:
    filters = AdFilters.from_text("||ads.example^\n@@||ads.example/kept/$domain=portal.example\n")
    page = "https://portal.example/"
    assert filters.blocks("https://ads.example/x", page, "subdocument")
    assert not filters.blocks("https://ads.example/kept/x", page, "subdocument")
    assert filters.blocks("https://ads.example/kept/x", "https://other.example/", "subdocument")


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
