"""Text that no UTF-8 can carry: halves of surrogate pairs, as broken pages and command lines bring them."""

from typing import Any


def without_halves(value: Any) -> Any:
    """A JSON-like value (strings, dicts, sequences) with U+FFFD for each lone surrogate; sequences become lists.

    One code point replaces one, so offsets of spans stay right.
    """
    match value:
        case str():
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case dict():
            return {without_halves(key): without_halves(item) for key, item in value.items()}
        case list() | tuple():
            return [without_halves(item) for item in value]
    return value
