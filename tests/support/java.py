"""Finds the JDK that runs Elasticsearch."""

import os
import re
from pathlib import Path

NEEDED = 21
JVMS = Path("/usr/lib/jvm")
_VERSION = re.compile(r'^JAVA_VERSION="(\d+)', re.MULTILINE)


class PartMissing(Exception):
    """A part that tests need is not installed; the sentence says what to install."""


def java_home() -> Path:
    """`ES_JAVA_HOME`, else the newest JDK under /usr/lib/jvm; version 21 or later."""
    given = os.environ.get("ES_JAVA_HOME")
    if given:
        if _version(Path(given)) < NEEDED:
            raise PartMissing(f"ES_JAVA_HOME={given} is no JDK {NEEDED} or later: point it to one")
        return Path(given)
    newest = max(JVMS.glob("*"), key=_version, default=Path("/"))
    if _version(newest) < NEEDED:
        raise PartMissing(
            f"Elasticsearch needs a JDK {NEEDED} or later and {JVMS} holds none:"
            " install Temurin 25 (or apt's openjdk-21-jdk-headless where offered), or set ES_JAVA_HOME"
        )
    return newest


def _version(home: Path) -> int:
    release = home / "release"
    if not (home / "bin" / "java").is_file() or not release.is_file():
        return 0
    found = _VERSION.search(release.read_text("utf-8", "replace"))
    return int(found.group(1)) if found else 0
