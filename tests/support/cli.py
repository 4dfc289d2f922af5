"""The command line, run as a person runs it: in a process of its own, in a home of its own."""

import os
import subprocess
import sys
from pathlib import Path


def run_finadwatch(
    home: Path, *words: str, stdin: str | None = None, env: dict[str, str] | None = None
) -> "subprocess.CompletedProcess[str]":
    """Run `finadwatch …`; nothing of the caller's configuration reaches it. Waits 900 seconds at most."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
    return subprocess.run(
        [sys.executable, "-m", "finadwatch", *words],
        input=stdin,
        capture_output=True,
        text=True,
        env={**clean, "FINADWATCH_HOME": str(home), **(env or {})},
        timeout=900,
        check=False,
    )
