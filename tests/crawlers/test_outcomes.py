"""One typed outcome for whatever a network, a browser or a server says."""

import importlib
from urllib.parse import urlsplit

import pytest

from crawlers.guard.ledger import Contact, Reach
from crawlers.outcomes import PageTrouble, of_browser_error, of_contact, of_exception, of_page, of_status
from findings.model.vocabulary import Outcome


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (401, Outcome.LOGIN),
        (403, Outcome.BLOCKED),
        (429, Outcome.BLOCKED),
        (404, Outcome.ERROR),
        (410, Outcome.ERROR),
        (400, Outcome.ERROR),
        (500, Outcome.UNREACHABLE),
        (503, Outcome.UNREACHABLE),
    ],
)
def test_status(status: int, outcome: Outcome) -> None:
    ending = of_status(status)
    assert ending is not None
    assert ending.outcome is outcome
    assert str(status) in (ending.detail or "")


@pytest.mark.parametrize("status", [None, 200, 204, 304])
def test_status_that_decides_nothing(status: int | None) -> None:
    assert of_status(status) is None


def test_what_a_page_shows_goes_before_its_status() -> None:
    assert of_page(Outcome.CAPTCHA, "signature: x", 403).outcome is Outcome.CAPTCHA
    assert of_page(Outcome.OK, None, 404).outcome is Outcome.ERROR
    assert of_page(Outcome.SELECTOR_BROKEN, None, 200).detail == "page: selector_broken"
    assert of_page(Outcome.OK, None, 200).detail is None


@pytest.mark.parametrize(
    ("message", "outcome"),
    [
        ("Page.goto: net::ERR_CERT_AUTHORITY_INVALID at https://a.example/", Outcome.UNREACHABLE),
        ("net::ERR_CONNECTION_REFUSED", Outcome.UNREACHABLE),
        ("net::ERR_TIMED_OUT", Outcome.TIMEOUT),
        ("Timeout 30000ms exceeded.", Outcome.TIMEOUT),
        ("net::ERR_TOO_MANY_REDIRECTS", Outcome.ERROR),
        ("something else\nwith a trace", Outcome.ERROR),
    ],
)
def test_browser_errors(message: str, outcome: Outcome) -> None:
    ending = of_browser_error(message)
    assert ending.outcome is outcome
    assert "\n" not in (ending.detail or "")


def test_the_guards_word() -> None:
    assert of_contact(None) is None
    assert of_contact(Contact(Reach.CONNECTED, ip="8.8.8.8")) is None
    refused = of_contact(Contact(Reach.REFUSED, detail="127.0.0.1 is loopback"))
    assert refused is not None
    assert (refused.outcome, refused.detail) == (Outcome.SKIPPED, "address: 127.0.0.1 is loopback")


def test_exceptions() -> None:
    from scrapy.exceptions import IgnoreRequest

    assert of_exception(IgnoreRequest("Forbidden by robots.txt")).detail == "robots"
    bomb = "Ignored response <200 x> because its body (1 B compressed, 9 B so far) exceeded DOWNLOAD_MAXSIZE (5 B)"
    assert of_exception(IgnoreRequest(bomb)).outcome is Outcome.ERROR
    assert of_exception(IgnoreRequest("max redirections reached")).outcome is Outcome.ERROR
    assert of_exception(PageTrouble(Outcome.TIMEOUT, "late")).outcome is Outcome.TIMEOUT
    assert of_exception(ValueError("odd\n\x1b[31mtext")).detail == "ValueError: odd"


@pytest.mark.parametrize("unpacker", ["zlib.error", "gzip.BadGzipFile"])
def test_a_broken_packing_is_told(unpacker: str) -> None:
    module, _, name = unpacker.partition(".")
    error: BaseException = getattr(importlib.import_module(module), name)("bad header")
    assert of_exception(error).detail == "answer: its packing is broken (bad header)"


@pytest.mark.parametrize("address", ["http://[::1", "http://x:99999/"])
def test_a_redirect_to_no_address_is_told(address: str) -> None:
    with pytest.raises(ValueError) as raised:
        urlsplit(address).port  # noqa: B018
    assert (of_exception(raised.value).detail or "").startswith("redirect: to something that is no address")


def test_a_reason_that_quotes_a_page_stays_one_printable_line() -> None:
    trouble = PageTrouble(Outcome.SKIPPED, "download: " + "a" * 100_000 + "\u202e\n\x1b[31m")
    assert trouble.ending.detail == str(trouble) == "download: " + "a" * 190
