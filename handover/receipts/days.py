"""Days as people write them into a table: pure."""

import re
import unicodedata
from datetime import date, timedelta

#: Days before this are a slip of the pen: receipts are of batches of this software.
EARLIEST = date(2015, 1, 1)
#: Day 0 of the serial numbers that spreadsheets write dates as.
_EPOCH = date(1899, 12, 30)
_SERIALS = range((EARLIEST - _EPOCH).days, 80_000)
_DIGITS = str.maketrans("〇零○Ｏ一二三四五六七八九", "0000123456789")
_YEAR_FIRST = re.compile(r"(?<!\d)(20\d\d)\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})(?!\d)")
_JOINED = re.compile(r"(?<!\d)(20\d\d)(0[1-9]|1[0-2])([0-3]\d)(?!\d)")
_NO_YEAR = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?(?!\d)")
#: The whole cell: 11.23 within words may be a sum.
_MONTH_POINT_DAY = re.compile(r"(\d{1,2})[./\-](\d{1,2})")
_YEAR = re.compile(r"([〇零○一二三四五六七八九]{4})年")
_MONTH_DAY = re.compile(r"([一二三四五六七八九十廿卅]{1,3})(?=[月日号])")
_MOST_READ = 60


def day_of(cell: object, today: date) -> date | None:
    """The day that a cell names, or None. A day without its year is the last such day up to `today`.

    A day after tomorrow is none: nobody has done anything then.
    """
    found = _day_of(cell, today)
    return found if found and EARLIEST <= found <= today + timedelta(days=1) else None


def _day_of(cell: object, today: date) -> date | None:
    match cell:
        case date():
            return cell
        case bool():
            return None
        case int() | float():
            return _EPOCH + timedelta(days=int(cell)) if int(cell) in _SERIALS else _joined(str(int(cell)))
        case str():
            return _in_words(cell[:_MOST_READ], today)
    return None


def _in_words(text: str, today: date) -> date | None:
    written = _western(unicodedata.normalize("NFKC", text))
    if found := _YEAR_FIRST.search(written):
        return _day(int(found[1]), int(found[2]), int(found[3]))
    if found := _NO_YEAR.search(written) or _MONTH_POINT_DAY.fullmatch(written.strip()):
        this = _day(today.year, int(found[1]), int(found[2]))
        return _day(today.year - 1, int(found[1]), int(found[2])) if this is None or this > today else this
    if (serial := written.strip().split(".")[0]).isdecimal() and len(serial) == 5:
        return _EPOCH + timedelta(days=int(serial)) if int(serial) in _SERIALS else None
    return _joined(written)


def _joined(text: str) -> date | None:
    found = _JOINED.search(text)
    return _day(int(found[1]), int(found[2]), int(found[3])) if found else None


def _western(text: str) -> str:
    """Chinese numerals of a date as digits: 二〇二六年十一月二十日 → 2026年11月20日."""
    text = _YEAR.sub(lambda found: f"{found[1].translate(_DIGITS)}年", text)
    return _MONTH_DAY.sub(lambda found: _number(found[1]), text)


def _number(text: str) -> str:
    """A Chinese number below 100 as digits."""
    text = text.replace("廿", "二十").replace("卅", "三十")
    if "十" not in text:
        return text.translate(_DIGITS)
    tens, _, ones = text.partition("十")
    return str(int(tens.translate(_DIGITS) or "1") * 10 + int(ones.translate(_DIGITS) or "0"))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
