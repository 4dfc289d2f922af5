"""What the pages for readers say is there: links, commands with their options, outcomes, kinds of evidence."""

import re
import textwrap
from datetime import date
from pathlib import Path

import click
import pytest

from crawlers.plan import parse_plan, plan_tasks
from crawlers.sources import load_sources
from finadwatch.cli import build
from finadwatch.commands.groups import DefaultGroup
from finadwatch.config import load_config
from finadwatch.labels import outcome_label
from findings.model.crawl import EvidenceRef
from findings.model.vocabulary import DUTY_ZH, Outcome

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    page
    for page in (
        ROOT / "README.md",
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("*/README.md"),
        *ROOT.glob("*/*/README.md"),
    )
    if not any(part.startswith(".") for part in page.relative_to(ROOT).parts)
)
CRAWL = (ROOT / "docs" / "crawl.md").read_text("utf-8")
#: A call in a fence or in backticks, up to a comment, a pipe, a wide gap or the end of the code.
CALL = re.compile(r"(?:^|`|\s)finadwatch ((?:[a-z-]|--)[^`\n#|]*?)(?=`| {3,}|#|\||，|$)", re.MULTILINE)


def calls() -> list[tuple[str, str]]:
    found: dict[tuple[str, str], None] = {}
    for page in PAGES:
        text = page.read_text("utf-8")
        code = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL) + re.findall(
            r"`[^`\n]+`", text
        )
        for piece in code:
            found.update(
                dict.fromkeys((page.relative_to(ROOT).as_posix(), call) for call in CALL.findall(piece))
            )
    return list(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text("utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert missing == []


@pytest.mark.parametrize(("page", "call"), calls())
def test_every_command_line_shown_is_one(page: str, call: str) -> None:
    command: click.Command = build()
    known = {"--help", "--lang", "--config"}
    words = call.split()
    while isinstance(command, click.Group) and words:
        name = words[0]
        if name.startswith("-") or command.get_command(click.Context(command), name) is None:
            break
        inner = command.get_command(click.Context(command), words.pop(0))
        assert inner is not None
        command = inner
        known |= {option for parameter in command.params for option in parameter.opts}
    if isinstance(command, DefaultGroup):  # its first word may be left out
        command = command.commands[command.default]
        known |= {option for parameter in command.params for option in parameter.opts}
    assert call == "--help" or command.name != "finadwatch", f"{page}: finadwatch {call}: no such command"
    assert {word.partition("=")[0] for word in words if word.startswith("--")} <= known, f"{page}: {call}"


def test_enough_command_lines_are_found() -> None:
    assert len(calls()) > 40


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_explained_with_its_word(outcome: Outcome) -> None:
    row = next(line for line in CRAWL.splitlines() if line.startswith("| ") and f"`{outcome}`" in line)
    assert outcome_label(outcome) in row


def test_every_kind_of_evidence_is_explained() -> None:
    said = re.search(r"one of\s+`([^`]+)`", EvidenceRef.__doc__ or "")
    assert said is not None
    assert [role for role in said[1].split() if f"`{role}`" not in CRAWL] == []


@pytest.mark.parametrize("words", DUTY_ZH.values())
def test_every_form_duty_is_explained(words: str) -> None:
    assert f"| {words} |" in CRAWL


def _yaml(page: str) -> list[str]:
    return re.findall(
        r"^ *```yaml\n(.*?)^ *```", (ROOT / "docs" / page).read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


def test_the_plan_shown_is_one() -> None:
    shown = _yaml("plan.md")[0]
    plan = parse_plan(shown, "plan.md")
    assert list(plan_tasks(plan, "r", load_sources(), date(2026, 11, 22)))


@pytest.mark.parametrize(("page", "block"), [("plan.md", 1), ("cluster.md", 0)])
def test_the_configuration_shown_is_one(page: str, block: int, tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(textwrap.dedent(_yaml(page)[block]), "utf-8")
    assert load_config(file).home
