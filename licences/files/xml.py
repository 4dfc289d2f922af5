"""XML parts of a workbook as a stream of tags. Entities are never expanded, DTDs refused."""

from collections.abc import Callable, Iterator
from typing import IO
from xml.parsers import expat  # told below to refuse every entity

_CHUNK = 256 << 10
_MAX_TAG = 8 << 20  # bytes; expat keeps a tag whole until it ends


class Forbidden(ValueError):
    """A part with a document type, entities or an endless tag: no spreadsheet program writes one."""


def _refuse(*_: object) -> None:
    raise Forbidden("a document type or an entity")


def local(name: str) -> str:
    """A tag or attribute without its prefix."""
    return name.rpartition(":")[2]


def feed(
    part: IO[bytes],
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Call back for each tag of a part; pauses after every piece, so that a caller can take rows away.

    Raises Forbidden and expat's errors.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    if text is not None:
        parser.CharacterDataHandler = text
    fed = 0
    while chunk := part.read(_CHUNK):
        parser.Parse(chunk, False)
        fed += len(chunk)
        if fed - parser.CurrentByteIndex > _MAX_TAG:
            raise Forbidden("a tag without end")
        yield
    parser.Parse(b"", True)
    yield


def read(part: IO[bytes], start: Callable[[str, dict[str, str]], None]) -> None:
    """Call back for each opening tag of a small part, its name and attributes without prefixes."""

    def plain(name: str, attributes: dict[str, str]) -> None:
        start(local(name), {local(key): value for key, value in attributes.items()})

    for _ in feed(part, plain, lambda _name: None):
        pass
