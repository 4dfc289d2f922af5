"""Names of things, computed from what they are (design §4), so that every stage is idempotent."""

import hashlib
import re
import unicodedata
from functools import cache
from importlib.resources import files
from urllib.parse import parse_qsl, urlencode, urlsplit

import yaml

#: How the id of a run begins that only visits ads again which were handed over: its pages say nothing of how well a
#: source is watched, so coverage leaves them out.
RECHECK_RUN = "v1-"

_SPACE = re.compile(r"\s+")


@cache
def tracking_keys() -> frozenset[str]:
    """Query keys that say where a click came from, not what it leads to (`tracking_keys.yaml`)."""
    listed = yaml.safe_load(files("findings.model").joinpath("tracking_keys.yaml").read_text("utf-8"))
    return frozenset(str(key).lower() for key in listed["keys"])


def normalise_creative(text: str) -> str:
    """The form of a creative that its identity rests on: NFKC, case-folded, single spaces."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def landing_key(url: str | None) -> str:
    """Host and path of a landing URL, with its query less the listed tracking keys, sorted.

    An absent or unreadable URL gives the empty string.
    """
    if not url:
        return ""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    except ValueError:
        return ""
    kept = sorted(
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key.lower() not in tracking_keys()
    )
    query = f"?{urlencode(kept)}" if kept else ""
    return f"{host}{port}{parts.path or '/'}{query}"


def landing_host(url: str | None) -> str | None:
    """The host name of a URL in lower case, or None."""
    try:
        return (urlsplit(url).hostname or None) if url else None
    except ValueError:
        return None


def _digest(*parts: str) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(joined).hexdigest()[:32]


def ad_id(source: str, landing_url: str | None, creative: str) -> str:
    """`a1-` and 32 hex digits of SHA-256 over source, landing key and normalised creative.

    `landing_url` is the unwrapped target; wrapped click URLs never enter an id.
    """
    return "a1-" + _digest(source, landing_key(landing_url), normalise_creative(creative))


def finding_id(ad: str, what: int | str) -> str:
    """Ad id and category (1–9) or form duty."""
    return f"{ad}-{what}"


def sighting_id(ad: str, task: str) -> str:
    """`s1-` and 32 hex digits over ad id and task id."""
    return "s1-" + _digest(ad, task)


def case_id(landing_url: str | None, advertiser: str | None, creative: str) -> str:
    """`c1-` and 32 hex digits over landing host (else the advertiser shown) and creative.

    The source does not enter: the same ad on two portals is one case.
    """
    who = landing_host(landing_url) or normalise_creative(advertiser or "")
    return "c1-" + _digest(who, normalise_creative(creative))


def task_id(
    run: str, source: str, url: str, keyword: str | None, device: str, page: int, region: str | None
) -> str:
    """`t1-` and 32 hex digits over run, source, keyword, device, page, region and URL."""
    return "t1-" + _digest(run, source, url, keyword or "", device, str(page), region or "")
