"""Bing: ads that scripts mark, and three refusals that look like answers.

When Bing suspects a machine it doesn't always say so. Its answer, HTTP 200, may be an empty result list
without the notice "no results", its start page, or results of another query (reported for years by public
metasearch projects). Each is `blocked`: counting it as "0 ads" would be wrong.
"""

import re

import msgspec

from crawlers.filters import AdFilters
from crawlers.parsers import search
from crawlers.parsers.document import Page, attribute, clean, select, visible_text
from crawlers.parsers.relevance import EMPTY_LIST, unrelated, withheld
from crawlers.sources.model import Candidate, Source
from findings.model.crawl import ParsedPage
from findings.model.vocabulary import Outcome

#: A script names the class whose `::before` is drawn as the label 广告, and the links it leads over the
#: click counter. Function names are random; the arguments are not.
_LABELLED = re.compile(r"""\(\s*["'](?:广告|Ad|Sponsored)["']\s*,\s*["']([A-Za-z][\w-]{1,60})["']""")
_PLAIN = re.compile(r"""\(\s*["']([A-Za-z][\w-]{1,60})["']\s*,\s*["'](?:网页|Web)["']""")
_LINKED = re.compile(
    r"""\(\s*["']([A-Za-z][\w-]{1,60})["']\s*,\s*["']https?:\\?/\\?/(?:www|cn)\.bing\.com\\?/aclic?k\?"""
)
_MAX_NAMES = 40
_SCRIPT = 2_000_000
_SUFFIX = re.compile(
    r"\s*[-–—|_]\s*(搜索|国内版|国际版|Search|必应|微软必应|(Microsoft )?(Bing|必应))( (Bing|必应|Search))?\s*$",
    re.I,
)
_HOME = re.compile(r"^\s*(搜索\s*-\s*)?(Microsoft\s*|微软\s*)?(Bing|必应|Search - Microsoft Bing)\s*$", re.I)
_CORRECTED = "#sp_requery, #sp_recourse, .sp_requery, .sp_recourse, .b_requery, .b_translate_notice"


def read(source: Source, page: Page, filters: AdFilters) -> ParsedPage:
    """One result page of either interface and any era."""
    parsed = search.read(_with_script_marks(source, page), page, filters)
    why = None
    if parsed.outcome is Outcome.SELECTOR_BROKEN:
        why = _withheld(page)
    elif parsed.outcome is Outcome.OK and not parsed.ads and _answers_something_else(page, parsed):
        why = "results unrelated to the query: not one shares a word with it"
    if why is None:
        return parsed
    return ParsedPage(source=source.name, outcome=Outcome.BLOCKED, detail=why)


def query_of(page: Page) -> str:
    """What was asked: by the page's own search box, else its title, else empty."""
    for box in select(page.tree, "#sb_form_q, #sb_form input[name=q], #sb_form textarea[name=q]"):
        text = clean(attribute(box, "value") or box.text_content()[:1000])
        if text:
            return text
    return _SUFFIX.sub("", page.title) if _SUFFIX.search(page.title) else ""


def _with_script_marks(source: Source, page: Page) -> Source:
    """The source with this page's own marks: classes and link ids that its scripts name."""
    labelled: dict[str, None] = {}
    plain: set[str] = set()
    linked: dict[str, None] = {}
    left = _SCRIPT
    for script in page.tree.iter("script"):
        text = (script.text or "")[:left]
        left -= len(text)
        labelled.update(dict.fromkeys(_LABELLED.findall(text)))
        plain.update(_PLAIN.findall(text))
        linked.update(dict.fromkeys(_LINKED.findall(text)))
    classes = [name for name in labelled if name not in plain][:_MAX_NAMES]
    rules = [f".b_caption p.{name}" for name in classes] + [
        f"a[id='{name}']" for name in list(linked)[:_MAX_NAMES]
    ]
    if not rules:
        return source
    own = Candidate(name="script-label", css=", ".join(f"li.b_algo {rule}" for rule in rules))
    marks = (*source.candidates("ad_mark"), own)
    return msgspec.structs.replace(source, selectors={**source.selectors, "ad_mark": marks})


def _withheld(page: Page) -> str | None:
    """Why a page without results is a refusal, or None where it may be a page that we can't read."""
    if withheld(page, "#b_results"):
        return EMPTY_LIST
    if select(page.tree, "#b_results") or not _HOME.match(page.title):
        return None
    home = select(page.tree, "#sb_form, form[action='/search']")
    return "the engine's start page instead of results" if home else None


def _answers_something_else(page: Page, parsed: ParsedPage) -> bool:
    query = query_of(page)
    if not query or select(page.tree, _CORRECTED):
        return False
    beside = " ".join(
        visible_text(place, limit=4_000)
        for place in select(page.tree, "#b_results .b_ans, #b_context, #b_pole, #b_topw, cite")[:60]
    )
    return unrelated(query, parsed.organic, beside)
