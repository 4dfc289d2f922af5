"""What an addressee says of a row in free words: pure. What nobody could be sure of is `UNCLEAR`."""

import re
from functools import lru_cache

import msgspec

from findings.model.handover import Answer
from handover.receipts.words import Words, plain

#: Characters of a cell that are read; the rest is kept with the receipt, and says nothing.
MOST_READ = 400
_CLAUSE = re.compile(r"[,，.。;；、!！\n|/]+")
#: Of two answers in one cell, the one that counts; where a pair is not named, nobody can be sure.
_OF_TWO: dict[frozenset[Answer], Answer] = {
    frozenset(pair): counts
    for pair, counts in (
        ((Answer.CLOSED, Answer.HANDLED), Answer.CLOSED),
        ((Answer.CLOSED, Answer.UNREACHABLE), Answer.CLOSED),
        ((Answer.CLOSED, Answer.NOT_OURS), Answer.CLOSED),
        ((Answer.CLOSED, Answer.NOT_DONE), Answer.NOT_DONE),
        ((Answer.HANDLED, Answer.UNREACHABLE), Answer.HANDLED),
        ((Answer.HANDLED, Answer.NOT_OURS), Answer.NOT_OURS),
        ((Answer.HANDLED, Answer.NOT_DONE), Answer.NOT_DONE),
        ((Answer.NOT_DONE, Answer.UNREACHABLE), Answer.UNREACHABLE),
        ((Answer.NOT_DONE, Answer.NOT_OURS), Answer.NOT_OURS),
        ((Answer.UNREACHABLE, Answer.NOT_OURS), Answer.NOT_OURS),
    )
}


class _Compiled(msgspec.Struct, frozen=True):
    """The words as patterns. `meant` is what a word says, `turned` what a turning word before it makes of that."""

    whole: dict[str, Answer]
    meant: dict[str, Answer]
    turned: dict[str, Answer]
    word: "re.Pattern[str]"
    turning: "re.Pattern[str]"
    doubt: "re.Pattern[str]"


def answer_of(text: str, words: Words) -> Answer:
    """What a cell says; `UNCLEAR` where it says nothing known, asks back, or contradicts itself."""
    compiled = _compiled(msgspec.json.encode(words))
    cut = text[:MOST_READ]
    said = plain(cut)
    if said in compiled.whole:
        return compiled.whole[said]
    if compiled.doubt.search(said):
        return Answer.UNCLEAR
    found = {one for clause in _CLAUSE.split(cut) if (one := _of_clause(plain(clause), compiled))}
    if len(found) > 2:
        found -= {Answer.HANDLED}  # 已处理 beside two others says the least
    if len(found) == 1:
        return found.pop()
    return _OF_TWO.get(frozenset(found), Answer.UNCLEAR)


def _of_clause(clause: str, compiled: _Compiled) -> Answer | None:
    """What one clause says: each known word as what stands before it turns it."""
    found: set[Answer] = set()
    at = 0
    while hit := compiled.word.search(clause, at):
        before = compiled.turning.search(clause, at, hit.start())
        meant = compiled.meant[hit[0]]
        if before and meant in (Answer.CLOSED, Answer.HANDLED):
            meant = compiled.turned[before[1]]
        found.add(meant)
        at = hit.end()
    if len(found) == 2:
        return _OF_TWO.get(frozenset(found), Answer.UNCLEAR)
    return found.pop() if len(found) == 1 else (Answer.UNCLEAR if found else None)


@lru_cache(maxsize=4)
def _compiled(encoded: bytes) -> _Compiled:
    words = msgspec.json.decode(encoded, type=Words)
    meant = {word: answer for answer, listed in words.answers.items() for word in listed}
    turned = {word: answer for answer, listed in words.turned.items() for word in listed}
    between = f"(?:{_any(words.between)}|\\d+月|\\d+日){{0,3}}" if words.between else ""
    return _Compiled(
        whole={word: answer for answer, listed in words.whole.items() for word in listed},
        meant=meant,
        turned=turned,
        word=re.compile(_any(meant)),
        turning=re.compile(f"({_any(turned)}){between}$" if turned else "(?!)"),
        doubt=re.compile(_any(words.doubts) if words.doubts else "(?!)"),
    )


def _any(words: "tuple[str, ...] | dict[str, Answer]") -> str:
    """A pattern of any of the words, longer ones first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"
