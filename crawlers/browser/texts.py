"""What a visible text says about the site behind it: pure."""

import re

from findings.model.codes import ICP_PROVINCES
from findings.model.judgement import Icp

#: ICP filing and licence numbers: province, kind, digits, site (Decree 33 of 2005 of MII; 沪ICP备12345678号-1).
_ICP = re.compile(
    rf"[{ICP_PROVINCES}]\s?ICP\s?[备证]\s?(?:B2-)?\d{{5,10}}\s?号(?:\s?-\s?\d{{1,4}}[A-Z]?)?",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")


def icp_in(text: str) -> Icp | None:
    """The last ICP number in a text (it stands at the foot of a page), without spaces, or None."""
    last = None
    for last in _ICP.finditer(text):  # noqa: B007 (the last one is wanted)
        pass
    return Icp(number=_SPACE.sub("", last.group()).upper()) if last else None
