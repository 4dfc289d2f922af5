"""The numbers that firms and licences bear, and what can be checked about them.

Only the 统一社会信用代码 has a published check character (`findings.model.codes`). The formula
for payment licences fits the numbers seen and is no official rule: a warning only.
"""

import re
import unicodedata
from enum import StrEnum

from findings.model.errors import Said

_SEPARATORS = re.compile(r"[\s\-‐–—·.]+")


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


def licence_number_kind(code: str) -> LicenceNumberKind | None:
    """Which kind of licence or filing a number looks like, by its form alone."""
    compact = re.sub(r"\s+", "", unicodedata.normalize("NFKC", code)).upper()
    return next((kind for kind, form in _FORMS if form.fullmatch(compact)), None)


def payment_licence_warning(code: str) -> Said | None:
    """A sentence if a payment licence number does not fit the formula derived from 27 numbers.

    Digits after the Z less the last, doubled every other one from the right (nine taken off
    above nine), plus 7; the check digit makes the sum a multiple of ten.
    """
    if not re.fullmatch(r"Z2\d{12}", code):
        return Said(
            "no number of a payment licence (Z2 and 12 digits)",
            zh="不是支付业务许可证编号的格式（Z2 加 12 位数字）",
        )
    total = 7
    for place, digit in enumerate(reversed(code[1:13])):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    expected = (10 - total % 10) % 10
    if int(code[13]) == expected:
        return None
    return Said(
        f"its last digit should usually be {expected} (a formula from experience, a hint only)",
        zh=f"末位校验数字通常应为 {expected}（经验公式，仅供提示）",
    )
