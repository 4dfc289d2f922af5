"""Numbers that an ad shows: credit codes, licences, filings, telephones.

They are read from normalised text (half width, lower case) and given as registers write them.
"""

import re

from findings.model.codes import ICP_PROVINCES, valid_uscc

_USCC = re.compile(r"(?<![0-9a-z])[0-9a-hj-npqrtuwxy]{2}\d{6}[0-9a-hj-npqrtuwxy]{10}(?![0-9a-z])")
_LICENCE = re.compile(
    r"(?<![0-9a-z])(?:"
    r"[a-z]\d{4}[a-z]\d{9}"  # 金融许可证
    r"|z2\d{12}"  # 支付业务许可证
    r"|p\d{7}"  # 私募基金管理人登记编号
    r"|s\d{13}"  # 证券从业、投资顾问执业编号
    r")(?![0-9a-z])"
)
_ICP = re.compile(rf"[{ICP_PROVINCES}]icp[备证]?\d{{6,10}}号?(?:-\d{{1,3}}a?)?")
_PHONE = re.compile(
    r"(?<![\d.])(?:(?:\+?86-?)?(1[3-9]\d-?\d{4}-?\d{4})|(400-?\d{3}-?\d{4}|400-?\d{4}-?\d{3})"
    r"|(0\d{2,3}-\d{7,8})|(95\d{3,4}))(?![\d.]\d|\d|%)"
)


def uscc_in(text: str) -> tuple[str, ...]:
    """Credit codes whose check character is right, in order, each once."""
    codes = (match[0].upper() for match in _USCC.finditer(text))
    return tuple(dict.fromkeys(code for code in codes if valid_uscc(code)))


def licence_numbers_in(text: str) -> tuple[str, ...]:
    """Numbers in the form of a financial licence or registration, in order, each once."""
    return tuple(dict.fromkeys(match[0].upper() for match in _LICENCE.finditer(text)))


def icp_in(text: str) -> str | None:
    """The first ICP or APP filing number."""
    match = _ICP.search(text)
    return match[0].replace("icp", "ICP").replace("a", "A") if match else None


def phones_in(text: str) -> tuple[str, ...]:
    """Telephone numbers without hyphens, in order, each once."""
    found = ("".join(filter(None, match.groups())).replace("-", "") for match in _PHONE.finditer(text))
    return tuple(dict.fromkeys(found))
