"""Clicks on ads: only within the leave that the plan names, each written down before it is made."""

import hashlib
from pathlib import Path

import msgspec

from crawlers.shared_file import locked, replace_file
from findings.model.crawl import ParsedAd

#: Runs remembered; the oldest go first.
_MOST_RUNS = 100


def ad_key(ad: ParsedAd) -> str:
    """The same creative shown again, whatever click address it bears this time: 16 hex digits."""
    shown = "\x1f".join((ad.title, ad.text, ad.display or ""))
    return hashlib.sha256(shown.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class ClickLog:
    """Which ads were clicked in a run, by source, in one small file that several crawls may share.

    A click can charge the advertiser, so it is written down before it is made: a run that was
    killed and taken up again never clicks the same ad twice, nor more often than its leave says.
    With a log that can't be read no ad is clicked: what was charged before is not known.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._clicked: dict[str, dict[str, list[str]]] = {}

    def take(self, run_id: str, source: str, ad: ParsedAd, most: int) -> bool:
        """Whether an ad may be clicked now; if so the click counts from here on."""
        key = ad_key(ad)
        with locked(self._file):
            # Another crawl may have written since: what it clicked stays counted.
            if not self._read():
                return False
            taken = self._clicked.setdefault(run_id, {}).setdefault(source, [])
            if key in taken or len(taken) >= most:
                return False
            taken.append(key)
            while len(self._clicked) > _MOST_RUNS:
                del self._clicked[next(iter(self._clicked))]
            replace_file(self._file, msgspec.json.encode(self._clicked))
        return True

    def _read(self) -> bool:
        try:
            self._clicked = msgspec.json.decode(self._file.read_bytes(), type=dict[str, dict[str, list[str]]])
        except FileNotFoundError:
            pass  # no ad was clicked yet
        except (OSError, msgspec.DecodeError):
            return False
        return True
