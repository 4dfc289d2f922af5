"""JSON in an answer and JSON inside a page: hydration data, assignments in scripts, pretty-printed answers.

Scripts are read, never run. What is no strict JSON is read as a JavaScript literal (`undefined`, bare keys,
single quotes, `!0`), as long as it holds nothing that would have to be run. All of it is hostile: no
recursion, depth and number of tokens bounded, every page read in time linear in its size.
"""

import html as entities
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from lxml import html

from crawlers.parsers.document import Page, clean, select

#: Most scripts that are looked at on one page, and most values read for one name.
_MAX_SCRIPTS = 400
_MAX_VALUES = 20
#: Deepest nesting, and most tokens that one literal may have (4 MB of real data have about 500,000).
_MAX_DEPTH = 200
_MAX_TOKENS = 1_000_000
#: Most objects that `objects` walks over.
_MAX_OBJECTS = 50_000

_PREFIX = re.compile(r"\s*(?:\)\]\}'[,\n]?|while\s*\(1\);|for\s*\(;;\);)?\s*")
_JSONP = re.compile(r"(?:/\*\*/)?\s*[\w$.]{1,80}\s*\(\s*(?=[\[{])")
_TOKEN = re.compile(
    r"\s*(?:(?P<string>\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"|'[^'\\]*+(?:\\.[^'\\]*+)*+')"
    r"|(?P<number>-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<mark>[\[\]{},:])"
    r"|(?P<word>!\s*[01]|void\s+0|[A-Za-z_$][\w$]*))",
    re.DOTALL,
)
_WORDS: dict[str, Any] = {"true": True, "!0": True, "false": False, "!1": False} | dict.fromkeys(
    ("null", "undefined", "void0", "NaN", "Infinity")
)
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "", "\n": ""}
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,400}>|<!--.{0,400}?-->", re.DOTALL)
_SPACE = re.compile(r"\s*")
_PARSED = re.compile(r"\s*JSON\s*\.\s*parse\s*\(\s*(?P<inner>(?:decodeURIComponent|unescape)\s*\(\s*)?")


class NoData(ValueError):
    """A text that holds no readable JSON; its message says why. `place` is how far it was read, in characters."""

    def __init__(self, why: str, place: int = 0) -> None:
        self.place = place
        super().__init__(why)


def answer(page: Page) -> Any:
    """The JSON that a whole answer consists of; a prefix against hijacking or a JSONP call is taken off.

    A browser shows JSON as a page with one `pre`; such a saved page is read too. Raises NoData.
    """
    text = page.text.lstrip("\ufeff")
    if text.lstrip()[:1] == "<":
        shown = page.body.find(".//pre") if page.tree.find(".//a") is None else None
        if shown is None:
            raise NoData("a web page instead of JSON")
        text = shown.text_content()
    text = text[_PREFIX.match(text).end() :]  # type: ignore[union-attr]  # every part is optional
    call = _JSONP.match(text)
    try:
        return json.loads(text) if call is None else value_at(text, call.end())
    except (ValueError, RecursionError):
        raise NoData("answer too long" if page.cut else "answer is no JSON") from None


def in_scripts(page: Page, css: str) -> Iterator[Any]:
    """The data of each element that `css` picks (`script#__NEXT_DATA__`), unreadable ones left out."""
    for element in select(page.tree, css)[:_MAX_SCRIPTS]:
        data = first_in(element)
        if data is not None:
            yield data


def first_in(element: html.HtmlElement) -> Any:
    """The data that an element's text begins with, or None."""
    text = (element.text or "").strip()
    if text.startswith(("{&", "[&", "[{&")):
        text = entities.unescape(text)
    try:
        return value_at(text)
    except NoData:
        return None


def assigned(page: Page, name: str) -> Iterator[Any]:
    """The values that scripts give to a name (`window._SSR_HYDRATED_DATA`), in page order.

    `name = {…}`, `name = JSON.parse("…")` and `name = JSON.parse(decodeURIComponent("…"))` are read.
    """
    setting = re.compile(rf"(?<![\w$.]){re.escape(name)}\s*=(?!=)\s*")
    read = 0
    for script in list(page.tree.iter("script"))[:_MAX_SCRIPTS]:
        text = script.text or ""
        looked_through = 0
        for found in setting.finditer(text):
            if read >= _MAX_VALUES:
                return
            if found.start() < looked_through:
                continue  # inside a value that was cut off: nothing is gone through twice
            read += 1
            try:
                yield value_at(text, found.end())
            except NoData as none:
                looked_through = none.place


