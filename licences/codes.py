"""The numbers that firms and licences bear, and what can be checked about them.

Only the 统一社会信用代码 and the organisation code have published check characters. The
formula for payment licences fits the numbers seen and is no official rule: a warning only.
"""

import re
import unicodedata
from enum import StrEnum

#: GB 32100-2015: 31 characters, without I O S V Z. A character's value is its position.
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {char: value for value, char in enumerate(USCC_ALPHABET)}
#: GB 32100-2015: weight of the i-th character is 3^i mod 31.
_USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
#: GB 11714-1997.
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SEPARATORS = re.compile(r"[\s\-‐–—·.]+")

_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}")
_ORGANISATION = re.compile(r"[0-9A-Z]{8}[0-9X]")


class LicenceNumberKind(StrEnum):
    """The register that a number's form belongs to."""

    FINANCIAL = "financial"
    PAYMENT = "payment"
    PRIVATE_FUND = "private_fund"
    ICP = "icp"
    APP_FILING = "app_filing"
    TELECOM = "telecom"


_FORMS: tuple[tuple[LicenceNumberKind, re.Pattern[str]], ...] = (
    (LicenceNumberKind.FINANCIAL, re.compile(r"[A-Z]\d{4}[A-Z]\d{9}")),
    (LicenceNumberKind.PAYMENT, re.compile(r"Z2\d{12}")),
    (LicenceNumberKind.PRIVATE_FUND, re.compile(r"P\d{7}")),
    (LicenceNumberKind.APP_FILING, re.compile(r"[\u4e00-\u9fff]ICP备\d{8,10}号-?\d+A")),
    (LicenceNumberKind.ICP, re.compile(r"[\u4e00-\u9fff]ICP备\d{8,10}号(?:-?\d+)?")),
    (LicenceNumberKind.TELECOM, re.compile(r"[\u4e00-\u9fff](?:ICP证\d{6,8}号?|[AB][12]-\d{6,10}(?:号)?)")),
)


def clean_code(text: str) -> str:
    """Half width, upper case, without spaces and dashes: how codes are compared."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def uscc_check_character(first17: str) -> str:
    """The 18th character that belongs to 17 characters of the alphabet.

    Raises ValueError for another length or a character outside the alphabet.
    """
    if len(first17) != 17 or any(char not in _VALUES for char in first17):
        raise ValueError("a 统一社会信用代码 begins with 17 characters of its alphabet")
    total = sum(_VALUES[char] * weight for char, weight in zip(first17, _USCC_WEIGHTS, strict=True))
    return USCC_ALPHABET[(31 - total % 31) % 31]


def valid_uscc(code: str) -> bool:
    """Whether a cleaned code has the form of a 统一社会信用代码 and the right check character."""
    return bool(_USCC.fullmatch(code)) and uscc_check_character(code[:17]) == code[17]


def valid_organisation_code(code: str) -> bool:
    """Whether a cleaned 9-character 组织机构代码 has the right check character (GB 11714)."""
    if not _ORGANISATION.fullmatch(code):
        return False
    total = sum(int(char, 36) * weight for char, weight in zip(code[:8], _ORGANISATION_WEIGHTS, strict=True))
    return code[8] == "0123456789X0"[11 - total % 11]


def organisation_code(uscc: str) -> str:
    """Characters 9 to 17 of a 统一社会信用代码: the organisation code inside it."""
    return uscc[8:17]


def licence_number_kind(code: str) -> LicenceNumberKind | None:
    """Which kind of licence or filing a number looks like, by its form alone."""
    compact = re.sub(r"\s+", "", unicodedata.normalize("NFKC", code)).upper()
    return next((kind for kind, form in _FORMS if form.fullmatch(compact)), None)


def payment_licence_warning(code: str) -> str | None:
    """A sentence if a payment licence number does not fit the formula derived from 27 numbers.

    Digits after the Z less the last, doubled every other one from the right (nine taken off
    above nine), plus 7; the check digit makes the sum a multiple of ten.
    """
    if not re.fullmatch(r"Z2\d{12}", code):
        return "不是支付业务许可证编号的格式（Z2 加 12 位数字）"
    total = 7
    for place, digit in enumerate(reversed(code[1:13])):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    expected = (10 - total % 10) % 10
    if int(code[13]) == expected:
        return None
    return f"末位校验数字通常应为 {expected}（经验公式，仅供提示）"
