"""`finadwatch search` as an officer types it."""

import json
from pathlib import Path

import pytest

from findings.stores import open_store
from tests.conftest import Call
from tests.support import records as make

pytestmark = pytest.mark.slow


@pytest.fixture
def store(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/findings.db"
    with open_store(url) as opened:
        opened.create()
        opened.write(
            make.bundle(
                make.ad("保本保息，年化１２％", make.finding(rules=("guarantee.principal",))),
                make.ad("工商銀行：中國工商銀行股份有限公司的贷款", source="portal"),
                make.ad("平台保证收益", url="https://m.a.example/"),
            )
        )
    return url


def found(call: Call, store: str, *words: str) -> list[str]:
    ran = call("search", *words, "--store", store, "--json")
    assert ran.returncode == 0, ran.stderr
    return [hit["ad"]["text"][:2] for hit in json.loads(ran.stdout)["hits"]]


def test_words_operators_and_fields(call: Call, store: str) -> None:
    assert found(call, store, "年化12%") == ["保本"]
    assert sorted(found(call, store, "保本", "或", "平臺")) == ["保本", "平台"]
    assert found(call, store, "保", "-本") == ["平台"]
    assert found(call, store, "-保本", "--source", "portal") == ["工商"]
    assert found(call, store, "域名:a.example") == ["平台"]
    assert found(call, store, "--rule", "guarantee.principal", "--score", "0.5") == ["保本"]


def test_a_short_name_and_what_was_added(call: Call, store: str) -> None:
    ran = call("search", "工行", "--store", store)
    assert "按准入清单也检索：中国工商银行股份有限公司" in ran.stdout
    assert "共 1 条" in ran.stdout
    assert "共 0 条" in call("search", "工行", "--exact", "--store", store).stdout


@pytest.mark.parametrize(
    ("words", "place"), [(("保本", "OR"), 6), (("-保本",), 1), (("(保本",), 1), (("category:15",), 10)]
)
def test_bad_syntax_is_one_sentence_with_its_place(
    words: tuple[str, ...], place: int, call: Call, store: str
) -> None:
    chinese = call("search", *words, "--store", store)
    english = call("--lang", "en", "search", *words, "--store", store)
    assert (chinese.returncode, english.returncode) == (2, 2)
    assert f"第 {place} 个字符处" in chinese.stderr
    assert f"at character {place} " in english.stderr
    assert len(english.stderr.splitlines()) == 1
    assert chinese.stdout == ""


def test_facets_orders_and_export(call: Call, store: str, tmp_path: Path) -> None:
    ran = call("search", "--facet", "rule", "--facet", "domain", "--sort", "worst", "--store", store)
    assert "rule: guarantee.principal 1" in ran.stdout
    assert "domain: example 3" in ran.stdout
    file = tmp_path / "all.jsonl"
    assert "已导出 3 条" in call("search", "--export", str(file), "--store", store).stderr
    assert len(file.read_text("utf-8").splitlines()) == 3
    assert call("search", "--export", str(tmp_path / "x.pdf"), "--store", store).returncode == 2


def test_a_search_that_is_kept_reports_what_is_new(call: Call, store: str, tmp_path: Path) -> None:
    assert (
        "已保存检索 承诺"
        in call("search", "save", "承诺", "保本", "或", "保证", "--as", "王", "--store", store).stdout
    )
    assert "新增 0 条" in call("search", "new", "承诺", "--as", "王", "--store", store).stdout
    with open_store(store) as opened:
        opened.write(make.bundle(make.ad("又一则保本", first_seen=make.minutes(-9000)), page=2))
    file = tmp_path / "new.csv"
    ran = call("search", "new", "承诺", "--as", "王", "--store", store, "--export", str(file))
    assert "新增 1 条" in ran.stderr
    assert "又一则保本" in file.read_text("utf-8-sig")
    assert "新增 0 条" in call("search", "new", "承诺", "--as", "王", "--store", store).stdout
    assert "累计 1 条" in call("search", "saved", "--as", "王", "--store", store).stdout
    missing = call("search", "new", "承诺", "--as", "李", "--store", store)
    assert (missing.returncode, len(missing.stderr.splitlines())) == (2, 1)
    assert call("search", "drop", "承诺", "--as", "王", "--store", store).returncode == 0
