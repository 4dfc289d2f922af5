"""An office's own sources at the command line: there at once, faults told in both languages, no code run."""

import json
import re
from pathlib import Path

import pytest

from tests.conftest import Call

pytestmark = pytest.mark.slow  # each test starts the program anew

TEXT = (Path(__file__).parents[2] / "docs" / "add-a-source.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"^\*\*`([\w./]+)`\*\*\n\n```\w+\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))


def lay(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(EXAMPLES[name], "utf-8")


def test_a_source_in_the_home_folder_is_listed_and_reads(call: Call, home: Path) -> None:
    lay(home / "sources", "xingtu/source.yaml", "xingtu/ads/input.html")
    listed = call("sources").stdout
    assert re.search(r"xingtu +星图搜索 .*自有", listed)
    assert re.search(r"baidu +百度.*内置", listed)
    told = {one["name"]: one["own"] for one in map(json.loads, call("sources", "--json").stdout.splitlines())}
    assert (told["xingtu"], told["baidu"]) == (True, False)
    assert "其中自有：xingtu" in call("doctor").stdout
    ran = call("parse", "--source", "xingtu", str(home / "sources/xingtu/ads/input.html"))
    assert json.loads(ran.stdout) == json.loads(EXAMPLES["xingtu/ads/expected.json"])


def test_another_folder_may_be_configured_and_must_then_be_there(
    call: Call, home: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "office"
    with (home / "config.yaml").open("a", encoding="utf-8") as file:
        file.write(f"sources: {{folder: '{elsewhere}'}}\n")
    missing = call("sources")
    assert (missing.returncode, missing.stdout) == (2, "")
    assert f"无法读取 {elsewhere}" in missing.stderr
    lay(elsewhere, "xingtu_store/source.yaml")
    assert "xingtu_store" in call("sources").stdout


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        (
            "zh",
            (
                "来源定义有误",
                "xingtu/source.yaml：parser.py",
                "不执行代码",
                "baidu/source.yaml：name：与内置来源同名",
            ),
        ),
        (
            "en",
            (
                "2 fault(s)",
                "xingtu/source.yaml: parser.py",
                "code is never run",
                "baidu/source.yaml: name: a source",
            ),
        ),
    ],
)
def test_faults_are_told_at_once_and_code_is_not_run(
    call: Call, home: Path, tmp_path: Path, lang: str, told: tuple[str, ...]
) -> None:
    lay(home / "sources", "xingtu/source.yaml")
    (home / "sources/xingtu/parser.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')", "utf-8")
    (home / "sources/baidu").mkdir()
    text = EXAMPLES["xingtu/source.yaml"].replace("name: xingtu ", "name: baidu ")
    (home / "sources/baidu/source.yaml").write_text(text, "utf-8")
    ran = call("--lang", lang, "crawl", "--source", "xingtu", "--keyword", "保本")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert all(words in ran.stderr for words in told), ran.stderr
    assert not (tmp_path / "ran").exists()
