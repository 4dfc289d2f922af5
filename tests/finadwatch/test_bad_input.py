"""What a careless or hostile person gives the command line: one sentence, the right exit code,
nothing lost of the rest."""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from finadwatch.errors import ConfigError, SomeFailed
from findings.errors import StoreAway
from findings.model.errors import FinAdWatchError, Said
from tests.conftest import Call
from tests.support.cache import share_patterns

pytestmark = pytest.mark.slow  # each test starts the program anew

AD = '{"id":"a","text":"保本保息理财，年化收益12%，立即购买"}\n'


@pytest.mark.parametrize(
    ("words", "code", "chinese", "english"),
    [
        pytest.param(("screen",), 2, "缺少", "Missing", id="missing-argument"),
        pytest.param(("screen", "--nope"), 2, "没有选项 --nope", "No such option", id="unknown-option"),
        pytest.param(("nonsense",), 2, "没有命令 nonsense", "no such command", id="unknown-command"),
        pytest.param(
            ("index", "nonsense"), 2, "没有命令 nonsense", "No such command", id="unknown-subcommand"
        ),
        pytest.param(("search", "x", "--category", "0"), 2, "0 不是 1 至 9", "0 is not", id="category-0"),
        pytest.param(
            ("search", "x", "--category", "abc"), 2, "'abc' 不是", "'abc' is not", id="category-abc"
        ),
        pytest.param(("search", "x", "--limit", "0"), 2, "1 至 1000", "range", id="limit"),
        pytest.param(("search", "x", "--since", "2026-13-01"), 2, "不是日期", "no date", id="date"),
        pytest.param(("screen", "x", "--fail-on", "worst"), 2, "low、medium、high", "'medium'", id="choice"),
        pytest.param(("licences", "import", "nix.csv"), 2, "没有这个文件", "does not exist", id="no-file"),
        pytest.param(("search", "x"), 2, "尚未建立索引", "no index yet", id="store-never-created"),
        pytest.param(
            ("search", "x", "--store", "http://127.0.0.1:9"), 3, "无应答", "does not answer", id="store-away"
        ),
    ],
)
def test_a_mistake_is_told_in_one_sentence_of_the_chosen_language(
    words: tuple[str, ...], code: int, chinese: str, english: str, call: Call
) -> None:
    for lang, said in (("zh", chinese), ("en", english)):
        ran = call("--lang", lang, *words)
        assert ran.returncode == code
        assert said in ran.stderr
        assert ran.stderr.startswith("错误: " if lang == "zh" else "error: ")
        assert ran.stderr.count("\n") == 1
        assert ran.stdout == ""


def test_no_arguments_show_the_help(call: Call) -> None:
    assert "finadwatch search" in (ran := call()).stdout + ran.stderr


def test_screening_never_writes_over_its_input(call: Call, tmp_path: Path) -> None:
    source = tmp_path / "ads.jsonl"
    source.write_text(AD, "utf-8")
    alias = tmp_path / "alias.jsonl"
    alias.symlink_to(source)
    for output in (source, alias):
        ran = call("screen", str(source), "-o", str(output))
        assert (ran.returncode, source.read_text("utf-8")) == (2, AD)


def test_what_a_store_does_not_hold_is_told(call: Call) -> None:
    assert call("index", "create").returncode == 0
    for words in (("cases", "c1-0"), ("runs", "r1-0")):
        ran = call(*words)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
        assert words[1] in ran.stderr
    ran = call("search", '"保本')
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "引号没有配对" in ran.stderr


@pytest.mark.parametrize("output", ["nowhere/out.jsonl", "."])
def test_an_output_that_cannot_be_one_is_wrong_use(output: str, call: Call, tmp_path: Path) -> None:
    source = tmp_path / "ads.jsonl"
    source.write_text(AD, "utf-8")
    assert call("screen", str(source), "-o", str(tmp_path / output)).returncode == 2


