"""The figures of a report as JSON values."""

from typing import Any

import msgspec

from handover.reports.figures import Figures
from handover.reports.numbers import Number

_NUMBER = set(Number.__struct_fields__)


def plain_values(figures: Figures) -> Any:
    """The same figures; a number is `{"value": 12, "command": "finadwatch search …"}`."""
    return _walk(msgspec.to_builtins(figures, str_keys=True))


def _walk(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == _NUMBER:
            number = msgspec.convert(value, Number)
            return {"value": number.value, "command": number.line}
        return {name: _walk(one) for name, one in value.items()}
    return [_walk(one) for one in value] if isinstance(value, list | tuple) else value
