"""How a source is asked over HTTP: method, headers, body, a token to be fetched first, follow-up questions.

Templates hold `{q}` (keyword), `{pn}` (offset), `{page}`; those of a follow-up `{package}` or `{url}`.
"""

from typing import Any

import msgspec


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token that the host hands out and wants back in a header.

    `at` is the dotted path where it stands in the JSON answer; empty means that the answer is the token.
    `value` is the header's content with `{token}` and `{ms}` (milliseconds since 1970, of the question).
    """

    url: str
    header: str
    method: str = "POST"
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: Any = None
    at: str = ""
    value: str = "{token}"
    lifetime_s: float = 60.0


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One question. `body` is a JSON template."""

    method: str = "GET"
    headers: dict[str, str] = msgspec.field(default_factory=dict)
    body: Any = None
    token: Token | None = None


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """A second question per app, where the list lacks one of `fields`: at most `most` a page.

    `url` with `{url}` asks the app's own page, as the list links it, on a host of the source only.
    """

    url: str
    ask: Ask = Ask()
    fields: tuple[str, ...] = ("developer", "description")
    most: int = 10
    short: int = 0
    """A description of fewer characters counts as lacking: lists show a line of it."""
