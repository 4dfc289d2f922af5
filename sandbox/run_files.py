"""The files that a crawl of the sandbox needs, written for one run with today's dates."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import msgspec
import yaml

from sandbox.data_files import fill_dates

#: Data files that are copied with today's dates filled in.
COPIED = (
    "plan.yaml",
    "register.csv",
    "register_stale.csv",
    "negative.csv",
    "filters.txt",
    "watchlist.txt",
    "expected.yaml",
)
#: Nobody is disturbed on loopback: 15 s between two queries of the search engine become 0.3 s.
PACE = 0.02
#: Days since the date of the list that is stale on purpose.
STALE_DAYS = 900


class RegisterFile(msgspec.Struct, frozen=True):
    """A list to import: the register's name for `licences.importer.import_list`, and its date."""

    path: Path
    register: str
    as_of: date


def write_run_files(
    folder: Path, *, data: Path, today: date, hosts: Mapping[str, str], ports: Mapping[int, int]
) -> tuple[RegisterFile, ...]:
    """Write configuration, plan, lists and expectations; return the registers to import.

    `hosts` maps host names to addresses, `ports` 80 and 443 to the ports that play them.
    """
    for name in COPIED:
        text = fill_dates((data / name).read_text("utf-8"), today)
        (folder / name).write_text(text, "utf-8")
    licences = folder / "licences"
    licences.mkdir(exist_ok=True)
    config = {
        "network": {
            "hosts": dict(hosts),
            "ports": dict(ports),
            "ca_file": str(folder / "ca.pem"),
        },
        "crawl": {
            "filter_list": str(folder / "filters.txt"),
            "pace": PACE,
            "navigation_timeout_s": 15,
        },
        "licences": {"folder": str(licences)},
    }
    head = "# Written by the sandbox for this run: it alone maps these hosts and trusts this authority.\n"
    text = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    (folder / "config.yaml").write_text(head + text, "utf-8")
    return (
        RegisterFile(folder / "register.csv", "default", today),
        RegisterFile(folder / "register_stale.csv", "sandbox_stale", today - timedelta(days=STALE_DAYS)),
        RegisterFile(folder / "negative.csv", "negative", today),
    )
