"""Percentages written in Chinese numerals, as figures."""

import re
from collections.abc import Iterator

from analyzers.offsets import Edit

_SPELT = re.compile(
    r"百分之([零〇一二两三四五六七八九十百千\d][零〇一二两三四五六七八九十百千点.\d]{0,11})%?"
)
_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}


def chinese_number(text: str) -> str | None:
    """The figure that a Chinese numeral below ten thousand spells; None if it is no well-formed one.

    `十二点五` is `12.5`; digits pass through; `二三十` (twenty to thirty) is no single figure.
    """
    if re.fullmatch(r"\d+(?:\.\d+)?", text, re.ASCII):
        return text
    whole, dot, fraction = text.partition("点")
    number = _whole(whole)
    if number is None:
        return None
    if not dot:
        return str(number)
    if not fraction or any(char not in _DIGITS for char in fraction):
        return None
    return f"{number}.{''.join(str(_DIGITS[char]) for char in fraction)}"


def _whole(text: str) -> int | None:
    total, digit, smallest = 0, None, 10_000
    for char in text:
        if char in _UNITS:
            unit = _UNITS[char]
            if unit >= smallest or digit == 0:
                return None
            total += (1 if digit is None else digit) * unit
            digit, smallest = None, unit
        elif char in _DIGITS:
            if digit not in (None, 0):
                return None
            digit = _DIGITS[char]
        else:
            return None
    return total + (digit or 0)


def percent(text: str) -> Iterator[Edit]:
    """百分之十二点五 → 12.5%, 百分之百 → 100%; anything ill-formed stays."""
    for match in _SPELT.finditer(text):
        spelt = match[1].rstrip("点.")
        figure = chinese_number(spelt)
        if figure is not None:
            end = match.end() if len(spelt) == len(match[1]) else match.start(1) + len(spelt)
            yield match.start(), end, figure + "%"
