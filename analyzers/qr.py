"""QR codes of a picture. They are read in a child process: `python -m analyzers.qr` is that child.

OpenCV's readers need minutes for a picture that is strewn with finder patterns, and crash now and then;
no call can stop them. The child may use `CPU_SECONDS` of processor time a picture, not wall time, so a
busy machine reads what an idle one does; a picture that needs more yields what was read until then.
What a code holds is hostile: it is shortened, freed of control characters, and never opened.
"""

import json
import os
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, Any
from weakref import finalize

import msgspec

from findings.model.judgement import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Processor time for one picture, seconds; ordinary ones take about 0.3.
CPU_SECONDS = 3.0
#: Memory of the child, bytes.
MEMORY = 2_000_000_000
#: Codes of one picture, and code points of one code: the longest QR code holds 7,089 digits.
MAX_CODES = 16
MAX_PAYLOAD = 500
#: Longer pictures are read in pieces of this height (pixels), overlapping; larger ones are scaled down.
SIDE = 1_600
OVERLAP = 500
MAX_PIECES = 8
#: Pieces whose longer side is at most this are read twice as large, too: small codes in banners.
SMALL = 1_000


class Code(msgspec.Struct, frozen=True):
    """What one QR code says, and its rectangle in pixels of the picture."""

    payload: str
    box: Box


