"""The command line in this process: the same words, output and exit codes, without starting Python anew."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from finadwatch.cli import main


@dataclass(frozen=True)
class Ran:
    """What a call printed and its exit code."""

    code: int
    out: str
    err: str

    @property
    def values(self) -> list[Any]:
        """The JSON values of its lines."""
        return [msgspec.json.decode(line) for line in self.out.splitlines() if line]


@dataclass(frozen=True)
class Office:
    """A home with a store, and officers who call the program there."""

    home: Path
    store: str

    def __call__(self, *words: str, stdin: str = "", by: str | None = None) -> Ran:
        """Run `finadwatch …` on the store; `by` is who acts."""
        named = ("--as", by) if by else ()
        out, err = io.StringIO(), io.StringIO()
        with _surroundings(self.home, self.store, stdin), redirect_stdout(out), redirect_stderr(err):
            try:
                main([*words, *named])
            except SystemExit as stop:
                code = stop.code
        assert isinstance(code, int)
        return Ran(code, out.getvalue(), err.getvalue())


@contextmanager
def _surroundings(home: Path, store: str, stdin: str) -> Iterator[None]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("FINADWATCH_")}
    clean |= {"FINADWATCH_HOME": str(home), "FINADWATCH_STORE": store, "FINADWATCH_DEBUG": "1"}
    typed = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
    with patch.dict(os.environ, clean, clear=True), patch.object(sys, "stdin", typed):
        yield
