"""The process that reads one hostile file: `python -m licences.files.child KIND PATH`.

It bounds its own memory and time first, so that a file made to hurt ends this process and
nothing else.
"""

import resource
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from licences.files.events import Event, Failed

MAX_MEMORY = 3 << 30  # bytes of address space: libraries take half a GB of it before any file
MAX_SECONDS = 900  # of processor time: a PDF of 2,000 pages takes about 400


def _reader(kind: str) -> Callable[[Path], Iterator[Event]]:
    # each reader loads its library: only the one that is needed
    if kind == "xls":
        from licences.files.xls import xls_events

        return xls_events
    if kind == "html":
        from licences.files.html import html_events

        return html_events
    from licences.files.pdf import pdf_events

    return pdf_events


def main(kind: str, path: str) -> None:
    """Write the events of a file to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MAX_SECONDS, MAX_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    encoder = msgspec.json.Encoder()
    out = sys.stdout.buffer
    try:
        for event in _reader(kind)(Path(path)):
            out.write(encoder.encode(event) + b"\n")
    except MemoryError:
        out.write(encoder.encode(Failed("it needs too much memory", "所需内存过大")) + b"\n")
    except Exception as error:  # the libraries raise anything on a broken file
        said = f"{type(error).__name__}: {error!s:.200}"
        failed = Failed(f"it may be cut off or damaged: {said}", f"可能不完整或已损坏：{said}")
        out.write(encoder.encode(failed) + b"\n")
    out.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
