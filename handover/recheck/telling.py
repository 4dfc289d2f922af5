"""What one fetch tells of an ad that was handed over, and what the fetches of one visit tell together. Pure.

A page that answers 404 or 410, stands closed in a hoster's words, has a host that no longer resolves, or shows other
content tells that the ad is not there. A refusal, a captcha, a time-out, a robots rule tell nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files

import msgspec
import yaml

from findings.cases.fingerprint import DISTANCE, SHORT, differing, letters, simhash
from findings.cases.fingerprint import kept as what_counts
from findings.model.crawl import EvidenceRef, SeenAd
from findings.model.handover import Visit
from findings.model.ids import landing_key
from findings.model.vocabulary import Device, Outcome

#: Of the runs of letters of the page that was handed over, this share on today's page makes it the same.
SAME_SHARE = 0.3
#: Letters of a run that are compared, and of a quotation that proves the page.
_RUN, _QUOTE = 5, 6
#: Fewer letters than this of the page that was handed over can't be compared: it was drawn, not written.
_COMPARABLE = 30
_MOST_WHY = 300

#: Why a fetch that brought no answer says nothing.
_SAYS_NOTHING: dict[Outcome, str] = {
    Outcome.CAPTCHA: "出现验证码，无法判断",
    Outcome.LOGIN: "要求登录，无法判断",
    Outcome.BLOCKED: "访问被拒，无法判断",
    Outcome.TIMEOUT: "访问超时，无法判断",
    Outcome.UNREACHABLE: "无法连接，不能据此认定消失",
    Outcome.SKIPPED: "按规则未访问（robots 或内网地址），无法判断",
    Outcome.SELECTOR_BROKEN: "页面改版未能解析，无法判断",
    Outcome.ERROR: "访问出错，无法判断",
    Outcome.EMPTY: "页面为空，无法判断",
}


class Told(msgspec.Struct, frozen=True):
    """Whether the ad is there (None: it can't be told), and why, in one sentence."""

    there: bool | None
    why: str


class KeptAd(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an ad that was handed over: `page` are the words of the page behind it, `quotes` what its
    findings quote there, `creative` its own words."""

    source: str
    creative: str
    page: str
    quotes: tuple[str, ...] = ()


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What a fetch of a page brought. `unresolved`: the name was asked for twice, and each time it did not exist."""

    outcome: Outcome
    status: int | None = None
    title: str = ""
    text: str = ""
    unresolved: bool = False


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """One fetch of a visit and what it tells. `decides`: without the ad here it is not there; else a hit counts and a miss
    tells nothing, as of one page of a search engine that shows other ads each time."""

    told: Told
    decides: bool
    url: str
    outcome: Outcome
    at: datetime
    region: str | None
    device: Device = Device.DESKTOP
    evidence: tuple[EvidenceRef, ...] = ()


class ClosedWords(msgspec.Struct, frozen=True):
    """`closed_pages.yaml`: what each group of words means; `silent` ones say nothing."""

    longest: int
    words: dict[str, tuple[str, ...]]
    silent: tuple[str, ...] = ()


@cache
def closed_words() -> ClosedWords:
    """The words that ship."""
    whole = yaml.safe_load(files("handover.recheck").joinpath("closed_pages.yaml").read_text("utf-8"))
    return msgspec.convert(whole, ClosedWords)


def page_tells(ads: Sequence[KeptAd], fetched: Fetched, closed: ClosedWords) -> Told:
    """What a fetch of the page behind an ad tells."""
    status = fetched.status
    if fetched.outcome is Outcome.ERROR and status in (404, 410):
        return Told(False, f"页面返回 {status}，已不存在")
    if fetched.outcome is Outcome.UNREACHABLE and fetched.unresolved:
        return Told(False, "域名两次查询均无法解析")
    content = _same_content(ads, fetched) if fetched.outcome is Outcome.OK else None
    if content and content.there:
        return content
    if fetched.outcome in (Outcome.OK, Outcome.BLOCKED) and (stands := _stands_instead(ads, fetched, closed)):
        return stands
    if fetched.outcome is Outcome.OK:
        return content or Told(True, "页面仍可访问（原页面文字过少，未比对内容）")
    return Told(None, _SAYS_NOTHING[fetched.outcome])


def source_tells(
    ads: Sequence[KeptAd], urls: Iterable[str], outcome: Outcome, seen: Sequence[SeenAd]
) -> Told:
    """What a fetch of the source where an ad was seen tells: it shows an ad that leads to the same page, or one of nearly
    the same words."""
    if outcome not in (Outcome.OK, Outcome.EMPTY):
        return Told(None, _SAYS_NOTHING[outcome])
    wanted = {landing_key(url) for url in urls} - {""}
    for ad in seen:
        reached = (ad.landing_url, ad.landing.final_url if ad.landing else None)
        if any(landing_key(url) in wanted for url in reached if url):
            return Told(True, "来源仍展示指向同一页面的广告")
        creative = f"{ad.title}\n{ad.text}"
        if any(_alike(known.creative, creative) for known in ads):
            return Told(True, "来源仍展示相同内容的广告")
    return Told(False, "来源本次未展示该广告")


def one_visit(probes: Sequence[Probe]) -> Visit:
    """The visit that fetches of one round from one region make together (at least one).

    The ad is there where any fetch saw it; it is not where all that decide say so.
    """
    hit = next((probe for probe in probes if probe.told.there), None)
    deciding = [probe for probe in probes if probe.decides]
    gone = bool(deciding) and all(probe.told.there is False for probe in deciding)
    silent = next((probe for probe in deciding if probe.told.there is None), None)
    front = hit or silent or (deciding or list(probes))[0]
    there = True if hit else (False if gone else None)
    whys = dict.fromkeys([front.told.why, *(probe.told.why for probe in probes)])
    evidence = {(ref.role, ref.sha256): ref for probe in probes for ref in probe.evidence}
    return Visit(
        at=max(probe.at for probe in probes),
        url=front.url,
        outcome=front.outcome,
        there=there,
        why="；".join(whys)[:_MOST_WHY],
        region=front.region,
        device=front.device,
        evidence=tuple(evidence.values()),
    )


def _stands_instead(ads: Sequence[KeptAd], fetched: Fetched, closed: ClosedWords) -> Told | None:
    """What a page tells that stands where a site was, or before it; None for any other page."""
    shown = letters(f"{fetched.title}\n{fetched.text}")
    if not shown or len(shown) > closed.longest:
        return None
    before = [letters(ad.page) for ad in ads]

    def shows(word: str) -> bool:
        plain = letters(word)
        return plain in shown and not any(plain in page for page in before)

    if hides := next(filter(shows, closed.silent), None):
        return Told(None, f"页面显示“{hides}”，无法判断")
    means = next((meaning for meaning, words in closed.words.items() if any(map(shows, words))), None)
    return Told(False, f"页面显示“{means}”") if means else None


def _same_content(ads: Sequence[KeptAd], fetched: Fetched) -> Told | None:
    """Whether a page shows what it showed; None where that had too few words to compare."""
    shown = what_counts(f"{fetched.title}\n{fetched.text}")
    comparable = [ad for ad in ads if len(what_counts(ad.page)) >= _COMPARABLE]
    if not comparable:
        return None
    runs = _runs(shown)
    for ad in comparable:
        if any(len(quote) >= _QUOTE and quote in shown for quote in map(what_counts, ad.quotes)):
            return Told(True, "页面仍有原引用内容")
        before = _runs(what_counts(ad.page))
        if len(before & runs) >= SAME_SHARE * len(before):
            return Told(True, "页面仍可访问，内容相同或相近")
    if len(shown) < _COMPARABLE:  # a page that waits or asks for a script: nobody saw what it would show
        return Told(None, "页面文字过少，无法判断")
    return Told(False, "页面仍可访问，但已无原广告内容")


def _runs(plain: str) -> set[str]:
    return {plain[at : at + _RUN] for at in range(max(1, len(plain) - _RUN + 1))}


def _alike(one: str, other: str) -> bool:
    first, second = what_counts(one), what_counts(other)
    if len(first) < SHORT or len(second) < SHORT:
        return bool(first) and first == second
    return differing(simhash(one), simhash(other)) <= DISTANCE
