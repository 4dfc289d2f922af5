"""From what a plan asks for to the address of one page."""

from urllib.parse import quote, urlsplit

from crawlers.sources.model import Source
from findings.model.errors import UsageError
from findings.model.vocabulary import Device


def task_url(source: Source, keyword: str | None, page: int = 1, device: Device = Device.DESKTOP) -> str:
    """The address of result page `page` (from 1) for a keyword, on the live host.

    For a source whose template is `{url}` (watchlist, portal) the keyword is the address itself.
    A source without a template for the device falls back to its desktop one.
    Raises UsageError for a page below 1, a missing keyword, or an address that is not http(s).
    """
    if page < 1:
        raise UsageError(f"pages count from 1, there is no page {page}", zh=f"页码从 1 开始，不能是 {page}")
    template = source.url.get(device) or source.url[Device.DESKTOP]
    wanted = (keyword or "").strip()
    if "{url}" in template:
        _require_web_address(source, wanted)
        return wanted
    if ("{q}" in template or "{q}" in str(source.asked(device).body)) and not wanted:
        raise UsageError(
            f"source {source.name} needs a keyword: give one", zh=f"来源 {source.name} 需要关键词：请给出"
        )
    offset = source.paging.first + (page - 1) * source.paging.step
    # Replaced, not formatted: a keyword may hold braces.
    return (
        template.replace("{pn}", str(offset))
        .replace("{page}", str(page))
        .replace("{q}", quote(wanted, safe="", errors="replace"))
    )


def _require_web_address(source: Source, url: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as bad:
        raise UsageError(
            f"source {source.name} was given {url[:200]!r}, which is no address: correct it",
            zh=f"来源 {source.name} 的网址无法识别：{url[:200]!r}，请改正",
        ) from bad
    if parts.scheme not in ("http", "https") or not host:
        raise UsageError(
            f"source {source.name} needs an http(s) address, not {url[:200]!r}",
            zh=f"来源 {source.name} 需要 http(s) 网址，得到的是 {url[:200]!r}",
        )
