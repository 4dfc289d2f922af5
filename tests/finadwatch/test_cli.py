"""What a person may rely on of the command line: it starts light, speaks Chinese first, and its
exit codes mean what design §6 says."""

import json
import subprocess
import sys

import pytest

from finadwatch.cli import COMMANDS
from tests.conftest import Call

HEAVY = (
    "torch",
    "hanlp",
    "scrapy",
    "elasticsearch",
    "sentence_transformers",
    "hyperscan",
    "onnx",
    "cv2",
    "openpyxl",
    "rich",
)


def test_help_loads_no_heavy_library() -> None:
    script = (
        "import sys\nfrom finadwatch.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as stop:\n    assert stop.code == 0, stop.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"
    assert "finadwatch search" in ran.stdout


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_with_an_example_in_both_languages(name: str, call: Call) -> None:
    chinese = call(name, "--help")
    english = call("--lang", "en", name, "--help")
    assert (chinese.returncode, english.returncode) == (0, 0)
    assert f"例：\n    finadwatch {name}" in chinese.stdout
    assert f"Example:\n    finadwatch {name}" in english.stdout


def test_help_lists_every_command_chinese_first(call: Call) -> None:
    shown = call("--help").stdout
    for name, (chinese, _) in COMMANDS.items():
        assert name in shown
        assert chinese in shown


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        pytest.param(("crawl", "nowhere.yaml"), 2, "nowhere.yaml", id="missing-plan"),
        pytest.param(("search", "保本", "--category", "12"), 2, "12", id="bad-category"),
        pytest.param(("search", '"保本'), 2, "", id="unbalanced-quote"),
        pytest.param(("search", "保本", "--store", "ftp://x"), 2, "sqlite:///", id="no-store-address"),
        pytest.param(("search", "保本", "--store", "http://127.0.0.1:9"), 3, "127.0.0.1:9", id="store-away"),
        pytest.param(("crawl",), 2, "--urls", id="nothing-to-crawl"),
        pytest.param(("screen", "nowhere.jsonl"), 2, "nowhere.jsonl", id="missing-input"),
        pytest.param(("nonsense",), 2, "nonsense", id="unknown-command"),
        pytest.param(("parse", "--source", "nosuch", __file__), 2, "nosuch", id="unknown-source"),
        pytest.param(("takedown", "new"), 2, "index create", id="store-never-created"),
        pytest.param(("--config", "nowhere.yaml", "config"), 2, "nowhere.yaml", id="missing-configuration"),
    ],
)
def test_wrong_use_is_one_sentence_with_the_right_exit_code(
    words: tuple[str, ...], code: int, said: str, call: Call
) -> None:
    ran = call(*words)
    assert ran.returncode == code, ran.stderr
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""


def test_configuration_shows_no_secret(call: Call) -> None:
    ran = call("config", "--json", env={"FINADWATCH_ES_PASSWORD": "hunter2"})
    assert ran.returncode == 0
    assert "hunter2" not in ran.stdout + ran.stderr
    assert json.loads(ran.stdout)["elasticsearch"]["password"] == "***"


def test_sources_as_json_is_a_line_each(call: Call) -> None:
    ran = call("sources", "--json")
    assert {json.loads(line)["name"] for line in ran.stdout.splitlines()} >= {
        "baidu",
        "portal",
        "apple",
        "watchlist",
    }
