"""Table cells that a spreadsheet can't be tricked by: captured text is hostile."""

import re

#: A cell that begins so would be run as a formula by a spreadsheet program
#: (OWASP "CSV Injection"), full-width forms included: some programs fold them.
_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

#: Characters that XML 1.0 (and so XLSX) can't hold, and lone surrogates.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

#: What one XLSX cell holds, in characters (Excel specifications and limits); beyond the BMP one counts as two.
CELL_LIMIT = 32_767

_CUT = "…（已截断，全文见 JSON）"


def harmless(text: str) -> str:
    """The text as a cell: no formula, no unwritable character, no more than a cell holds.

    A leading apostrophe turns what looks like a formula into text. Doing it twice
    changes nothing more.
    """
    clean = _UNWRITABLE.sub("\ufffd", text)
    if clean.startswith(_STARTS_FORMULA):
        clean = "'" + clean
    units = clean.encode("utf-16-le")
    if len(units) > 2 * CELL_LIMIT:
        clean = units[: 2 * (CELL_LIMIT - len(_CUT))].decode("utf-16-le", "ignore") + _CUT
    return clean
