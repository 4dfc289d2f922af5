"""From what a network, a browser or a server says to one typed outcome and one sentence: pure."""

import re
from collections.abc import Mapping

import msgspec

from crawlers.guard.ledger import Contact, Reach
from findings.model.vocabulary import Outcome

#: 401 and 407 ask who we are; the others turn an automatic visitor away.
_LOGIN = frozenset((401, 407))
_BLOCKED = frozenset((403, 406, 412, 418, 429, 444, 451))

#: Chromium's net errors (net/base/net_error_list.h) that are no plain "unreachable".
_TIMEOUTS = ("ERR_TIMED_OUT", "ERR_CONNECTION_TIMED_OUT")
_ERRORS = ("ERR_TOO_MANY_REDIRECTS", "ERR_INVALID_REDIRECT", "ERR_UNSAFE_REDIRECT", "ERR_INVALID_URL", "ERR_UNSAFE_PORT",
           "ERR_UNKNOWN_URL_SCHEME", "ERR_BLOCKED_BY_CLIENT", "ERR_INSUFFICIENT_RESOURCES", "ERR_DISALLOWED_URL_SCHEME")  # fmt: skip
_NET_ERROR = re.compile(r"net::(ERR_[A-Z0-9_]+)")


class Ending(msgspec.Struct, frozen=True):
    """How something ended: outcome and, for any but `ok`, one sentence."""

    outcome: Outcome
    detail: str | None = None


class PageTrouble(Exception):
    """A page can't be captured, for a known reason: carries the ending.

    `detail` may quote the page (a media type, a file's name): one printable line of it is kept.
    """

    def __init__(self, outcome: Outcome, detail: str) -> None:
        self.ending = Ending(outcome, first_line(detail))
        super().__init__(self.ending.detail)


def of_status(status: int | None) -> Ending | None:
    """The ending that an HTTP status alone decides, or None for an answer to be read."""
    if status is None or status < 400:
        return None
    if status in _LOGIN:
        return Ending(Outcome.LOGIN, f"http: {status} asks for a login")
    if status in _BLOCKED:
        return Ending(Outcome.BLOCKED, f"http: {status} turns the visitor away")
    if status >= 500:
        return Ending(Outcome.UNREACHABLE, f"http: {status} from the server")
    if status in (404, 410):
        return Ending(Outcome.ERROR, f"http: {status}, the page is gone")
    return Ending(Outcome.ERROR, f"http: {status} from the server")


def of_page(read: Outcome, read_detail: str | None, status: int | None) -> Ending:
    """The ending of a page that was read: what it shows itself to be goes before its status."""
    if read in (Outcome.CAPTCHA, Outcome.LOGIN, Outcome.BLOCKED):
        return Ending(read, read_detail or f"page: {read.value}")
    by_status = of_status(status)
    if by_status is not None:
        return by_status
    if read is Outcome.OK:
        return Ending(read)
    return Ending(read, read_detail or f"page: {read.value}")


def of_contact(contact: Contact | None) -> Ending | None:
    """The ending that the guard's ledger decides, or None where the host was reached."""
    if contact is None or contact.reach is Reach.CONNECTED:
        return None
    if contact.reach is Reach.REFUSED:
        return Ending(Outcome.SKIPPED, f"address: {contact.detail}")
    if contact.reach is Reach.TIMEOUT:
        return Ending(Outcome.TIMEOUT, f"connection: {contact.detail}")
    if contact.reach is Reach.PROXY:
        return Ending(Outcome.UNREACHABLE, f"proxy: {contact.detail}")
    return Ending(Outcome.UNREACHABLE, f"connection: {contact.detail}")


