"""Words, parts of speech and entities through HanLP, with offsets into the text given.

The model is a configuration value: the folder of the project's own component (`finadwatch
models build`), any other HanLP component's folder, or an official HanLP model's name. The own
component gives offsets itself; of any other the documented outputs (`tok`, `pos`, `ner`) are
read and aligned with the text.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from analyzers.errors import ModelMissing, ModelUnusable
from analyzers.text_windows import windows

WINDOW = 400  # code points; official transformer models take 510 tokens, the own one any length
BATCH = 64
OUTPUTS = ("tok", "pos", "ner")
NAMES = frozenset({"ORG", "PER", "LOC"})

# Entity labels of HanLP's NER corpora (MSRA, OntoNotes, PKU) in the vocabulary of the own component.
# They hold for NER output alone: as a part of speech of CTB, NT is a time and NR any proper noun.
ENTITY_TAGS = {
    **dict.fromkeys(("ORG", "ORGANIZATION", "NT", "nt", "ni", "COMPANY"), "ORG"),
    **dict.fromkeys(("PER", "PERSON", "NR", "nr"), "PER"),
    **dict.fromkeys(("LOC", "LOCATION", "NS", "ns", "GPE", "FAC"), "LOC"),
    **dict.fromkeys(("TIME", "DATE", "t"), "TIME"),
}


class Token(NamedTuple):
    """One word. `start` and `end` are code-point offsets: `text == source[start:end]`.

    `tag` is the model's part of speech, or ORG, PER, LOC, TIME for an entity; empty where the
    model gives none.
    """

    text: str
    tag: str
    start: int
    end: int


@runtime_checkable
class SpanTagger(Protocol):
    """A HanLP component that gives tagged offsets itself, as the project's own does."""

    def spans(self, texts: Sequence[str], batch_size: int = ...) -> list[list[tuple[int, int, str]]]:
        """Cut each text into (start, end, tag)."""
        ...

    def use_threads(self, threads: int) -> None:
        """Run on so many threads from now on."""
        ...


class Segmenter:
    """Cuts texts into tokens; one of a process, since the model behind it is loaded once."""

    def __init__(self, component: Any, brands: Iterable[str] = ()) -> None:
        self._component = component
        self._brands = BrandDictionary(brands)

    @classmethod
    def load(cls, model: str | Path, *, brands: Iterable[str] = (), threads: int | None = 1) -> "Segmenter":
        """Load a HanLP component from a folder or by an official model's name.

        `brands` are names that count as ORG wherever they stand (the network misses short ones).
        `threads` is what the component may use, since workers share the cores; one that runs on
        torch sets it for the whole process. None leaves it as it is.
        """
        name = _resolve(model)
        import hanlp

        try:
            component = hanlp.load(name, verbose=False, devices=-1)
            if threads is not None:
                _limit_threads(component, threads)
        except Exception as error:  # HanLP raises anything from KeyError to its own NotCompatible
            raise ModelUnusable("HanLP", name, error) from error
        return cls(component, brands)

    def segment(self, texts: Sequence[str]) -> list[list[Token]]:
        """Cut each text into tokens, in order; never raises on odd text.

        Long texts go through the model in windows. The own component's tokens cover every code
        point; another model may drop white space.
        """
        pieces = [
            (i, start, text[start:end])
            for i, text in enumerate(texts)
            for start, end in windows(text, WINDOW)
        ]
        plain = [piece for _, _, piece in pieces]
        if isinstance(self._component, SpanTagger):
            spans = self._component.spans(plain, BATCH)
        else:
            spans = self._spans_of_any_model(plain)
        tokens: list[list[Token]] = [[] for _ in texts]
        for (i, offset, piece), found in zip(pieces, spans, strict=True):
            tokens[i].extend(
                Token(piece[start:end], tag, offset + start, offset + end) for start, end, tag in found
            )
        return [self._brands.apply(text, found) for text, found in zip(texts, tokens, strict=True)]

    def _spans_of_any_model(self, texts: list[str]) -> list[list[tuple[int, int, str]]]:
        spans: list[list[tuple[int, int, str]]] = [[] for _ in texts]
        # HanLP's tokenizers fail on a text without a character, and their Rust parts on a surrogate.
        whole = [i for i, text in enumerate(texts) if text.strip()]
        if whole:
            clean = [texts[i].encode("utf-8", "replace").decode("utf-8") for i in whole]
            for i, (words, tags, entities) in zip(whole, _documented(self._run(clean)), strict=True):
                spans[i] = _align(texts[i], words, tags, entities)
        return spans

    def _run(self, texts: list[str]) -> Any:
        """Call a component, of a multi-task one no more than the tasks read here."""
        tasks = list(getattr(self._component, "tasks", None) or ())
        wanted = [next((task for task in tasks if task.split("/")[0] == kind), None) for kind in OUTPUTS]
        chosen = [task for task in wanted if task is not None]
        return self._component(texts, tasks=chosen) if chosen else self._component(texts)


def entities(tokens: Iterable[Token], kind: str) -> list[Token]:
    """Pick the entities of one kind (ORG, PER, LOC, TIME) that hold a letter or a Han character.

    The network has one vector for all it does not know, and calls a run of emoji a person.
    """
    return [token for token in tokens if token.tag == kind and any(char.isalpha() for char in token.text)]


