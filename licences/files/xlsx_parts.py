"""The parts of an XLSX workbook beside its sheets: their order, shared texts, number formats."""

import mmap
import posixpath
import re
import tempfile
import zipfile
from array import array
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Self

from licences.files.xml import feed, local, read

_OFFICE_DOCUMENT = "officeDocument"
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(50, 59)))
_NOT_CODES = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DATE_CODES = re.compile(r"[ymdYMD]|年|月|日")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
MAX_TEXT = 40_000  # characters of one cell: Excel's own limit is 32,767
MAX_FORMATS = 70_000  # a workbook may have 65,490 cell formats


def unescaped(text: str) -> str:
    """A text with `_x000D_` and the like put back."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet's name, where it lies in the archive, whether it is hidden."""

    name: str
    path: str
    hidden: bool


@dataclass(slots=True)
class BookParts:
    """What the workbook says of itself."""

    sheets: list[SheetPart] = field(default_factory=list)
    dates_1904: bool = False
    strings: str | None = None
    date_formats: frozenset[int] = frozenset()


def _relations(archive: zipfile.ZipFile, of: str) -> dict[str, tuple[str, str]]:
    """Relation id → (kind, path in the archive) of a part."""
    folder, name = posixpath.split(of)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    found: dict[str, tuple[str, str]] = {}
    if path not in archive.namelist():
        return found

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/" + folder, attributes["Target"])).lstrip("/")
            found[attributes["Id"]] = (attributes["Type"].rpartition("/")[2], target)

    with archive.open(path) as part:
        read(part, start)
    return found


def _date_formats(part: IO[bytes]) -> frozenset[int]:
    """The numbers of the cell formats that show a date."""
    own: dict[int, bool] = {}
    dates: list[int] = []
    count = 0
    inside = False

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal count, inside
        if tag == "numFmt" and len(own) < MAX_FORMATS:
            code = _NOT_CODES.sub("", attributes.get("formatCode", ""))
            own[int(attributes["numFmtId"])] = _DATE_CODES.search(code) is not None
        elif tag in ("cellXfs", "cellStyles", "dxfs"):
            inside = tag == "cellXfs"
        elif tag == "xf" and inside and count < MAX_FORMATS:
            number = int(attributes.get("numFmtId", 0))
            if own.get(number, number in _BUILT_IN_DATES):
                dates.append(count)
            count += 1

    read(part, start)
    return frozenset(dates)


def read_book(archive: zipfile.ZipFile) -> BookParts:
    """Sheets in their order, and where the rest lies. Raises KeyError, ValueError, expat's errors."""
    roots = [path for kind, path in _relations(archive, "").values() if kind == _OFFICE_DOCUMENT]
    place = roots[0] if roots else "xl/workbook.xml"
    related = _relations(archive, place)
    book = BookParts()

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr":
            book.dates_1904 = attributes.get("date1904") in ("1", "true")
        elif tag == "sheet":
            kind, path = related.get(attributes.get("id", ""), ("", ""))
            if kind == "worksheet":
                hidden = attributes.get("state", "visible") != "visible"
                book.sheets.append(SheetPart(attributes.get("name", ""), path, hidden))

    with archive.open(place) as part:
        read(part, start)
    for kind, path in related.values():
        if kind == "sharedStrings" and path in archive.namelist():
            book.strings = path
        elif kind == "styles" and path in archive.namelist():
            with archive.open(path) as part:
                book.date_formats = _date_formats(part)
    return book


class SharedTexts:
    """The texts that cells point to, kept in a file: a large book has millions of them."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by __exit__)
        self._ends = array("Q", [0])
        self._map: mmap.mmap | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._map is not None:
            self._map.close()
        self._file.close()

    def load(self, part: IO[bytes]) -> None:
        """Read the part. Phonetic guides are left out."""
        pieces: list[str] = []
        taking = guide = False
        room = MAX_TEXT

        def start(name: str, _: dict[str, str]) -> None:
            nonlocal taking, guide, room
            tag = local(name)
            if tag == "si":
                pieces.clear()
                room = MAX_TEXT
            elif tag == "rPh":
                guide = True
            elif tag == "t":
                taking = not guide

        def end(name: str) -> None:
            nonlocal taking, guide
            tag = local(name)
            if tag == "t":
                taking = False
            elif tag == "rPh":
                guide = False
            elif tag == "si":
                written = self._file.write(unescaped("".join(pieces)).encode("utf-8", "replace"))
                self._ends.append(self._ends[-1] + written)

        def text(piece: str) -> None:
            nonlocal room
            if taking and room > 0:
                pieces.append(piece)
                room -= len(piece)

        for _ in feed(part, start, end, text):
            pass
        self._file.flush()
        if self._ends[-1]:
            self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def __getitem__(self, number: int) -> str:
        """A text by its number. Raises IndexError."""
        if not 0 <= number < len(self._ends) - 1:
            raise IndexError(number)
        if self._map is None:
            return ""
        return self._map[self._ends[number] : self._ends[number + 1]].decode("utf-8")
