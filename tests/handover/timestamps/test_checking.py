"""Tokens of a real authority (`openssl ts`) checked: good ones, and each way in which one can be wrong."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st

from findings.model.errors import FinAdWatchError
from handover.timestamps.checking import Asked, ask, check_answer, check_token
from handover.timestamps.errors import (
    RequestRefused,
    RootsUnusable,
    TokenForeign,
    TokenMismatched,
    TokenRefused,
    TokenUnproven,
)
from tests.support.timestamp_authority import OTHER_POLICY, POLICY, Certified, openssl_says

DATA = b"what was captured\n"


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return Certified(tmp_path_factory.mktemp("tsa") / "one")


@pytest.fixture(scope="module")
def answer(one: Certified) -> bytes:
    return one.reply(ask(DATA).request)


def test_a_token_says_when_and_by_whom_and_openssl_agrees(one: Certified, tmp_path: Path) -> None:
    asked = ask(DATA)
    answer = one.reply(asked.request)
    facts = check_answer(answer, asked, DATA, one.roots.read_bytes())
    assert abs(facts.at - datetime.now(UTC)) < timedelta(minutes=1)
    assert (facts.authority, facts.policy) == ("CN=Test Time Stamps One", POLICY)
    assert facts.accuracy == timedelta(seconds=1)
    assert len(facts.roots) == 1
    (tmp_path / "data").write_bytes(DATA)
    (tmp_path / "token").write_bytes(answer)
    assert openssl_says(tmp_path / "data", tmp_path / "token", one.roots)


def test_certificates_in_any_order_are_read(tmp_path: Path) -> None:
    """OpenSSL writes them as they come, by chance in order or not; six authorities have both."""
    for number in range(6):
        certified = Certified(tmp_path / str(number), with_rsa=number == 0)
        check_token(certified.reply(ask(DATA).request), DATA, certified.roots.read_bytes())


def test_a_policy_is_asked_for_and_must_be_the_one(one: Certified) -> None:
    asked = ask(DATA, OTHER_POLICY)
    roots = one.roots.read_bytes()
    assert check_answer(one.reply(asked.request), asked, DATA, roots).policy == OTHER_POLICY
    plain = ask(DATA)
    wanted = Asked(request=plain.request, nonce=plain.nonce, policy=OTHER_POLICY)
    with pytest.raises(TokenMismatched, match=OTHER_POLICY):
        check_answer(one.reply(plain.request), wanted, DATA, roots)
    unknown = ask(DATA, "1.2.3.4")
    with pytest.raises(RequestRefused, match="status 2"):
        check_answer(one.reply(unknown.request), unknown, DATA, roots)


def test_an_answer_to_another_request_is_refused(one: Certified, answer: bytes) -> None:
    with pytest.raises(TokenMismatched, match="nonce"):
        check_answer(answer, ask(DATA), DATA, one.roots.read_bytes())
    with pytest.raises(TokenForeign):
        check_token(answer, DATA + b" ", one.roots.read_bytes())


def test_a_token_of_an_authority_nobody_trusts_is_refused(answer: bytes, tmp_path: Path) -> None:
    with pytest.raises(TokenUnproven):
        check_token(answer, DATA, Certified(tmp_path / "two").roots.read_bytes())


@pytest.mark.parametrize(
    ("make", "why"),
    [
        pytest.param(
            lambda folder: Certified(folder, days=(-30, -1)),
            "not valid at its time",
            id="expired before it signed",
        ),
        pytest.param(
            lambda folder: Certified(folder, days=(1, 30)), "not valid at its time", id="not valid yet"
        ),
    ],
)
def test_a_certificate_out_of_its_time_proves_nothing(
    make: Callable[[Path], Certified], why: str, tmp_path: Path
) -> None:
    certified = make(tmp_path / "tsa")
    answer = certified.reply(ask(DATA).request)
    with pytest.raises(TokenUnproven, match=why):
        check_token(answer, DATA, certified.roots.read_bytes())


def test_a_certificate_that_is_for_something_else_proves_nothing(answer: bytes, tmp_path: Path) -> None:
    good = Certified(tmp_path / "good")
    check_token(good.signs(answer), DATA, good.roots.read_bytes())
    web = Certified(tmp_path / "web", purpose=ExtendedKeyUsageOID.SERVER_AUTH)
    with pytest.raises(TokenUnproven):
        check_token(web.signs(answer), DATA, web.roots.read_bytes())
    with pytest.raises(TokenUnproven, match="RFC 5816"):
        check_token(good.signs(answer, names_itself=False), DATA, good.roots.read_bytes())


@pytest.mark.parametrize("junk", [b"", b"<html>", b"\x30\x80", bytes(200_000), b"\x30\x03\x02\x01\x00"])
def test_what_is_no_answer_is_refused(one: Certified, junk: bytes) -> None:
    with pytest.raises(TokenRefused):
        check_token(junk, DATA, one.roots.read_bytes())


def test_what_is_no_root_is_refused(answer: bytes) -> None:
    with pytest.raises(RootsUnusable):
        check_token(answer, DATA, b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


def test_any_changed_byte_of_the_data_is_found(one: Certified, answer: bytes) -> None:
    roots = one.roots.read_bytes()
    for at in range(len(DATA)):
        changed = bytearray(DATA)
        changed[at] ^= 1 << at % 8
        with pytest.raises(TokenForeign):
            check_token(answer, bytes(changed), roots)


@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7), cut=st.integers(0, 40))
def test_an_altered_answer_says_the_same_or_is_refused(
    one: Certified, answer: bytes, where: float, bit: int, cut: int
) -> None:
    """Parts of an answer are signed by nobody (certificates that are not needed): they may change, what it says not."""
    roots = one.roots.read_bytes()
    changed = bytearray(answer)
    changed[int(where * len(answer))] ^= 1 << bit
    for tried in (bytes(changed), bytes(changed[: len(changed) - cut - 1])):
        try:
            facts = check_token(tried, DATA, roots)
        except FinAdWatchError:
            continue
        assert facts == check_token(answer, DATA, roots)
