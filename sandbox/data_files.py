"""Reads the sandbox's own data: YAML checked against a JSON Schema, and dates relative to today."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from findings.model.errors import Said
from findings.model.faults import schema_fault
from sandbox.errors import SandboxDataFault

#: Where the data of the sandbox lives.
DATA = Path(__file__).parent / "data"
#: Where the pages of the sandbox live, one folder a host.
WEB = Path(__file__).parent / "web"

_DAY = re.compile(r"\{\{today(?:(?P<sign>[+-])(?P<days>\d{1,5}))?(?P<zh>:zh)?\}\}")


def fill_dates(text: str, today: date) -> str:
    """Replace `{{today}}`, `{{today-30}}` (days) and `{{today:zh}}` (2026年11月22日) in a text.

    The sandbox must not grow stale: a register that was fresh when it was written would not
    be so a year later.
    """

    def day(match: re.Match[str]) -> str:
        days = int(match["days"] or 0) * (-1 if match["sign"] == "-" else 1)
        on = today + timedelta(days=days)
        return f"{on.year}年{on.month}月{on.day}日" if match["zh"] else on.isoformat()

    return _DAY.sub(day, text)


def load_yaml(path: Path, schema: Path) -> Any:
    """The content of a YAML file that fits its JSON Schema.

    Raises SandboxDataFault with every fault and its place.
    """
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        said = Said(f"can't be read ({fault})", zh=f"无法读取（{fault}）")
        raise SandboxDataFault(path.name, [said]) from fault
    validator = Draft202012Validator(json.loads(schema.read_text("utf-8")))
    faults = sorted(validator.iter_errors(content), key=lambda fault: [str(part) for part in fault.path])
    if faults:
        raise SandboxDataFault(path.name, [schema_fault(fault.json_path, fault) for fault in faults])
    return content
