"""The list of ad rules (EasyList China): given by path, or fetched and kept; never part of this project.

Its terms (GPL-3 or CC BY-SA 3.0) let a user fetch it; they don't let us ship it under ours.
"""

import ssl
import time
import urllib.request
from pathlib import Path

from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import progress

#: A fetched list older than this is fetched anew, in seconds; the list's own header asks for days.
KEEP_S = 4 * 86_400
#: Bytes after which an answer is no filter list (today's has 0.55 MB).
MOST = 20_000_000


def filter_list(desk: Desk) -> Path | None:
    """The path of the list, or None where there is none: then only text marks prove an ad."""
    crawl = desk.config.crawl
    if crawl.filter_list:
        return Path(crawl.filter_list)
    kept = desk.config.home / "filters" / "easylistchina.txt"
    if crawl.filter_list_url is None or (kept.exists() and time.time() - kept.stat().st_mtime < KEEP_S):
        return kept if kept.exists() else None
    try:
        _fetch(crawl.filter_list_url, kept)
    except (OSError, ValueError) as error:
        progress(
            t(
                f"未能取得广告规则列表（{error}）：{'沿用旧列表' if kept.exists() else '本次只按文字标记识别广告位'}",
                f"the list of ad rules can't be fetched ({error}): "
                + ("the kept one is used" if kept.exists() else "only text marks prove an ad this time"),
            )
        )
    return kept if kept.exists() else None


def _fetch(url: str, target: Path) -> None:
    """Fetch aside and swap in. Raises OSError, or ValueError for an answer that is no filter list."""
    if not url.startswith("https://"):
        raise ValueError("not https")
    with urllib.request.urlopen(url, timeout=20, context=ssl.create_default_context()) as answer:  # noqa: S310
        data = answer.read(MOST + 1)
    if len(data) > MOST or not data.lstrip(b"\xef\xbb\xbf").startswith(b"[Adblock"):
        raise ValueError("the answer is no filter list")
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_suffix(".part")
    aside.write_bytes(data)
    aside.replace(target)
