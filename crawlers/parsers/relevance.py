"""Do results answer the query at all? An engine that suspects a machine may send none, or those of something else.

Said only where it is certain: an honest page must never be called a refusal, so anything unusual (a short
query, another script, a corrected or translated query) is taken for honest.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import unquote

from crawlers.parsers.document import Page, select, visible_text
from crawlers.parsers.urls import host_of
from findings.model.crawl import Organic

EMPTY_LIST = "an empty result list without the notice that there are no results"

#: Fewer results say too little.
_ENOUGH_RESULTS = 6
#: Fewer units of a query (words of four letters and more, pairs of ideographs) say too little.
_ENOUGH_UNITS = 2
#: How much is looked at: characters of a query, units of it, characters of all results.
_QUERY = 200
_UNITS = 40
_TEXT = 60_000

_OPERATOR = re.compile(
    r"""[-+]?\b(site|url|domain|filetype|ext|loc|location|language|feed|ip|prefer):(\S+)""", re.I
)
_EXCLUDED = re.compile(r"(?:^|\s)-(?:\"[^\"]*\"|\S+)")
_CODES = re.compile(r"\S*\d\S*")
_WORD = re.compile(r"[a-z]{4,}")
_IDEOGRAPHS = re.compile(r"[\u4e00-\u9fff]+")
#: Words of a query that any page may hold or lack.
_COMMON = frozenset((
    "about", "best", "free", "from", "have", "html", "http", "https", "online", "search", "that", "this", "what",
    "when", "where", "which", "with", "your",
))  # fmt: skip


def withheld(page: Page, css: str) -> bool:
    """Whether the page has its result list (`css`) and nothing in it that a reader could follow.

    An engine that found nothing says so; a page that changed holds its results somewhere in the list.
    """
    lists = select(page.tree, css)
    return bool(lists) and not any(
        visible_text(link, limit=20) for place in lists for link in place.iter("a")
    )


def unrelated(query: str, results: Sequence[Organic], beside: str = "") -> bool:
    """Whether not one of the results has anything to do with the query.

    `beside` is what else the page says about the query (answers, a cited address): a hit there is a hit.
    """
    if len(results) < _ENOUGH_RESULTS:
        return False
    asked = unicodedata.normalize("NFKC", query[:_QUERY]).casefold()
    sites = [value for name, value in _OPERATOR.findall(asked) if name in ("site", "domain", "url")]
    if any(_on_site(results, site) for site in sites):
        return False
    plain = _CODES.sub(" ", _EXCLUDED.sub(" ", _OPERATOR.sub(" ", asked)))
    words = [word for word in _WORD.findall(plain) if word not in _COMMON][:_UNITS]
    pairs = [run[index : index + 2] for run in _IDEOGRAPHS.findall(plain) for index in range(len(run) - 1)][
        :_UNITS
    ]
    if len(words) + len(pairs) < _ENOUGH_UNITS or not _simplified(plain):
        return False
    titles = _folded(one.title for one in results)
    shown = _folded([titles, *(f"{one.text} {unquote(one.url)}" for one in results), beside])
    if pairs and not words and not _same_script(pairs, results):
        return False
    if words and not pairs and not _latin(results):
        return False
    if any(pair in shown for pair in pairs) or _half_known("".join(pairs), titles):
        return False
    return not any(word in shown for word in words) and not _misspelt(words, shown)


def _folded(texts: Iterable[str]) -> str:
    return unicodedata.normalize("NFKC", " ".join(texts)[:_TEXT]).casefold()


def _on_site(results: Sequence[Organic], site: str) -> bool:
    wanted = site.split("/")[0].removeprefix("www.").removeprefix("*.").strip("\"'.")
    return not wanted or any(
        host_of(one.url).endswith(wanted) or wanted in one.url or wanted in one.text.casefold()
        for one in results
    )


def _simplified(query: str) -> bool:
    """Whether all ideographs are simplified ones: results to 證券 may say 证券 throughout."""
    try:
        "".join(_IDEOGRAPHS.findall(query)).encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _same_script(pairs: Sequence[str], results: Sequence[Organic]) -> bool:
    """Whether a Chinese query was answered in Chinese, or is so long that a translation is out of the question."""
    chinese = sum(1 for one in results if _IDEOGRAPHS.search(one.title + one.text))
    return len(pairs) >= 4 or chinese * 2 >= len(results)


def _latin(results: Sequence[Organic]) -> bool:
    """Whether a query in Latin letters was answered in them: `licai` may well be answered in Chinese."""
    chinese = sum(1 for one in results if _IDEOGRAPHS.search(one.title))
    return chinese * 4 <= len(results)


def _half_known(ideographs: str, titles: str) -> bool:
    """Whether titles hold half of the query's ideographs one by one: 贷款买房 is answered by 房贷."""
    asked = set(ideographs)
    return bool(asked) and len(asked & set(titles)) * 2 >= len(asked)


def _misspelt(words: Iterable[str], shown: str) -> bool:
    """Whether a word of the query stands there with another ending, or with one letter more, less or other."""
    known = set(_WORD.findall(shown))
    beginnings = {word[:5] for word in known}
    variants = {variant for word in known for variant in _one_letter_less(word)}
    return any(
        word[:5] in beginnings or not variants.isdisjoint(_one_letter_less(word))
        for word in words
        if len(word) >= 5
    )


def _one_letter_less(word: str) -> set[str]:
    """A word and what is left of it without one of its letters: two words that share one are a slip apart."""
    return {word, *(word[:index] + word[index + 1 :] for index in range(min(len(word), 30)))}
