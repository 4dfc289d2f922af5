"""The files of a run: plan, registers, lists."""

import csv
import json
from datetime import date, timedelta
from importlib.resources import files

import pytest
import yaml
from jsonschema import Draft202012Validator

from sandbox.run_files import COPIED, STALE_DAYS

TODAY = date(2026, 11, 22)
_USCC = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_ORGANISATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", COPIED)
def test_dates_are_filled_in_every_file(folder, name):
    assert "{{" not in (folder / name).read_text("utf-8")


def test_the_plan_fits_the_crawlers_schema(sandbox):
    schema = json.loads(files("crawlers").joinpath("plan.schema.json").read_text("utf-8"))
    plan = yaml.safe_load(sandbox.plan.read_text("utf-8"))

    assert list(Draft202012Validator(schema).iter_errors(plan)) == []


def test_the_watchlist_is_the_plans(folder, sandbox):
    lines = [line for line in (folder / "watchlist.txt").read_text("utf-8").splitlines() if line[:1] != "#"]
    plan = yaml.safe_load(sandbox.plan.read_text("utf-8"))

    assert [entry["urls"] for entry in plan["sources"] if entry["source"] == "watchlist"] == [lines]


def test_registers_are_dated_one_of_them_stale(sandbox):
    assert [(one.register, TODAY - one.as_of) for one in sandbox.registers] == [
        ("default", timedelta(0)),
        ("sandbox_stale", timedelta(days=STALE_DAYS)),
        ("negative", timedelta(0)),
    ]


@pytest.mark.parametrize("name", ["register.csv", "register_stale.csv"])
def test_codes_check_and_belong_to_no_region(folder, name):
    """GB 32100-2015 and GB 11714: weights 3^i mod 31, and 3 7 9 10 5 8 4 2 mod 11."""
    for row in _rows(folder / name):
        code = row["uscc"]
        total = sum(_USCC.index(mark) * pow(3, i, 31) for i, mark in enumerate(code[:17]))
        assert code[17] == _USCC[(31 - total % 31) % 31]
        rest = (
            11
            - sum(
                _ORGANISATION.index(mark) * weight
                for mark, weight in zip(code[8:16], (3, 7, 9, 10, 5, 8, 4, 2), strict=True)
            )
            % 11
        )
        assert code[16] == {10: "X", 11: "0"}.get(rest, str(rest))
        assert code.startswith("91990000"), "99 is no region: nobody real can bear this code"


def test_one_licence_has_run_out(folder):
    ends = {row["name"]: row["valid_to"] for row in _rows(folder / "register.csv")}

    assert [name for name, end in ends.items() if end != "长期" and date.fromisoformat(end) < TODAY] == [
        "蓝汀湾小贷"
    ]


def test_register_domains_are_hosts_of_the_sandbox(folder, sandbox):
    hosts = {host.name for host in sandbox.web.hosts}
    rows = [
        *_rows(folder / "register.csv"),
        *_rows(folder / "register_stale.csv"),
        *_rows(folder / "negative.csv"),
    ]

    assert {row["domains"] for row in rows if row["domains"]} <= hosts
