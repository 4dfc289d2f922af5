"""All patterns and words of a ruleset as one Hyperscan database."""

import re
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from analyzers.normalise import Normaliser
from analyzers.rules import Ruleset

#: A hostile text can hit a word at every character; beyond this many a scan stops.
MAX_HITS = 50_000

Hits = Mapping[str, Sequence[tuple[int, int]]]
"""Atom key → spans in code points, ordered by start; of one pattern the longest at a start."""


class Expression:
    """One entry of the database: the atoms that it stands for, and how its start is known.

    A word's start follows from its length (in code points), a pattern's is tracked by Hyperscan.
    """

    __slots__ = ("guard_end", "guard_start", "keys", "length", "regex", "source")

    def __init__(self, source: str, regex: str, keys: list[str], length: int | None) -> None:
        self.source = source
        self.regex = regex
        self.keys = keys
        self.length = length
        self.guard_start = _guard(source[0]) if length else None
        self.guard_end = _guard(source[-1]) if length else None


def _guard(char: str) -> re.Pattern[str] | None:
    """What may not stand beside a word's edge: `app` is not in `happy`, `714` not in `17145`."""
    if char.isascii() and char.isalpha():
        return _LETTER
    return _DIGIT if char.isascii() and char.isdigit() else None


_LETTER = re.compile("[a-z]")
_DIGIT = re.compile("[0-9]")


def expressions(ruleset: Ruleset, normalise: Normaliser) -> list[Expression]:
    """What the active rules look for, each pattern and each word once."""
    atoms = {atom.key: atom for rule in ruleset.active for atom in rule.atoms()}
    words: dict[str, list[str]] = {}
    patterns: dict[str, str] = {}
    for key, atom in sorted(atoms.items()):
        if atom.pattern is not None:
            patterns[atom.pattern] = key
        elif atom.lexicon is not None and atom.lexicon in ruleset.lexicons:
            for word in ruleset.lexicons[atom.lexicon].words:
                keys = words.setdefault(normalise(word).text, [])
                if key not in keys:
                    keys.append(key)
    words.pop("", None)
    return [
        *(Expression(word, escape(word), keys, len(word)) for word, keys in sorted(words.items())),
        *(Expression(pattern, pattern, [key], None) for pattern, key in sorted(patterns.items())),
    ]


def escape(word: str) -> str:
    """A word as a pattern that matches only itself."""
    return re.sub(r"[^\w]", lambda match: "".join(f"\\x{byte:02x}" for byte in match[0].encode()), word)


def fault_of(*patterns: str) -> str | None:
    """Why Hyperscan refuses one of some patterns, or None."""
    import hyperscan

    try:
        _compile([Expression(pattern, pattern, [], None) for pattern in patterns])
    except hyperscan.HyperscanError as error:
        return str(error) or type(error).__name__
    return None


def _compile(entries: Sequence[Expression]) -> Any:
    import hyperscan as hs

    # Words match byte for byte: without the UTF8 flag 5,000 of them compile in 0.06 s, not 1.2 s.
    # No UCP: numerals are ASCII after normalisation, and 300 patterns compile in half the time.
    tracked = hs.HS_FLAG_UTF8 | hs.HS_FLAG_SOM_LEFTMOST | hs.HS_FLAG_CASELESS
    database = hs.Database(mode=hs.HS_MODE_BLOCK)
    database.compile(
        expressions=[entry.regex.encode() for entry in entries],
        ids=list(range(len(entries))),
        flags=[tracked if entry.length is None else 0 for entry in entries],
    )
    return database


class PatternSet:
    """One compiled database; finding is safe from several threads."""

    def __init__(self, entries: Sequence[Expression], cache: Path | None = None) -> None:
        self._entries = entries
        self._database = (
            _cached(entries, cache) if cache and entries else _compile(entries) if entries else None
        )
        self._local = threading.local()

    def find(self, text: str) -> dict[str, list[tuple[int, int]]]:
        """Every hit in a normalised text."""
        if self._database is None or not text:
            return {}
        raw: list[tuple[int, int, int]] = []
        data = text.encode()

        def note(entry: int, start: int, end: int, flags: int, context: object) -> bool | None:
            raw.append((entry, start, end))
            return True if len(raw) >= MAX_HITS else None

        import hyperscan

        with suppress(hyperscan.ScanTerminated):
            self._database.scan(data, match_event_handler=note, scratch=self._scratch())
        return self._hits(text, data, raw) if raw else {}

    def _scratch(self) -> Any:
        import hyperscan

        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        return scratch

    def _hits(
        self, text: str, data: bytes, raw: list[tuple[int, int, int]]
    ) -> dict[str, list[tuple[int, int]]]:
        position = code_points(text, data)
        longest: dict[str, dict[int, int]] = {}
        for number, from_byte, to_byte in raw:
            entry = self._entries[number]
            end = position(to_byte)
            if entry.length is None:
                start = position(from_byte)
            else:
                start = end - entry.length
                if entry.guard_start and start and entry.guard_start.match(text, start - 1):
                    continue
                if entry.guard_end and entry.guard_end.match(text, end):
                    continue
            for key in entry.keys:
                spans = longest.setdefault(key, {})
                if spans.get(start, 0) < end:
                    spans[start] = end
        return {key: sorted(spans.items()) for key, spans in longest.items()}


def code_points(text: str, data: bytes) -> Any:
    """A function from byte offsets of the UTF-8 form to code point offsets."""
    if len(text) == len(data):
        return int
    import numpy as np

    starts = (np.frombuffer(data, dtype=np.uint8) & 0xC0) != 0x80
    before: list[int] = [0, *np.cumsum(starts).tolist()]
    return before.__getitem__


def _cached(entries: Sequence[Expression], folder: Path) -> Any:
    """The database from the cache, else compiled and put there. A broken cache file is replaced."""
    import hyperscan as hs

    digest = sha256(version("hyperscan").encode())
    for entry in entries:
        digest.update(f"{entry.length is None}{entry.regex}\0".encode())
    file = folder / f"patterns-{digest.hexdigest()[:32]}.hsdb"
    try:
        database = hs.loadb(file.read_bytes(), hs.HS_MODE_BLOCK)
        hs.Scratch(database)
        return database
    except (OSError, hs.HyperscanError):
        database = _compile(entries)
    with suppress(OSError):  # a full or read-only disk costs the time of compiling, not the judgement
        _keep(hs.dumpb(database), file)
    return database


def _keep(data: bytes, file: Path) -> None:
    """Write a file aside and put it in place in one step; nothing is left behind on an error."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as part:
        try:
            part.write(data)
            part.flush()
            Path(part.name).replace(file)
        except BaseException:
            Path(part.name).unlink(missing_ok=True)
            raise
