"""What tests keep between runs, once a machine: servers fetched, models built, patterns compiled."""

import functools
import os
from pathlib import Path

#: Rulesets whose compiled patterns are kept, 17 MB each; the oldest go first.
_KEPT = 4


def cache() -> Path:
    """The folder for it: FINADWATCH_CACHE, else ~/.cache/finadwatch."""
    return Path(os.environ.get("FINADWATCH_CACHE") or "~/.cache/finadwatch").expanduser()


@functools.cache
def patterns() -> Path:
    """The folder of compiled patterns. Their names carry a digest of all that was compiled, so none is stale."""
    folder = cache() / "patterns"
    folder.mkdir(parents=True, exist_ok=True)
    newest = sorted(folder.glob("*.hsdb"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in newest[_KEPT:]:
        file.unlink(missing_ok=True)
    return folder


def share_patterns(home: Path) -> None:
    """Let a home find the compiled patterns of tests before it: the shipped rules take 8 s to compile."""
    link = home / "cache"
    if not link.exists():
        link.symlink_to(patterns(), target_is_directory=True)
