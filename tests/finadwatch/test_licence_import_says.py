"""What `licences import` says absence from the new list will mean."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from finadwatch.commands.licences.import_ import proves
from licences.importer import import_list

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
ROWS = {
    "own": "name,licence_type\n云岫银行,bank\n",
    "csrc_futures": "机构名称\n云岫期货有限公司\n",
    "small_loan": "公司名称\n云岫小额贷款有限公司\n",
}


@pytest.mark.parametrize(
    ("register", "as_of", "today", "said"),
    [
        ("own", date(2026, 11, 20), date(2026, 11, 22), "存款、理财"),
        ("csrc_futures", date(2026, 11, 20), date(2026, 11, 22), "“名录未见”：期货"),
        ("csrc_futures", date(2026, 1, 20), date(2026, 11, 22), "2026-04-22，已过期"),
        ("small_loan", date(2026, 11, 20), date(2026, 11, 22), "与其他名录合起来"),
    ],
)
def test_an_import_says_what_absence_means(
    tmp_path: Path, register: str, as_of: date, today: date, said: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(ROWS[register], "utf-8")
    where = ["上海"] if register == "small_loan" else []
    report = import_list(file, register, as_of, tmp_path / "lists", territory=where, now=NOW)
    assert said in proves(report, today)


def test_a_list_with_a_nameless_row_says_that_it_proves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_text(ROWS["own"] + ",bank\n", "utf-8")
    report = import_list(file, "own", date(2026, 11, 20), tmp_path / "lists", now=NOW)
    assert "不能用来证明" in proves(report, date(2026, 11, 22))
