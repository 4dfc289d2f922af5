"""The house keeps its own rules: who may import whom, clean code, a README in every room."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ROOMS = (
    "analyzers", "benchmarks", "console", "crawlers", "docs", "finadwatch", "findings", "handover",
    "index_templates", "licences", "models", "ruleset", "sandbox", "tests",
)  # fmt: skip


def runs(*command: str) -> None:
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_imports_go_one_way() -> None:
    runs(str(BIN / "lint-imports"))


def test_code_is_clean() -> None:
    runs(str(BIN / "ruff"), "check", ".")


def test_code_is_formatted() -> None:
    runs(str(BIN / "ruff"), "format", "--check", ".")


@pytest.mark.slow
def test_code_is_typed() -> None:
    runs(str(BIN / "mypy"))


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_says_what_lives_in_it(room: str) -> None:
    text = (ROOT / room / "README.md").read_text("utf-8")
    assert text.startswith(f"# {room}")


def test_the_licence_is_apache_2() -> None:
    assert "Apache License" in (ROOT / "LICENSE").read_text("utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["license"] == "Apache-2.0"


def test_every_dependency_has_an_upper_and_a_lower_bound() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    loose = [name for name in project["dependencies"] if "<" not in name or ">=" not in name]
    assert loose == ["tzdata>=2025.1"]  # dated data: any later edition is right


def test_no_test_is_skipped_for_a_missing_part() -> None:
    marks = ("mark." + "skip", "mark." + "xfail", "importor" + "skip", "pytest." + "skip(")
    found = [
        path.name
        for path in (ROOT / "tests").rglob("test_*.py")
        if path != Path(__file__) and any(mark in path.read_text("utf-8") for mark in marks)
    ]
    assert found == []
