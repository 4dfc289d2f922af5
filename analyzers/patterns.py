"""All patterns and words of a ruleset as one Hyperscan database."""

import re
import tempfile
import threading
from collections.abc import Callable, Container, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from hashlib import sha256
from importlib.metadata import version
from operator import or_
from pathlib import Path
from typing import Any

from analyzers.branches import branches
from analyzers.normalise import Normaliser
from analyzers.rules import Ruleset

#: A hostile text can hit a word at every character; beyond this many a scan stops.
MAX_HITS = 50_000

Spans = list[tuple[int, int]]


class Expression:
    """A pattern or a word, and the atoms that it stands for. `length` is a word's, in code points."""

    __slots__ = ("keys", "length", "regex", "source")

    def __init__(self, source: str, regex: str, keys: list[str], length: int | None) -> None:
        self.source = source
        self.regex = regex
        self.keys = keys
        self.length = length


def guard(char: str) -> bytes:
    """What may not stand beside a word's edge: `app` is not in `happy`, `714` not in `17145`."""
    if not char.isascii() or not char.isalnum():
        return b""
    return b"0123456789" if char.isdigit() else b"abcdefghijklmnopqrstuvwxyz"


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
        _compile([_Need(pattern, None, None, guarded=False) for pattern in patterns])
    except hyperscan.HyperscanError as error:
        return str(error) or type(error).__name__
    return None


class _Need:
    """One entry of the database: what it looks for, and for which atoms.

    `length` is its width in code points where it is fixed. `once`: only whether it is there matters.
    """

    __slots__ = ("atoms", "guard_end", "guard_start", "guarded", "length", "once", "regex", "size", "word")

    def __init__(self, regex: str, word: str | None, length: int | None, *, guarded: bool) -> None:
        self.regex = regex
        self.word = word is not None
        self.length = length
        self.once = False
        self.guarded = guarded
        self.size = len(word.encode()) if word else 0
        self.guard_start = guard(word[0]) if word and guarded else b""
        self.guard_end = guard(word[-1]) if word and guarded else b""
        self.atoms: list[int] = []


def _needs(
    entries: Sequence[Expression], numbers: Mapping[str, int], anywhere: Container[str]
) -> list[_Need]:
    """What the database must hold: each word once, whether a list or a pattern names it."""
    needs: dict[tuple[str, bool], _Need] = {}

    def need(regex: str, word: str | None, length: int | None, guarded: bool, keys: Sequence[str]) -> None:
        found = needs.setdefault((regex, guarded), _Need(regex, word, length, guarded=guarded))
        found.atoms += [number for key in keys if (number := numbers[key]) not in found.atoms]

    for entry in entries:
        if entry.length is not None:
            guarded = bool(guard(entry.source[0]) or guard(entry.source[-1]))
            need(entry.regex, entry.source, entry.length, guarded, entry.keys)
            continue
        for branch in branches(entry.source):
            for word in branch.words:
                need(escape(word), word, len(word), False, entry.keys)
            if not branch.words:
                need(branch.source, None, branch.width, False, entry.keys)
    nowhere = {number for key, number in numbers.items() if key in anywhere}
    for found in needs.values():
        found.once = not found.word and nowhere.issuperset(found.atoms)
    return sorted(needs.values(), key=lambda found: found.guarded)


def _flags(need: _Need) -> int:
    import hyperscan as hs

    # Words match byte for byte: without the UTF8 flag 5,000 of them compile in 0.06 s, not 1.2 s.
    # No UCP: numerals are ASCII after normalisation, and 300 patterns compile in half the time.
    if need.word:
        return 0
    flags = int(hs.HS_FLAG_UTF8 | hs.HS_FLAG_CASELESS)
    if need.once:
        return flags | int(hs.HS_FLAG_SINGLEMATCH)
    return flags if need.length is not None else flags | int(hs.HS_FLAG_SOM_LEFTMOST)


def _compile(needs: Sequence[_Need]) -> Any:
    import hyperscan as hs

    database = hs.Database(mode=hs.HS_MODE_BLOCK)
    database.compile(
        expressions=[need.regex.encode() for need in needs],
        ids=list(range(len(needs))),
        flags=[_flags(need) for need in needs],
    )
    return database


