"""Which encoding a text file is in: asked of its bytes, never of its name.

UTF-8 is told by its form. GB18030 and Big5 take almost any bytes, so the one wins whose
reading looks more like a register. A file with a few spoilt bytes is read all the same: they
become U+FFFD, and the rows that hold one are refused, each by its number.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from licences.errors import ListUnreadable

_SAMPLE = 256 << 10  # bytes that two readings are compared on
_CHUNK = 1 << 20
MAX_LINE = 4 << 20  # characters; what is longer is given in pieces, and `csv` takes no such cell
_SPOILT = "\ufffd"  # also where an earlier conversion left it: what stood there is lost
#: Of a register's characters many times this share is likely.
_LEAST_LIKENESS = 0.1
#: Of a file's lines, at most this share may hold spoilt bytes (and one line always may).
_SPOILT_SHARE = 0.01
#: Characters that stand in every register, simplified and traditional, and ASCII.
_LIKELY = frozenset(
    "公司有限银行机构名称统一社会信用代码编号许可证日期类型地址状态中国省市上海北京股份责任保险证券基金金融"
    "銀構稱統會碼編號許證類狀態國責險券業務經營執照臺灣香港公司有限日期址"
    '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ,;.-/:"\t\r\n |'
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec, and how many lines of the file it can't read throughout."""

    codec: str
    spoilt_lines: int = 0


def decoded(file: BinaryIO, codec: str) -> Iterator[str]:
    """The file's text in pieces; bytes that the codec can't read become U+FFFD."""
    decoder = codecs.getincrementaldecoder(codec)("replace")
    file.seek(0)
    while chunk := file.read(_CHUNK):
        yield decoder.decode(chunk)
    yield decoder.decode(b"", final=True)


def lines(file: BinaryIO, codec: str) -> Iterator[str]:
    """The file's text line by line, ends kept, as `csv` wants it; spoilt bytes as in `decoded`."""
    rest = ""
    for piece in decoded(file, codec):
        *whole, rest = (rest + piece).split("\n")
        for line in whole:
            yield line + "\n"
        if len(rest) > MAX_LINE:
            yield rest
            rest = ""
    if rest:
        yield rest


def is_spoilt(text: str) -> bool:
    """Whether a text holds bytes that could not be read."""
    return _SPOILT in text


def _spoilt_lines(file: BinaryIO, codec: str) -> tuple[int, int]:
    """How many lines hold spoilt bytes, and how many lines there are."""
    bad = total = 0
    for piece in decoded(file, codec):
        total += piece.count("\n")
        if is_spoilt(piece):
            bad += sum(_SPOILT in line for line in piece.split("\n"))
    return bad, total + 1


def _likeness(sample: bytes, codec: str) -> float:
    text = codecs.getincrementaldecoder(codec)("replace").decode(sample)
    return sum(char in _LIKELY for char in text) / max(1, len(text))


def _by_mark(head: bytes) -> str | None:
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return None


def find_encoding(file: BinaryIO, path: Path) -> Encoding:
    """The encoding of an open file. Raises ListUnreadable where none fits."""
    file.seek(0)
    sample = file.read(_SAMPLE)
    marked = _by_mark(sample)
    # only UTF-16 brings zeros: one in each comma, digit and line end
    codecs_of_two = ("utf-16-le", "utf-16-be") if b"\0" in sample else ()
    candidates = [marked] if marked else ["utf-8", "gb18030", "cp950", *codecs_of_two]
    if marked is None and b"\0" not in sample and not _spoilt_lines(file, "utf-8")[0]:
        return Encoding("utf-8")
    fewest = 0
    told = {codec: _likeness(sample, codec) for codec in candidates}
    for codec in sorted(candidates, key=told.__getitem__, reverse=True):
        if codec in codecs_of_two and told[codec] < _LEAST_LIKENESS:
            continue  # any two bytes make a character of UTF-16: a picture would be read as one
        bad, total = _spoilt_lines(file, codec)
        if bad <= max(1, total * _SPOILT_SHARE):
            return Encoding(codec, bad)
        fewest = min(fewest, bad) or bad
    raise ListUnreadable(
        f"{path.name} is no text in UTF-8, GB18030, Big5 or UTF-16 ({fewest} lines can't be read): "
        "save it as UTF-8 CSV or as XLSX",
        zh=f"{path.name} 不是 UTF-8、GB18030、Big5 或 UTF-16 文本（有 {fewest} 行无法解读）：请另存为 UTF-8 CSV 或 XLSX",
    )