class BrandDictionary:
    """Names that are organisations wherever they stand, found by their first two characters."""

    def __init__(self, brands: Iterable[str]) -> None:
        by_head: dict[str, list[str]] = {}
        for brand in set(brands):
            if len(brand) >= 2:  # one character would tear words apart
                by_head.setdefault(brand[:2], []).append(brand)
        self._by_head = {head: sorted(names, key=len, reverse=True) for head, names in by_head.items()}

    def find(self, text: str) -> list[tuple[int, int]]:
        """Find the brands in a text, leftmost and longest first, never overlapping."""
        found: list[tuple[int, int]] = []
        end_of_last = 0
        for i in range(len(text) - 1):
            names = self._by_head.get(text[i : i + 2])
            if names is None or i < end_of_last:
                continue
            for name in names:
                if text.startswith(name, i):
                    end_of_last = i + len(name)
                    found.append((i, end_of_last))
                    break
        return found

    def apply(self, text: str, tokens: list[Token]) -> list[Token]:
        """Put each brand in place of the tokens under it; a longer ORG around it stays."""
        brands = [(start, end) for start, end in self.find(text)] if self._by_head else []
        if not brands:
            return tokens
        result: list[Token] = []
        at = 0  # one pass over both lists: a page may repeat a brand a hundred thousand times
        for token in tokens:
            while at < len(brands) and brands[at][1] <= token.start:
                at += 1
            under = at
            left = token.start
            while under < len(brands) and brands[under][0] < token.end:
                start, end = brands[under]
                within = token.start <= start and end <= token.end
                if not (within and token.tag == "ORG"):
                    if left < start:
                        result.append(_part(text, token, left, start))
                    if start >= token.start:
                        result.append(Token(text[start:end], "ORG", start, end))
                    left = max(left, end)
                under += 1
            if left == token.start and (under == at or token.tag == "ORG"):
                result.append(token)
            elif left < token.end:
                result.append(_part(text, token, left, token.end))
        return result


def _part(text: str, token: Token, start: int, end: int) -> Token:
    """What a brand leaves of a token; half a name is no name, so it becomes a plain noun."""
    return Token(text[start:end], "n" if token.tag in NAMES else token.tag, start, end)


def _limit_threads(component: Any, threads: int) -> None:
    if isinstance(component, SpanTagger):
        component.use_threads(threads)
    elif torch := sys.modules.get("torch"):  # imported by the component; here it would cost half a gigabyte
        torch.set_num_threads(threads)


def _resolve(model: str | Path) -> str:
    """Tell a folder from an official model's name; a folder that is not there is said at once."""
    path = Path(model).expanduser()
    if (path / "config.json").is_file():
        return str(path.absolute())
    if isinstance(model, Path) or path.is_absolute() or path.exists():
        raise ModelMissing("HanLP", str(model))
    return model


_Documented = tuple[list[str], list[str], list[tuple[int, int, str]]]


def _documented(output: Any) -> list[_Documented]:
    """Read (words, parts of speech, entities as word ranges) for each text of HanLP's output.

    Multi-task models and pipelines give a mapping with keys `tok…`, `pos…`, `ner…`; a lone
    tokenizer gives lists of words; a lone tagger of raw text lists of (word, tag).
    """
    if isinstance(output, Mapping):
        words = _first(output, "tok")
        tags = _first(output, "pos") or [[] for _ in words]
        names = _first(output, "ner") or [[] for _ in words]
        return [
            (
                list(ws),
                list(ts),
                [(int(n[2]), int(n[3]), ENTITY_TAGS.get(n[1], str(n[1]))) for n in ns if len(n) >= 4],
            )
            for ws, ts, ns in zip(words, tags, names, strict=True)
        ]
    result: list[_Documented] = []
    for sentence in output:
        pairs = [(item, "") if isinstance(item, str) else (item[0], str(item[1])) for item in sentence]
        result.append(([word for word, _ in pairs], [tag for _, tag in pairs], []))
    return result


def _first(output: Mapping[str, Any], prefix: str) -> list[Any]:
    """The first output whose key starts so: a model may offer `tok/fine` beside `tok/coarse`."""
    for key, value in output.items():
        if key == prefix or key.startswith(prefix + "/"):
            return list(value)
    return []


def _align(
    text: str, words: list[str], tags: list[str], names: list[tuple[int, int, str]]
) -> list[tuple[int, int, str]]:
    """Find each word in the text from left to right and join the words of an entity.

    A word that the model rewrote, so that it is not there, is left out rather than placed wrongly.
    """
    places: list[tuple[int, int] | None] = []
    at = 0
    for word in words:
        start = text.find(word, at) if word else -1
        if start < 0:
            places.append(None)
        else:
            at = start + len(word)
            places.append((start, at))
    inside = {i: (last, tag) for first, last, tag in names for i in range(first, last)}
    spans: list[tuple[int, int, str]] = []
    i = 0
    while i < len(places):
        last, tag = inside.get(i, (i + 1, tags[i] if i < len(tags) else ""))
        known = [place for place in places[i : max(last, i + 1)] if place is not None]
        if known:
            spans.append((known[0][0], known[-1][1], tag))
        i = max(last, i + 1)
    return spans
