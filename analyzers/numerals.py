"""Figures in disguise: percentages in Chinese numerals, formal numerals, letters among figures."""

import re
from collections.abc import Iterator

from analyzers.offsets import Edit

_NUMERAL = "零〇一二两三四五六七八九十百千"
_SPELT = re.compile(rf"百分之([{_NUMERAL}\d][{_NUMERAL}点.\d]{{0,11}})%?")
_BEFORE_SIGN = re.compile(rf"(?<![{_NUMERAL}点分之])([{_NUMERAL}][{_NUMERAL}点]{{0,9}})%")
_PLAIN = dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟", "一二三四五六七八九十百千", strict=True))
_FORMAL_RUN = re.compile(f"[零{''.join(_PLAIN)}]+(?:点[零{''.join(_PLAIN)}]+)?")
#: What follows a formal numeral that counts something; 壹佰 alone may be a firm's name.
_COUNTED = ("万", "元", "倍", "亿")
_WITH_LETTERS = re.compile(r"(?<![a-z0-9.])[0-9ol.]{2,12}+(?=[%万亿千百元天期年秒])")
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


def before_sign(text: str) -> Iterator[Edit]:
    """十二% → 12%."""
    for match in _BEFORE_SIGN.finditer(text):
        figure = chinese_number(match[1])
        if figure is not None:
            yield *match.span(1), figure


def formal(text: str) -> Iterator[Edit]:
    """壹拾贰万 → 一十二万, where it counts something."""
    for match in _FORMAL_RUN.finditer(text):
        run, (start, end) = match[0], match.span()
        share = text.startswith("%", end) or text.endswith("百分之", 0, start)
        counts = text.startswith(_COUNTED, end) and any(unit in run for unit in "拾佰仟")
        if share or counts:
            for at, char in enumerate(run, start):
                if char in _PLAIN:
                    yield at, at + 1, _PLAIN[char]


def figures(text: str) -> Iterator[Edit]:
    """Letters that look like figures within a number that counts something: 2o万 → 20万."""
    for match in _WITH_LETTERS.finditer(text):
        if not any(char.isdigit() for char in match[0]):
            continue
        for at in range(*match.span()):
            if text[at] in "ol":
                yield at, at + 1, "0" if text[at] == "o" else "1"
