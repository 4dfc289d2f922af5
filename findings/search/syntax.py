"""Reads what an officer typed into a search box, and writes a search down again.

    query  = either;           either = every ("OR" | "或" every)*
    every  = one (("AND" | "与")? one)*;   one = ("NOT" | "非" | "-") one | "(" query ")" | leaf
    leaf   = word | quotation | field ":" (word | quotation)

A word ends at white space, a quotation mark or a bracket; brackets with no space between them are part of
it: 星河(上海)公司 is one word. Operators are words that stand alone, in capitals; quoted they are text. Brackets, colon,
quotation marks and minus may be full width: input methods insert them.
"""

from findings.errors import QuerySyntaxError
from findings.search.expression import (
    WORDS,
    Expression,
    Phrase,
    either,
    every,
    negated,
)
from findings.search.fields import BadFieldValue, Field, field_meant, field_named
from findings.search.fold import fold

#: Longest query in code points, most leaves and deepest nesting: still cheap on both stores.
MAX_WORDS, MAX_LEAVES, MAX_DEPTH = 1000, 64, 16

#: Chinese and typographic quotation marks do what ASCII ones do: input methods insert them.
_QUOTES = {'"': '"', "“": "”", "”": "”", "「": "」"}
_OPEN, _CLOSE, _MINUS, _COLON = "(（", ")）", "-－", ":："
_AND, _OR, _NOT = ("AND", "与"), ("OR", "或"), ("NOT", "非")


def parse(words: str) -> Expression | None:
    """The tree of a query; None for one of nothing but white space. Raises QuerySyntaxError."""
    if len(words) > MAX_WORDS:
        raise QuerySyntaxError(
            f"the query is longer than {MAX_WORDS} characters", MAX_WORDS, zh=f"检索式超过 {MAX_WORDS} 个字符"
        )
    reader = _Reader(words)
    if reader.at_end():
        return None
    found = reader.either(0)
    if not reader.at_end():
        raise QuerySyntaxError("this bracket closes none", reader.place, zh="右括号没有对应的左括号")
    return found


def first_denial(words: str) -> int:
    """The place of the first NOT or minus of a query that can be read."""
    reader = _Reader(words)
    reader.either(0)
    return reader.denied or 0


