"""Who publishes on a source or a host."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from analyzers.lint import lint
from analyzers.publishers import Publisher, Publishers
from analyzers.ruleset import load_ruleset
from tests.support.rulesets import rule, write_ruleset

TODAY = date(2026, 11, 22)


def publisher(**fields: Any) -> dict[str, Any]:
    made = {
        "id": "a", "title": "甲", "firm": None, "sources": ["jia"], "hosts": ["jia.example"],
        "province": "上海", "icp": None, "basis": "M", "from": None, "until": None,
    }  # fmt: skip
    return made | fields


def table(*rows: dict[str, Any]) -> Publishers:
    import msgspec

    return Publishers(msgspec.convert(rows, tuple[Publisher, ...]))


def test_a_publisher_is_found_by_its_source_and_by_its_hosts() -> None:
    found = table(publisher())
    assert found.of_source("jia", TODAY) is found.rows[0]
    assert found.of_host("www.news.JIA.example.", TODAY) is found.rows[0]
    assert found.of_host("notjia.example", TODAY) is None
    assert found.of_host("example", TODAY) is None
    assert found.of_host(".".join("a" * 100_000), TODAY) is None
    assert found.of_source("yi", TODAY) is None


def test_the_row_of_the_day_counts() -> None:
    moved = "2020-01-01"
    found = table(publisher(until=moved), publisher(id="b", province="北京", **{"from": moved}))
    before, after = found.of_source("jia", date(2019, 12, 31)), found.of_source("jia", date(2020, 1, 1))
    assert before is not None
    assert after is not None
    assert (before.province, after.province) == ("上海", "北京")


def test_every_shipped_source_of_one_site_has_its_publisher() -> None:
    from crawlers.sources import load_sources

    known = load_ruleset().routing.publishers
    any_site = {"portal", "watchlist"}
    assert {name for name in load_sources(None) if not known.of_source(name, TODAY)} == any_site


def faults_with(tmp_path: Path, *rows: dict[str, Any]) -> list[str]:
    folder = write_ruleset(tmp_path / "r", [rule("a.b", [{"pattern": "甲"}, {"pattern": "乙"}])])
    text = yaml.safe_dump({"publishers": rows}, allow_unicode=True)
    (folder / "publishers.yaml").write_text(text, "utf-8")
    return [fault.message for fault in lint(folder) if fault.file == "publishers.yaml"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([publisher(icp="京ICP备00000000号")], "京ICP备00000000号 was not filed in 上海"),
        ([publisher(), publisher(id="b", sources=[])], "jia.example has two publishers on the same days"),
        ([publisher(**{"from": "2020-01-01"}, until="2019-01-01")], "a row must end after it begins"),
        ([publisher(province=None)], "basis"),
        ([publisher(basis=None)], "basis"),
    ],
    ids=["other province", "two publishers", "dates", "basis of nothing", "no basis"],
)
def test_a_wrong_row_is_a_fault(tmp_path: Path, rows: list[dict[str, Any]], said: str) -> None:
    assert any(said in fault for fault in faults_with(tmp_path, *rows))


def test_a_city_files_with_its_province(tmp_path: Path) -> None:
    assert faults_with(tmp_path, publisher(province="深圳", icp="粤ICP备00000000号")) == []