def value_at(text: str, start: int = 0) -> Any:
    """The value that stands at a place in a script or text; what follows it doesn't matter. Raises NoData."""
    call = _PARSED.match(text, start)
    if call is not None:
        inner = _literal(text, call.end())
        try:
            return json.loads(unquote(inner) if call["inner"] else inner)
        except (ValueError, TypeError, RecursionError):
            raise NoData("JSON.parse of no JSON", call.end()) from None
    try:
        return json.JSONDecoder().raw_decode(text, _SPACE.match(text, start).end())[0]  # type: ignore[union-attr]
    except (ValueError, RecursionError):
        return _literal(text, start)


def at(value: Any, path: str) -> Any:
    """The value at a dotted path (numbers index lists), or None."""
    for step in filter(None, path.split(".")):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value


def text_of(value: Any, limit: int = 20_000) -> str | None:
    """A string or number of decoded JSON as text of at most `limit` characters, or None where it says nothing.

    `\\u0000` and halves of surrogate pairs, which JSON can spell and files can't hold, are dropped.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return clean(_UNPRINTABLE.sub("", str(value)[:limit])) or None


def untagged(value: Any, limit: int = 20_000) -> str | None:
    """`text_of` for a string with markup in it: tags dropped, entities read."""
    text = text_of(value, limit)
    return text and text_of(entities.unescape(_TAG.sub("", text)), limit)


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in decoded JSON, outer before inner, in the order of the text; at most 50,000."""
    todo: list[Any] = [value]
    seen = 0
    while todo and seen < _MAX_OBJECTS:
        one = todo.pop()
        if isinstance(one, dict):
            seen += 1
            yield one
            todo.extend(reversed([inner for inner in one.values() if isinstance(inner, dict | list)]))
        elif isinstance(one, list):
            todo.extend(reversed([inner for inner in one if isinstance(inner, dict | list)]))


def _string(quoted: str) -> str:
    """A JavaScript string's text; half of a surrogate pair becomes U+FFFD."""
    if "\\" not in quoted:
        return quoted[1:-1]

    def plain(match: re.Match[str]) -> str:
        code = match[1] or match[2] or match[3]
        if code is None:
            return _LETTERS.get(match[4], match[4])
        return chr(int(code, 16)) if int(code, 16) < 0x110000 else "\ufffd"

    text = _ESCAPE.sub(plain, quoted[1:-1])
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _scalar(token: re.Match[str]) -> Any:
    """The value of a string, number or word. Raises NoData for a name: that would have to be run."""
    if token["string"] is not None:
        return _string(token["string"])
    if token["number"] is not None:
        number = token["number"]
        return int(number) if number.lstrip("-").isdecimal() and len(number) < 20 else float(number)
    word = re.sub(r"\s", "", token["word"])
    if word not in _WORDS:
        raise NoData("a script that would have to be run, no data", token.end())
    return _WORDS[word]


def _literal(text: str, start: int) -> Any:
    """A JavaScript literal: objects and arrays of strings, numbers, `true`, `undefined` and the like.

    Open objects and arrays lie on a stack of our own. Raises NoData where the literal is cut off, nests
    deeper than 200 or holds anything else.
    """
    open_values: list[Any] = []
    keys: list[str | None] = []
    place = start
    for _ in range(_MAX_TOKENS):
        token = _TOKEN.match(text, place)
        if token is None:
            raise NoData("data cut off, or no data", place)
        place = token.end()
        mark = token["mark"]
        holder = open_values[-1] if open_values else None
        if mark in ("{", "["):
            if len(open_values) >= _MAX_DEPTH:
                raise NoData("data nested too deep", place)
            value: Any = {} if mark == "{" else []
            _put(holder, keys, value, place)
            open_values.append(value)
            keys.append(None)
        elif mark in ("}", "]"):
            if not isinstance(holder, dict if mark == "}" else list) or keys[-1] is not None:
                raise NoData("brackets that don't match", place)
            open_values.pop()
            keys.pop()
            if not open_values:
                return holder
        elif mark is not None:
            if holder is None:
                raise NoData("no data", place)
        elif isinstance(holder, dict) and keys[-1] is None:
            keys[-1] = _key(token)
        else:
            value = _scalar(token)
            if holder is None:
                return value
            _put(holder, keys, value, place)
    raise NoData("data too long", place)


def _put(holder: Any, keys: list[str | None], value: Any, place: int) -> None:
    """Hang a value into the innermost open object or array."""
    if isinstance(holder, dict):
        if keys[-1] is None:
            raise NoData("a value without a key", place)
        holder[keys[-1]] = value
        keys[-1] = None
    elif isinstance(holder, list):
        holder.append(value)


def _key(token: re.Match[str]) -> str:
    return _string(token["string"]) if token["string"] is not None else token.group().strip()