class _Reader:
    """Reads one query from left to right; `place` is the next character."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.place = 0
        self.denied: int | None = None
        self._leaves = 0

    def at_end(self) -> bool:
        """Skip white space and characters that can't be seen; whether nothing follows."""
        while self.place < len(self.words) and self._blank(self.place):
            self.place += 1
        return self.place == len(self.words)

    def either(self, depth: int) -> Expression:
        """Parts joined by OR."""
        parts = [self._every(depth)]
        while self._operator(_OR):
            parts.append(self._every(depth))
        return either(*parts)

    def _every(self, depth: int) -> Expression:
        parts = [self._one(depth)]
        while not self.at_end():
            if self.words[self.place] in _CLOSE or self._word() in _OR:
                break
            self._operator(_AND)
            parts.append(self._one(depth))
        return every(*parts)

    def _one(self, depth: int) -> Expression:
        if depth > MAX_DEPTH:
            raise QuerySyntaxError(
                f"it is nested deeper than {MAX_DEPTH} levels", self.place, zh=f"嵌套超过 {MAX_DEPTH} 层"
            )
        if self.at_end():
            raise QuerySyntaxError("something to look for is missing here", self.place, zh="此处缺少检索内容")
        start = self.place
        letter = self.words[start]
        if letter in _CLOSE or self._word() in (*_AND, *_OR):
            raise QuerySyntaxError("something to look for is missing here", start, zh="此处缺少检索内容")
        if self._operator(_NOT) or self._minus():
            if self.denied is None:
                self.denied = start
            return negated(self._one(depth + 1))
        if letter in _OPEN:
            self.place += 1
            inner = self.either(depth + 1)
            if self.at_end():
                raise QuerySyntaxError("this bracket is never closed", start, zh="括号没有配对")
            self.place += 1
            return inner
        return self._leaf(start)

    def _leaf(self, start: int) -> Expression:
        self._leaves += 1
        if self._leaves > MAX_LEAVES:
            raise QuerySyntaxError(
                f"there are more than {MAX_LEAVES} things to look for",
                start,
                zh=f"检索内容超过 {MAX_LEAVES} 项",
            )
        if self.words[start] in _QUOTES:
            return _phrase(self._quotation(), start)
        end = self._end_of_word()
        colon = next((n for n in range(start, end) if self.words[n] in _COLON), end)
        field = field_named(self.words[start:colon]) if colon < end else None
        if field is None:
            self._no_slip(start, colon, end)
            self.place = end
            return _phrase(self.words[start:end], start)
        self.place = colon + 1
        if self.place < end:
            value, self.place = self.words[self.place : end], end
        elif self.place < len(self.words) and self.words[self.place] in _QUOTES:
            value = self._quotation()
        else:
            value = ""
        return _value(field, value, colon + 1)

    def _no_slip(self, start: int, colon: int, end: int) -> None:
        """Raise if a word is most likely meant as a field; an address (https://) is text."""
        meant = field_meant(self.words[start:colon]) if colon < end else None
        if meant is not None and self.words[colon + 1 : colon + 3] != "//":
            raise QuerySyntaxError(
                f"there is no field {self.words[start:colon]}: {meant.name}: may be meant; quote it to look for it as text",
                start,
                zh=f"没有字段 {self.words[start:colon]}，是否指 {meant.name}:；如按原文检索请加引号",
            )

    def _quotation(self) -> str:
        """The text between quotation marks, which are passed."""
        start = self.place
        closing = {_QUOTES[self.words[start]], '"'} if self.words[start] != '"' else {'"'}
        for place in range(start + 1, len(self.words)):
            if self.words[place] in closing:
                self.place = place + 1
                return self.words[start + 1 : place]
        raise QuerySyntaxError("a quotation mark is never closed", start, zh="引号没有配对")

    def _end_of_word(self) -> int:
        """Where the word that begins here ends."""
        place = self.place
        while place < len(self.words):
            letter = self.words[place]
            if letter.isspace() or letter in _QUOTES or letter in _CLOSE:
                break
            if letter in _OPEN:
                behind = self._behind_bracket(place)
                if behind is None or self.words[self.place : place] in (*_AND, *_OR, *_NOT):
                    break
                place = behind
            else:
                place += 1
        return place

    def _behind_bracket(self, place: int) -> int | None:
        """Behind the bracket that closes the one at a place, if nothing ends a word before; so it is text."""
        inside = 0
        for at in range(place, len(self.words)):
            letter = self.words[at]
            if letter.isspace() or letter in _QUOTES:
                return None
            inside += (letter in _OPEN) - (letter in _CLOSE)
            if not inside:
                return at + 1
        return None

    def _word(self) -> str:
        return self.words[self.place : self._end_of_word()]

    def _operator(self, names: tuple[str, ...]) -> bool:
        """Pass an operator, if one stands here."""
        if self.at_end() or self._word() not in names:
            return False
        self.place = self._end_of_word()
        return True

    def _minus(self) -> bool:
        """Pass a minus that stands before something; one that stands alone is text."""
        behind = self.place + 1
        if self.words[self.place] not in _MINUS or behind == len(self.words):
            return False
        if self._blank(behind) or self.words[behind] in _CLOSE:
            return False
        self.place = behind
        return True

    def _blank(self, place: int) -> bool:
        return self.words[place].isspace() or not fold(self.words[place])


def _phrase(text: str, start: int) -> Expression:
    term = fold(text)
    if not term.strip():
        raise QuerySyntaxError("there is nothing to look for here", start, zh="此处没有可检索的文字")
    return Phrase(WORDS, term)


def _value(field: Field, value: str, start: int) -> Expression:
    if not value.strip():
        raise QuerySyntaxError(
            f"{field.name}: has no value", start, zh=f"{field.chinese[0]}（{field.name}）之后没有内容"
        )
    try:
        return field.read(value)
    except BadFieldValue as error:
        raise QuerySyntaxError(
            f"{field.name}: can't be {value[:40]!r}: {error.said}",
            start,
            zh=f"{field.chinese[0]}（{field.name}）不能是“{value[:40]}”：{error.said.zh}",
        ) from error