@pytest.mark.models
def test_a_full_disk_is_a_service_away(call: Call, tmp_path: Path) -> None:
    source = tmp_path / "ads.jsonl"
    source.write_text(AD, "utf-8")
    ran = call("screen", str(source), "-o", "/dev/full")
    assert (ran.returncode, ran.stderr.count("\n")) == (3, 1)
    assert "No space left" in ran.stderr


@pytest.mark.slow
def test_missing_models_stop_every_number_of_workers_alike(home: Path, tmp_path: Path) -> None:
    """A worker that can't start must not be started again and again."""
    source = tmp_path / "ads.jsonl"
    source.write_text(AD, "utf-8")
    said = []
    for workers in ("1", "2"):
        ran = subprocess.run(
            [sys.executable, "-m", "finadwatch", "screen", str(source), "--workers", workers],
            env={**os.environ, "FINADWATCH_HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ran.returncode == 2
        said.append(ran.stderr)
    assert said[0] == said[1]
    assert "finadwatch models build" in said[0]


@pytest.mark.models
def test_a_reader_that_has_enough_is_no_failure(home: Path, hanlp: Path, tmp_path: Path) -> None:
    home.mkdir()
    share_patterns(home)
    (home / "config.yaml").write_text(f"models: {{hanlp: '{hanlp}'}}\n", "utf-8")
    source = tmp_path / "ads.jsonl"
    source.write_text("".join(AD.replace('"a"', f'"{n}"') for n in range(200)), "utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "finadwatch", "screen", str(source)],
        env={**os.environ, "FINADWATCH_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert json.loads(running.stdout.readline())["id"] == "0"
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def test_a_browser_that_was_named_and_is_not_there_is_never_replaced(call: Call, tmp_path: Path) -> None:
    urls = tmp_path / "urls.txt"
    urls.write_text("http://nirgends.example/\n", "utf-8")
    ran = call("crawl", "--urls", str(urls), env={"CHROMIUM": "/nirgends/chromium"})
    assert ran.returncode == 3
    assert "/nirgends/chromium" in ran.stderr


def test_a_store_that_is_away_ends_a_crawl_before_anything_is_fetched(
    call: Call, home: Path, tmp_path: Path
) -> None:
    urls = tmp_path / "urls.txt"
    urls.write_text("http://nirgends.example/\n", "utf-8")
    ran = call("crawl", "--urls", str(urls), "--store", "http://127.0.0.1:9")
    assert (ran.returncode, ran.stdout) == (3, "")
    assert not (home / "evidence").exists()


def test_damaged_stores_are_told(call: Call, tmp_path: Path) -> None:
    bad = tmp_path / "bad.db"
    bad.write_bytes(os.urandom(5000))
    for words in (("search", "保本"), ("cases",), ("runs",), ("takedown", "new")):
        ran = call(*words, "--store", f"sqlite:///{bad}")
        assert (ran.returncode, ran.stdout) == (1, "")
        assert "无法读取" in ran.stderr


@pytest.mark.parametrize(
    "error",
    [
        SomeFailed(1, 2),
        ConfigError(Path("c.yaml"), [Said("lang: bad", zh="lang：有误")]),
        StoreAway("http://x.example:9", "no"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_an_error_crosses_a_process_border_whole(error: FinAdWatchError) -> None:
    load: Callable[[bytes], FinAdWatchError] = pickle.loads
    back = load(pickle.dumps(error))
    assert type(back) is type(error)
    assert (str(back), back.zh, vars(back)) == (str(error), error.zh, vars(error))


@pytest.mark.parametrize(
    "text", ["[" * 5000, "lang: fr", "store: !!python/object:os.system x", "[1]", "a: \0"]
)
def test_a_configuration_that_is_none_is_wrong_use(text: str, call: Call, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(text, "utf-8")
    ran = call("--config", str(file), "config")
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert "配置文件" in ran.stderr
