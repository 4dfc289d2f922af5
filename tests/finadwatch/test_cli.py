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


def test_words_of_the_command_line_library_are_in_the_language_of_the_call(call: Call) -> None:
    chinese = call("search", "--help").stdout
    assert chinese.startswith("用法：finadwatch search [选项] ")
    assert "\n选项：\n" in chinese
    assert "[默认 20" in chinese
    english = call("--lang", "en", "search", "--help").stdout
    assert english.startswith("Usage: finadwatch search [OPTIONS] ")
    assert "\nOptions:\n" in english


@pytest.mark.parametrize(
    ("words", "chinese", "english"),
    [
        (("search", "--nope"), "没有选项 --nope", "No such option"),
        (("search", "--limit"), "选项 '--limit' 缺少值", "requires an argument"),
        (("search", "--json=1"), "选项 '--json' 不带值", "does not take a value"),
        (("search", "--limit", "x"), "'x' 不是 1 至 1000 的整数", "not a valid integer"),
        (("search", "--severity", "x"), "'x' 不是 low、medium、high 之一", "is not one of"),
        (("parse",), "缺少 'FILE'", "Missing argument 'FILE'"),
        (("runs", "a", "b"), "多出参数：b", "unexpected extra argument"),
        (("licences", "nonsense"), "没有命令 nonsense", "No such command"),
    ],
)
def test_wrong_use_is_told_in_the_language_of_the_call(
    words: tuple[str, ...], chinese: str, english: str, call: Call
) -> None:
    assert chinese in call(*words).stderr
    assert english in call("--lang", "en", *words).stderr


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
