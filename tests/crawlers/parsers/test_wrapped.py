"""JSON inside other text."""

import json
import time
from typing import Any

import pytest

from crawlers.parsers.wrapped import inner, wrapped

_VALUE = {"list": [{"a": "一", "b": [1, 2]}, {"a": "二"}]}
_LINE = json.dumps(_VALUE, ensure_ascii=False)


@pytest.mark.parametrize(
    "text",
    [
        f"answer: {_LINE} (200)",
        f"/* {_LINE} */",
        "\n".join(f"// {line}" for line in json.dumps(_VALUE, indent=1).splitlines()),
        "\n".join(f"# {line}" for line in json.dumps(_VALUE, indent=1).splitlines()),
        f"first {{\"x\": 1}} then {_LINE}",
        "s = " + json.dumps(_LINE),
        f"{_LINE};\nmore of the script",
        'see { "broken then ' + _LINE,
    ],
)  # fmt: skip
def test_the_longest_value_comes_first(text: str) -> None:
    assert wrapped(text)[0] == _VALUE


@pytest.mark.parametrize(
    "text", ["", "no data", "{", '{"cut": [{"a": 1}, {"a": ', "[1, 2", "{}", "/** tagId : 1 */", '"\\"'],
)  # fmt: skip
def test_pieces_are_no_answer(text: str) -> None:
    assert wrapped(text) in ([], [{}])


def test_objects_line_by_line_are_a_list() -> None:
    assert wrapped('{"a": 1}\n\n{"a": 2},\n{"a": 3}\n') == [[{"a": 1}, {"a": 2}, {"a": 3}]]
    assert wrapped('{"a": 1}\n{"a": ') == [{"a": 1}]


@pytest.mark.parametrize(
    ("value", "found"),
    [({"data": _LINE, "n": 1}, [_VALUE]), (_LINE, [_VALUE]), ({"data": "{no"}, []), ([_LINE], []), (5, [])],
)
def test_json_in_json(value: Any, found: list[Any]) -> None:
    assert inner(value) == found


def test_no_text_takes_long() -> None:
    for text in ('x{"a":' * 300_000, ' * {"a"\n' * 200_000, '"{\\"' * 300_000, "/*" * 1_000_000):
        started = time.process_time()
        assert len(wrapped(text)) <= 5
        assert time.process_time() - started < 15