def of_browser_error(message: str) -> Ending:
    """The ending that an error message of Playwright or Chromium means."""
    found = _NET_ERROR.search(message)
    if found:
        name = found.group(1)
        if name in _TIMEOUTS:
            return Ending(Outcome.TIMEOUT, f"browser: {name}")
        if name.startswith(("ERR_CERT_", "ERR_SSL_", "ERR_BAD_SSL_")):
            return Ending(Outcome.UNREACHABLE, f"certificate: {name}")
        if name in _ERRORS:
            return Ending(Outcome.ERROR, f"browser: {name}")
        return Ending(Outcome.UNREACHABLE, f"browser: {name}")
    if "Timeout" in message:
        return Ending(Outcome.TIMEOUT, "browser: the page did not load in time")
    return Ending(Outcome.ERROR, f"browser: {first_line(message)}")


#: Scrapy's exception names by outcome; by name, so that judging them loads no Scrapy.
_SCRAPY: Mapping[str, Outcome] = {
    "DownloadTimeoutError": Outcome.TIMEOUT,
    "TimeoutError": Outcome.TIMEOUT,
    "CannotResolveHostError": Outcome.UNREACHABLE,
    "DownloadConnectionRefusedError": Outcome.UNREACHABLE,
    "DownloadFailedError": Outcome.UNREACHABLE,
    "TunnelError": Outcome.UNREACHABLE,
    "ConnectionRefusedError": Outcome.UNREACHABLE,
    "ConnectionLost": Outcome.UNREACHABLE,
    "ResponseDataLossError": Outcome.UNREACHABLE,
    "ResponseFailed": Outcome.UNREACHABLE,
    "ResponseNeverReceived": Outcome.UNREACHABLE,
}


#: What unpackers raise on a broken answer: zlib, Brotli (`error`), gzip, Zstandard.
_BAD_PACKING = ("error", "BadGzipFile", "ZstdError")
#: How Scrapy and Python begin to say that a redirect names no address.
_NO_ADDRESS = ("Missing scheme in request url", "Invalid IPv6 URL", "Port ", "netloc ", "Invalid URL")


def of_exception(error: BaseException) -> Ending:
    """The ending of a task in which `error` was raised by Scrapy, Playwright or this room."""
    if isinstance(error, PageTrouble):
        return error.ending
    name, text = type(error).__name__, str(error)
    if name == "IgnoreRequest":
        if "DOWNLOAD_MAXSIZE" in text:  # a small answer that unpacks into a large one
            return Ending(Outcome.ERROR, f"size: {first_line(text.partition('because its ')[2] or text)}")
        if "max redirections" in text:
            return Ending(Outcome.ERROR, "redirect: more steps than are followed")
        robots = "robots" in text
        return Ending(Outcome.SKIPPED, "robots" if robots else f"request: {first_line(text)}")
    if "certificate verify failed" in text or "VerificationError" in text:
        return Ending(Outcome.UNREACHABLE, f"certificate: {first_line(text)}")
    if name == "DownloadCancelledError":
        return Ending(Outcome.ERROR, f"size: {first_line(text) or 'the answer is longer than allowed'}")
    if name == "UnicodeDecodeError":
        return Ending(Outcome.ERROR, f"answer: its head is broken ({first_line(text)})")
    if name in _BAD_PACKING:
        return Ending(Outcome.ERROR, f"answer: its packing is broken ({first_line(text)})")
    if name == "ValueError" and text.startswith(_NO_ADDRESS):
        return Ending(
            Outcome.ERROR, f"redirect: to something that is no address of the web ({first_line(text)})"
        )
    known = _SCRAPY.get(name)
    if known is not None:
        return Ending(known, f"connection: {name}: {first_line(text)}")
    if type(error).__module__.startswith("playwright"):
        return of_browser_error(text)
    return Ending(Outcome.ERROR, f"{name}: {first_line(text)}")


def first_line(text: str, limit: int = 200) -> str:
    """The first line of a message, printable, at most `limit` code points."""
    line = next((part.strip() for part in text.splitlines() if part.strip()), "")
    return "".join(char if char.isprintable() else " " for char in line)[:limit]
