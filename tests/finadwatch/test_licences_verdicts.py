"""`finadwatch licences negative` and `check` by the command line, and the verdict in `screen`."""

import json
from pathlib import Path
from typing import Any

import pytest

from findings.contracts import validator
from tests.conftest import Call

pytestmark = pytest.mark.slow  # each test starts the program anew

FIRM = "满仓投资顾问有限公司"
LENDER = "云岫消费金融有限公司"
ADD = (
    "licences",
    "negative",
    "add",
    FIRM,
    "--authority",
    "虚城金融监管局",
    "--date",
    "2026-10-08",
    "--as",
    "张三",
)


def rows(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def whitelist(folder: Path, status: str = "valid") -> Path:
    path = folder / f"{status}.csv"
    path.write_text(
        f"name,full_name,licence_type,status\n云岫消金,{LENDER},consumer_finance,{status}\n"
        "松石消金,松石消费金融有限公司,consumer_finance,valid\n",
        "utf-8",
    )
    return path


def test_an_entry_is_added_seen_and_ended(call: Call) -> None:
    (added,) = rows(
        call(*ADD, "--document", "虚金监〔2026〕3号", "--domain", "mancang.example", "--json").stdout
    )
    assert added["register"] == "negative-own"
    (row,) = rows(call("licences", "negative", "list", "满仓", "--json").stdout)
    assert (row["entry"]["id"], row["entry"]["recorded_by"]) == (added["entry"], "张三")
    shown = call("licences", "check", FIRM, "--product", "securities").stdout
    assert "列入负面清单" in shown
    assert "虚金监〔2026〕3号" in shown
    again = call(*ADD, "--document", "虚金监〔2026〕3号")
    assert again.returncode == 2
    ended = call("licences", "negative", "expire", added["entry"], "--on", "2026-10-31", "--as", "李四")
    assert ended.returncode == 0, ended.stderr
    assert rows(call("licences", "negative", "list", "满仓", "--on", "2026-11-22", "--json").stdout) == []
    (kept,) = rows(call("licences", "negative", "list", "满仓", "--all", "--json").stdout)
    assert (kept["entry"]["expires"], kept["entry"]["recorded_by"]) == ("2026-10-31", "李四")


@pytest.mark.parametrize(
    "call_with",
    [
        ("licences", "negative", "expire", "negative-own:none", "--on", "2026-10-31"),
        (*ADD, "--uscc", "91990000MA0000001A"),
        ("licences", "check", LENDER, "--lists", "000000000000"),
        ("licences", "check", LENDER, "--list-version", "nothing"),
        ("licences", "check", LENDER, "--list-version", "a@2026-01-01-00000000", "--lists", "000000000000"),
    ],
    ids=["no-entry", "no-code", "no-set", "no-version", "both"],
)
def test_wrong_use_is_said_and_changes_nothing(call: Call, home: Path, call_with: tuple[str, ...]) -> None:
    ran = call(*call_with)
    assert ran.returncode == 2, ran.stderr
    assert ran.stderr.strip()
    assert not list(home.glob("licences/**/*.jsonl"))


def test_a_verdict_is_had_again_after_a_newer_import(call: Call, tmp_path: Path) -> None:
    imported = ("licences", "import", "--register", "test")
    assert call(*imported, str(whitelist(tmp_path)), "--as-of", "2026-11-01").returncode == 0
    on = ("--on", "2026-11-22", "--json")
    (then,) = rows(call("licences", "check", LENDER, *on).stdout)
    assert then["licence"]["status"] == "licensed"
    assert call(*imported, str(whitelist(tmp_path, "revoked")), "--as-of", "2026-11-20").returncode == 0
    (now,) = rows(call("licences", "check", LENDER, *on).stdout)
    assert now["licence"]["status"] == "expired"
    by_version = call("licences", "check", LENDER, *on, "--list-version", then["licence"]["list_version"])
    by_lists = call("licences", "check", LENDER, *on, "--lists", then["licence"]["lists"])
    assert rows(by_version.stdout) == rows(by_lists.stdout) == [then]


@pytest.mark.models
def test_the_judgement_of_an_ad_is_had_again_after_a_newer_import(call: Call, tmp_path: Path) -> None:
    imported = ("licences", "import", "--register", "test")
    assert call(*imported, str(whitelist(tmp_path)), "--as-of", "2026-11-01").returncode == 0
    ads = tmp_path / "ads.jsonl"
    ad = {"id": "a", "text": "信用贷款，额度20万", "advertiser": LENDER, "captured_at": "2026-11-22"}
    ads.write_text(json.dumps(ad, ensure_ascii=False) + "\n", "utf-8")
    then = call("screen", str(ads)).stdout
    assert call(*imported, str(whitelist(tmp_path, "revoked")), "--as-of", "2026-11-20").returncode == 0
    assert rows(call("screen", str(ads)).stdout)[0]["licence"]["status"] == "expired"
    (judged,) = rows(then)
    assert judged["licence"]["status"] == "licensed"
    assert call("screen", str(ads), "--lists", judged["licence"]["lists"]).stdout == then
    assert call("screen", str(ads), "--lists", "000000000000").returncode == 2


def test_check_shows_remarks_near_names_and_how_to_have_it_again(call: Call, tmp_path: Path) -> None:
    call("licences", "import", "--register", "test", str(whitelist(tmp_path)), "--as-of", "2026-11-01")
    shown = call("licences", "check", "云岫消费金融有限公同", "--on", "2026-11-22").stdout
    assert "身份待证实" in shown
    assert LENDER in shown
    assert "--list-version test@2026-11-01-" in shown
    assert "--lists " in shown


@pytest.mark.models
def test_screen_tells_of_a_listed_advertiser_whose_words_are_clean(call: Call, tmp_path: Path) -> None:
    call(*ADD, "--domain", "mancang.example")
    lines = [
        {"id": "clean", "text": "欢迎关注，点击了解更多", "advertiser": FIRM},
        {"id": "host", "text": "点击了解更多", "url": "https://m.mancang.example/a"},
        {"id": "before", "text": "点击了解更多", "advertiser": FIRM, "captured_at": "2026-10-07"},
        {"id": "other", "text": "点击了解更多", "advertiser": "快快网络科技有限公司", "region": "上海"},
    ]
    source = tmp_path / "ads.jsonl"
    source.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in lines), "utf-8")
    told = {one["id"]: one for one in rows(call("screen", str(source)).stdout)}
    for one in told.values():
        validator("screen_output").validate(one)
    for name in ("clean", "host"):
        (notice,) = told[name]["notices"]
        assert (notice["kind"], notice["severity"], notice["authority"]) == (
            "stop_publication",
            "high",
            "虚城金融监管局",
        )
        assert told[name]["findings"] == []
        assert told[name]["route"]
        assert told[name]["licence"]["status"] == "listed_negative"
    assert "notices" not in told["before"]
    assert "notices" not in told["other"]
    assert call("screen", str(source), "--fail-on", "high").returncode == 1
