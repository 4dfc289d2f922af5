"""The times and random marks that LibreOffice writes into a PDF, set by the file it was made of."""

import hashlib
import re
import zipfile
from datetime import datetime
from pathlib import Path

from handover.documents.words import EPOCH

_CREATED = re.compile(rb"(?<=/CreationDate\(D:)\d{14}(?=Z)")
_MARKS = re.compile(rb"(?<=<)[0-9A-F]{32}(?=>\s*(?:<[0-9A-F]{32}>\s*)?\])|(?<=/DocChecksum /)[0-9A-F]{32}")
_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>([^<]{1,40})<")
#: Info and trailer stand at the end of what LibreOffice writes; nothing before that is touched.
_TAIL = 100_000
#: The most that a DOCX's properties are read.
_PROPERTIES = 100_000


def settled(pdf: bytes, source: Path) -> bytes:
    """The PDF with the time of the DOCX it was made of, and marks (/ID, /DocChecksum) made of its content.

    Each is replaced by as many bytes as it had: the offsets in the file stay right.
    """
    cut = max(0, len(pdf) - _TAIL)
    head, tail = pdf[:cut], pdf[cut:]
    stamp = f"{_modified(source):%Y%m%d%H%M%S}".encode("ascii")
    tail = _CREATED.sub(stamp, tail)
    bare = _MARKS.sub(b"0" * 32, tail)
    mark = hashlib.sha256(head + bare).hexdigest()[:32].upper().encode("ascii")
    return head + _MARKS.sub(mark, tail)


def _modified(source: Path) -> datetime:
    """When a DOCX says that it was changed last (UTC); 1980 where it says nothing."""
    try:
        with zipfile.ZipFile(source) as parts, parts.open("docProps/core.xml") as core:
            found = _MODIFIED.search(core.read(_PROPERTIES))
        return datetime.fromisoformat(found[1].decode("ascii")) if found else EPOCH
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return EPOCH