class Hits:
    """What one scan found. `present` has the bit of every atom that hit; spans are made when asked for."""

    __slots__ = (
        "_bytes",
        "_entries",
        "_found",
        "_members",
        "_patterns",
        "_position",
        "_spans",
        "_text",
        "present",
    )

    def __init__(
        self,
        patterns: "PatternSet",
        text: str,
        data: bytes,
        present: int,
        found: dict[int, list[tuple[int, int]]],
    ) -> None:
        self.present = present
        self._patterns = patterns
        self._text = text
        self._bytes = data
        self._found = found
        self._position: Callable[[int], int] | None = None
        self._entries: dict[int, Spans] = {}
        self._members: dict[int, list[int]] = {}
        self._spans: dict[int, Spans] = {}

    def spans(self, atom: int) -> Spans:
        """The spans of an atom in code points, ordered by start, the longest at each start."""
        spans = self._spans.get(atom)
        if spans is None:
            spans = self._spans[atom] = self._made(atom) if self.present >> atom & 1 else []
        return spans

    def _made(self, atom: int) -> Spans:
        if self._position is None:
            self._position = code_points(self._text, self._bytes)
        patterns = self._patterns
        if not self._members:
            for number in self._found:
                for owner in patterns.placed[number]:
                    self._members.setdefault(owner, []).append(number)
        numbers = self._members.get(atom, ())
        if len(numbers) == 1:
            every = self._entry(numbers[0])
            if len(every) == 1 or patterns.needs[numbers[0]].word:
                return every  # one word: in order, and all of one length
        every = [span for number in numbers for span in self._entry(number)]
        if atom in patterns.regular:
            # As if the alternatives were one: of all that end together the leftmost counts.
            leftmost: dict[int, int] = {}
            for start, end in every:
                if leftmost.get(end, end) >= start:
                    leftmost[end] = start
            every = [(start, end) for end, start in leftmost.items()]
        every.sort()
        return list(dict(every).items())

    def _entry(self, number: int) -> Spans:
        """The spans of one entry, which several atoms may share."""
        spans = self._entries.get(number)
        if spans is None:
            position = self._position
            assert position is not None
            length = self._patterns.needs[number].length
            if length is None:
                spans = [(position(start), position(end)) for start, end in self._found[number]]
            else:
                spans = [((at := position(end)) - length, at) for _, end in self._found[number]]
            self._entries[number] = spans
        return spans


class PatternSet:
    """One compiled database; scanning is safe from several threads.

    Atoms are numbered in the order of their keys. Of those in `anywhere` only the presence is looked
    for: they have no spans.
    """

    def __init__(
        self, entries: Sequence[Expression], cache: Path | None = None, anywhere: Container[str] = ()
    ) -> None:
        keys = sorted({key for entry in entries for key in entry.keys})
        self.numbers = {key: number for number, key in enumerate(keys)}
        self.needs = _needs(entries, self.numbers, anywhere)
        self.regular = {self.numbers[key] for entry in entries if entry.length is None for key in entry.keys}
        placed = [key not in anywhere for key in keys]
        self.placed = [tuple(atom for atom in need.atoms if placed[atom]) for need in self.needs]
        self._bits = [sum(1 << atom for atom in need.atoms) for need in self.needs]
        self._first_guarded = sum(not need.guarded for need in self.needs)
        self._database = None
        if self.needs:
            self._database = _cached(self.needs, cache) if cache else _compile(self.needs)
        self._local = threading.local()

    def find(self, text: str) -> dict[str, Spans]:
        """Every hit in a normalised text, by the keys of atoms."""
        hits = self.scan(text)
        return {key: hits.spans(atom) for key, atom in self.numbers.items() if hits.present >> atom & 1}

    def scan(self, text: str) -> Hits:
        """What hits in a normalised text."""
        data = text.encode()
        present, found = self._collected(data, self._raw(data))
        return Hits(self, text, data, present, found)

    def _raw(self, data: bytes) -> list[tuple[int, int, int]]:
        raw: list[tuple[int, int, int]] = []
        if self._database is None or not data:
            return raw

        def note(entry: int, start: int, end: int, flags: int, context: object) -> bool | None:
            raw.append((entry, start, end))
            return True if len(raw) >= MAX_HITS else None

        import hyperscan

        with suppress(hyperscan.ScanTerminated):
            self._database.scan(data, match_event_handler=note, scratch=self._scratch())
        return raw

    def _scratch(self) -> Any:
        import hyperscan

        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        return scratch

    def _collected(
        self, data: bytes, raw: Sequence[tuple[int, int, int]]
    ) -> tuple[int, dict[int, list[tuple[int, int]]]]:
        """The atoms that hit as bits, and the hits of each entry in bytes."""
        found: dict[int, list[tuple[int, int]]] = {}
        for number, start, end in raw:
            if number >= self._first_guarded:
                need = self.needs[number]
                begin = end - need.size
                if begin and data[begin - 1] in need.guard_start:
                    continue
                if end < len(data) and data[end] in need.guard_end:
                    continue
            listed = found.get(number)
            if listed is None:
                found[number] = [(start, end)]
            else:
                listed.append((start, end))
        present = reduce(or_, [self._bits[number] for number in found], 0)
        return present, found


def code_points(text: str, data: bytes) -> Callable[[int], int]:
    """A function from byte offsets of the UTF-8 form to code point offsets."""
    if len(text) == len(data):
        return int
    import numpy as np

    starts = (np.frombuffer(data, dtype=np.uint8) & 0xC0) != 0x80
    before: list[int] = [0, *np.cumsum(starts).tolist()]
    return before.__getitem__


def _cached(needs: Sequence[_Need], folder: Path) -> Any:
    """The database from the cache, else compiled and put there. A broken cache file is replaced."""
    import hyperscan as hs

    digest = sha256(version("hyperscan").encode())
    for need in needs:
        digest.update(f"{_flags(need)} {need.regex}\0".encode())
    file = folder / f"patterns-{digest.hexdigest()[:32]}.hsdb"
    try:
        database = hs.loadb(file.read_bytes(), hs.HS_MODE_BLOCK)
        hs.Scratch(database)
        return database
    except (OSError, hs.HyperscanError):
        database = _compile(needs)
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
