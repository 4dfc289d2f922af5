"""`finadwatch rules learn` as a person runs it: a phrase is learned, a spoiling batch is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from finadwatch.learning.folder import sum_of
from models.corpus import held_out
from models.examples import own_samples
from tests.conftest import Call
from tests.support.cli import run_finadwatch

pytestmark = pytest.mark.slow  # each test starts the program anew

NAMES = ("星河聚宝盆", "云桥计划", "蓝岸项目", "柳岸专户", "青禾一号", "望江楼账户", "南坡合作社", "石桥工程")
PHRASES = (
    "进来的钱原封不动还您还多一份",
    "投多少原封不动还多少另送一份",
    "到日子原封不动还您，还多给一份",
)
ENDINGS = ("扫码加入", "点链接了解", "微信 lan_an2024 咨询", "电话13812345678 王经理")
#: None of its firms and endings was in a verdict.
UNSEEN = "竹溪宝，投多少原封不动还多少，还多给一份，报名从速"


def write(file: Path, rows: list[dict[str, Any]], *more: str) -> Path:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join([*lines, *more]) + "\n", "utf-8")
    return file


def confirmed() -> list[dict[str, Any]]:
    return [
        {
            "id": f"c1-{at}{n}",
            "text": f"{name}，{phrase}，{ENDINGS[(at + n) % len(ENDINGS)]}",
            "channel": "im",
            "verdict": "confirm",
            "category": 2,
            "group": name,
            "reviewer": "周",
            "at": "2026-11-20T10:00:00",
        }
        for at, name in enumerate(NAMES)
        for n, phrase in enumerate(PHRASES)
    ]


def files_below(folder: Path) -> dict[str, str]:
    """Every file of a home but caches and locks, with its SHA-256."""
    return {
        str(path.relative_to(folder)): sum_of(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock" and "cache" not in path.parts
    }


def found(home: Path, text: str) -> dict[int, str]:
    ran = run_finadwatch(home, "rules", "explain", text, "--channel", "im", "--json")
    assert ran.returncode == 0, ran.stderr
    return {one["category"]: one["level"] for one in json.loads(ran.stdout)["findings"]}


@pytest.mark.models
@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_new_phrase_is_learned_and_a_spoiling_batch_is_refused(
    call: Call, home: Path, tmp_path: Path
) -> None:
    assert found(home, UNSEEN).get(2) != "clear"
    good = write(tmp_path / "good.jsonl", confirmed(), "not json", '{"verdict": "confirm"}')
    ran = call("rules", "learn", str(good), "--use", "--json")
    assert ran.returncode == 1, ran.stderr  # two lines are none, and named; the rest is done
    assert "good.jsonl:25: " in ran.stderr
    assert "good.jsonl:26: " in ran.stderr
    report = json.loads(ran.stdout)
    assert report["accepted"]
    assert report["used"]
    assert (report["taught"] + report["checked"], len(report["unreadable"])) == (24, 2)
    assert report["comparison"]["micro"]["change"]["low"] is not None
    model = Path(report["model"])
    assert model.name.endswith(report["sha256"][:8])
    assert sorted(path.name for path in model.iterdir()) == [
        "README.md",
        "fusion.json",
        "heads.npz",
        "scores.json",
    ]
    assert report["sha256"] in (model / "README.md").read_text("utf-8")
    kept = (home / "learned" / "samples.jsonl").read_text("utf-8")
    assert len(kept.splitlines()) == 24
    assert "12345678" not in kept
    assert "lan_an" not in kept
    assert found(home, UNSEEN).get(2) == "clear"
    listed = call("models", "list").stdout
    assert f"{model}（{report['sha256'][:8]}，由 models.heads 指定）" in listed

    before = files_below(home)
    quiet = [row for row in own_samples() if not row["promotion"] and not held_out(row)]
    bad = write(
        tmp_path / "bad.jsonl",
        [
            {"id": row["id"], "text": row["text"], "verdict": "confirm", "cats": [3, 8]}
            for row in quiet[:: max(len(quiet) // 300, 1)]
        ],
    )
    ran = call("rules", "learn", str(bad), "--use", "--json")
    assert ran.returncode == 1, ran.stderr
    report = json.loads(ran.stdout)
    assert not report["accepted"]
    assert report["model"] is None
    assert all(reason["zh"] and reason["en"] for reason in report["reasons"])
    assert files_below(home) == before


def test_help_has_an_example_and_the_form_of_a_line(call: Call) -> None:
    ran = call("rules", "learn", "--help")
    assert ran.returncode == 0
    assert "finadwatch rules learn verdicts.jsonl" in ran.stdout
    assert "confirm|exclude|unsure" in ran.stdout


def test_nothing_to_learn_is_wrong_use_before_any_model_loads(call: Call, home: Path, tmp_path: Path) -> None:
    empty = write(tmp_path / "v.jsonl", [], "nonsense")
    ran = call("rules", "learn", str(empty))
    assert ran.returncode == 2
    assert "v.jsonl:1: " in ran.stderr
    assert not (home / "models").exists()
    assert call("rules", "learn").returncode == 2


def test_heads_that_are_not_there_are_named_by_doctor(call: Call, home: Path) -> None:
    config = home / "config.yaml"
    config.write_text(config.read_text("utf-8").replace("models: {", "models: {heads: /none, "), "utf-8")
    told = [json.loads(line) for line in call("doctor", "--json").stdout.splitlines()]
    assert [part["ok"] for part in told if part["part"] == "权重"] == [False]
