"""Where tests of hours keep their state, so that one that was interrupted goes on."""

import os
import sys
from pathlib import Path


def folder_of(name: str) -> Path:
    """The folder of one such test, below FINADWATCH_ENDURANCE; remove it to begin anew."""
    root = os.environ.get("FINADWATCH_ENDURANCE") or "~/.cache/finadwatch/endurance"
    folder = Path(root).expanduser() / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def told(name: str, figures: str) -> None:
    """Keep and show the figures that a test ended with."""
    (folder_of(name) / "figures.json").write_text(figures + "\n", "utf-8")
    print(f"{name}: {figures}", file=sys.stderr)
