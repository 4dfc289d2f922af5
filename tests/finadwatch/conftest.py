"""The command line, run as a person runs it: in a process of its own, in a home of its own."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def call(home: Path) -> Call:
    """Run `finadwatch …`; keyword `stdin` is its standard input, `env` adds to the environment."""

    def run(
        *words: str, stdin: str | None = None, env: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
        return subprocess.run(
            [sys.executable, "-m", "finadwatch", *words],
            input=stdin,
            capture_output=True,
            text=True,
            env={**clean, "FINADWATCH_HOME": str(home), **(env or {})},
            timeout=240,
            check=False,
        )

    return run
