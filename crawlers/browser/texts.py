"""What a visible text says about the site behind it: pure."""

import re

from findings.model.judgement import Icp

#: ICP filing and licence numbers: province, kind, digits, site (Decree 33 of 2005 of MII; 沪ICP备12345678号-1).
_ICP = re.compile(
    r"[京津沪渝冀晋蒙辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川蜀贵黔云滇藏陕秦甘陇青宁新]\s?ICP\s?[备证]\s?(?:B2-)?\d{5,10}\s?号(?:\s?-\s?\d{1,4}[A-Z]?)?",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")


def icp_in(text: str) -> Icp | None:
    """The last ICP number in a text (it stands at the foot of a page), without spaces, or None."""
    last = None
    for last in _ICP.finditer(text):  # noqa: B007 (the last one is wanted)
        pass
    return Icp(number=_SPACE.sub("", last.group()).upper()) if last else None
