"""What is known of time stamps: lists of hashes, the tokens over them, and what is missing."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from findings.model.crawl import EvidenceRef

#: A token taken later than this after the capture is late, and papers say by how much.
IN_TIME = timedelta(minutes=10)
#: Roles of the files that the evidence store keeps of a stamp.
LIST_ROLE, TOKEN_ROLE, ROOTS_ROLE = "stamp_list", "stamp_token", "stamp_roots"


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked for tokens. `roots` are its root certificates in PEM, `policy` the object identifier of the
    policy that a token must be given under, None for the authority's own."""

    name: str
    url: str
    roots: bytes
    policy: str | None = None


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """One authority's answer over a list, checked before it was kept.

    `file` is the answer as it came (RFC 3161 TimeStampResp, DER), `roots` the root certificates (PEM) that it was
    checked with. `at` is the authority's time, `asked_at` and `kept_at` are this machine's (UTC).
    """

    authority: str
    file: EvidenceRef
    roots: EvidenceRef
    at: datetime
    asked_at: datetime
    kept_at: datetime

    @property
    def clock_off(self) -> timedelta:
        """How far this machine's clock was from the authority's at least: positive where it was ahead."""
        if self.at < self.asked_at:
            return self.asked_at - self.at
        return min(self.kept_at - self.at, timedelta())


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A token that is missing: why it was not had the last time, how often it was asked for, and when (UTC)."""

    authority: str
    reason: str
    reason_zh: str
    first: datetime
    last: datetime
    tries: int


class ListRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A stamp list and what came of it. `begin` and `end` are the first and the last capture in it, `made_at` when
    it was made (UTC); `hashes` how many it holds, `authorities` who was to be asked."""

    listing: EvidenceRef
    begin: datetime
    end: datetime
    made_at: datetime
    hashes: int
    authorities: tuple[str, ...]
    tokens: tuple[Token, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def missing(self) -> tuple[Gap, ...]:
        """What is missing, also of authorities that a killed process never came to ask."""
        had = {token.authority for token in self.tokens}
        told = {gap.authority: gap for gap in self.gaps}
        return tuple(
            told.get(name)
            or Gap(
                authority=name,
                reason="not asked yet",
                reason_zh="尚未请求",
                first=self.made_at,
                last=self.made_at,
                tries=0,
            )
            for name in dict.fromkeys((*self.authorities, *told))
            if name not in had
        )


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """A list that holds some of the hashes that were asked for (`covers`)."""

    record: ListRecord
    covers: frozenset[str]


def earliest(tokens: Iterable[Token]) -> Token | None:
    """The token that proves most: whatever it covers was there at its time."""
    return min(tokens, key=lambda token: token.at, default=None)


def delay(captured_at: datetime, tokens: Iterable[Token]) -> timedelta | None:
    """From the capture by this machine's clock to the earliest of its tokens; None without one. Negative where this
    machine's clock was ahead."""
    first = earliest(tokens)
    return first.at - captured_at if first else None