def cleaned(payload: str) -> str:
    """One line without control characters, invisible signs of direction and format; shortened."""
    kept = "".join(
        " " if char.isspace() else char
        for char in payload[: 4 * MAX_PAYLOAD]
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return " ".join(kept.split())[:MAX_PAYLOAD]


class QrReader:
    """Reads QR codes. One of a process; its child starts with the first picture and ends with it."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._end: finalize[..., QrReader] | None = None
        self._owner = 0

    def read(self, picture: "NDArray[Any]") -> list[Code]:
        """The codes of a picture (BGR rows), from the top; those read before its time was over."""
        import cv2

        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        found: list[Code] = []
        child = self._running()
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(json.dumps(grey.shape).encode() + b"\n")
            child.stdin.write(grey.tobytes())
            child.stdin.flush()
            for line in child.stdout:
                if line == b"\n":
                    return sorted(found, key=lambda code: (code.box.y, code.box.x))
                payload, *box = json.loads(line)
                found.append(Code(payload, Box(*box)))
        except BrokenPipeError:
            pass
        assert self._end is not None
        self._end()  # its time was over, or OpenCV took it down
        self._child = None
        return sorted(found, key=lambda code: (code.box.y, code.box.x))

    def _running(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._owner != os.getpid():  # a forked process needs a child of its own
            self._child = subprocess.Popen(
                [sys.executable, "-P", "-m", "analyzers.qr"],  # -P: nothing of the working folder is run
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            self._owner = os.getpid()
            self._end = finalize(self, _end, self._child, self._owner)
        return self._child


def _end(child: subprocess.Popen[bytes], owner: int) -> None:
    if os.getpid() != owner:  # a forked copy: the child is its parent's
        return
    child.kill()
    for pipe in (child.stdin, child.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue
    child.wait()


def _serve(given: IO[bytes], out: IO[bytes]) -> None:
    """Read pictures until the input ends: a line of height and width, then the grey bytes."""
    import resource

    import cv2
    import numpy as np

    cv2.setNumThreads(1)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while header := given.readline():
        height, width = json.loads(header)
        grey = np.frombuffer(given.read(height * width), dtype=np.uint8).reshape(height, width)
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)  # its signal ends the process, wherever it is
        for code in _codes(grey):
            box = code.box
            line = json.dumps([code.payload, box.x, box.y, box.width, box.height])
            out.write(line.encode() + b"\n")
            out.flush()
        signal.setitimer(signal.ITIMER_PROF, 0)
        out.write(b"\n")
        out.flush()


def _codes(grey: "NDArray[Any]") -> Iterator[Code]:
    """Every code once. Cheap ways of looking come first, over the whole picture."""
    import cv2

    pieces = list(_pieces(grey))
    seen: set[str] = set()
    detectors = (cv2.QRCodeDetectorAruco(), cv2.QRCodeDetector())
    for way in range(_WAYS):
        if seen and way > 1:  # other codes beside one that was easy to read are hardly worse
            return
        for piece, scale, top in pieces:
            shown = _shown(piece, way)
            if shown is None:
                continue
            picture, enlarged = shown
            for detector in detectors if way else detectors[:1]:
                for payload, corners in _decoded(detector, picture):
                    payload = cleaned(payload)
                    if payload and payload not in seen:
                        seen.add(payload)
                        yield Code(payload, _box(corners, scale * enlarged, top, grey.shape))
                    if len(seen) == MAX_CODES:
                        return


def _pieces(grey: "NDArray[Any]") -> Iterator[tuple["NDArray[Any]", float, int]]:
    """Pieces of at most `SIDE` a side: the pixels, their scale, and where they begin in the picture."""
    import cv2

    height, width = grey.shape
    scale = min(1.0, SIDE / min(height, width), MAX_PIECES * (SIDE - OVERLAP) / max(height, width))
    if width > height:  # wide pictures are banners: one piece
        scale = min(scale, SIDE / width)
    scaled = grey
    if scale < 1.0:
        size = (max(round(width * scale), 1), max(round(height * scale), 1))
        scaled = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    rows = scaled.shape[0]
    for top in range(0, max(rows - OVERLAP, 1), SIDE - OVERLAP):
        yield scaled[top : top + SIDE], scale, round(top / scale)


_WAYS = 5


def _shown(piece: "NDArray[Any]", way: int) -> tuple["NDArray[Any]", float] | None:
    """A piece as it is; twice as large; sharpened; light on dark turned round; three times as large, sharpened."""
    import cv2

    small = max(piece.shape) <= SMALL
    if way == 0:
        return piece, 1.0
    if way == 1:
        return (_larger(piece, 2), 2.0) if small else None
    if way == 2:
        return (_sharpened(_larger(piece, 2), 3.0), 2.0) if small else (_sharpened(piece, 2.0), 1.0)
    if way == 3:
        return cv2.bitwise_not(piece), 1.0
    return (_sharpened(_larger(piece, 3), 5.0), 3.0) if small else None


def _larger(piece: "NDArray[Any]", times: int) -> "NDArray[Any]":
    import cv2

    return cv2.resize(piece, None, fx=times, fy=times, interpolation=cv2.INTER_CUBIC)


def _sharpened(piece: "NDArray[Any]", sigma: float) -> "NDArray[Any]":
    import cv2

    return cv2.addWeighted(piece, 2.5, cv2.GaussianBlur(piece, (0, 0), sigma), -1.5, 0)


def _decoded(detector: Any, picture: "NDArray[Any]") -> list[tuple[str, Any]]:
    import cv2

    try:
        found, payloads, corners, _ = detector.detectAndDecodeBytesMulti(picture)
    except cv2.error:  # some damaged codes are reported so
        return []
    return [(_text(raw), four) for raw, four in zip(payloads, corners, strict=True)] if found else []


def _text(raw: bytes) -> str:
    """UTF-8, else what Chinese systems write."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _box(corners: Any, scale: float, top: int, shape: tuple[int, ...]) -> Box:
    height, width = shape
    xs = [min(max(float(x) / scale, 0.0), width - 1.0) for x, _ in corners]
    ys = [min(max(float(y) / scale + top, 0.0), height - 1.0) for _, y in corners]
    x, y = int(min(xs)), int(min(ys))
    return Box(x, y, max(round(max(xs)) - x, 1), max(round(max(ys)) - y, 1))


if __name__ == "__main__":
    _serve(sys.stdin.buffer, sys.stdout.buffer)
