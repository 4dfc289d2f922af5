"""TLS certificates of the servers that were visited: what they say, and the chain as a file."""

import base64
import hashlib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlsplit

import msgspec
from cryptography import x509
from playwright.async_api import Error

from crawlers.browser.channel import Channel
from findings.model.crawl import Certificate

MEDIA_TYPE = "application/x-pem-file"
_MAX_CHAIN = 10
_MAX_DER = 100_000
_MAX_NAMES = 200
_MAX_NAME = 1_000
_LINE = 64
_PROBE_S = 8.0
_MAX_HEAD = 16_384


class Chain(msgspec.Struct, frozen=True):
    """Certificates in DER form, the server's own first."""

    der: tuple[bytes, ...]

    @property
    def leaf(self) -> Certificate | None:
        """What the server's own certificate says; None where it can't be read."""
        return read_certificate(self.der[0]) if self.der else None

    def pem(self) -> bytes:
        """The whole chain as PEM: the evidence file `certificate`."""
        return b"".join(_pem(der) for der in self.der)


async def shown_chain(channel: Channel, url: str) -> Chain | None:
    """The chain that the server of a loaded page showed; None for a page without TLS."""
    if not url.startswith("https://"):
        return None
    try:
        said = await channel.send("Network.getCertificate", {"origin": url})
    except (Error, TimeoutError):
        return None
    names = said.get("tableNames") or ()
    der = tuple(base64.b64decode(name) for name in names[:_MAX_CHAIN] if len(name) <= 2 * _MAX_DER)
    return Chain(der) if der else None


def read_certificate(der: bytes) -> Certificate | None:
    """A certificate's own statements, bounded; None where it is none that can be read."""
    try:
        known = x509.load_der_x509_certificate(der)
        subject, issuer = known.subject.rfc4514_string(), known.issuer.rfc4514_string()
        names: Sequence[str] = ()
        with suppress(x509.ExtensionNotFound):
            extension = known.extensions.get_extension_for_class(x509.SubjectAlternativeName)
            names = extension.value.get_values_for_type(x509.DNSName)
            names = [*names, *(str(ip) for ip in extension.value.get_values_for_type(x509.IPAddress))]
        valid_from, valid_to = known.not_valid_before_utc, known.not_valid_after_utc
    except (ValueError, TypeError, x509.UnsupportedGeneralNameType, x509.DuplicateExtension):
        return None  # a malformed certificate is still kept as a file
    return Certificate(
        sha256=hashlib.sha256(der).hexdigest(),
        subject=_clean(subject),
        issuer=_clean(issuer),
        names=tuple(_clean(name) for name in names[:_MAX_NAMES]),
        valid_from=valid_from,
        valid_to=valid_to,
    )


def probe(url: str, proxy: tuple[str, int], credential: tuple[str, str]) -> Chain | None:
    """The certificate that a server shows where the browser refused it: the reason for the refusal.

    Asks through the guard, checks nothing, sends no request. Blocks up to some seconds.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        return None
    host, port = parts.hostname, parts.port or 443
    named = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    secret = base64.b64encode(":".join(credential).encode()).decode()
    head = f"CONNECT {named} HTTP/1.1\r\nHost: {named}\r\nProxy-Authorization: Basic {secret}\r\n\r\n"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with socket.create_connection(proxy, timeout=_PROBE_S) as raw:
            raw.sendall(head.encode("ascii"))
            answer = b""
            while b"\r\n\r\n" not in answer and len(answer) < _MAX_HEAD:
                more = raw.recv(4096)
                if not more:
                    return None
                answer += more
            if b" 200 " not in answer.partition(b"\r\n")[0]:
                return None
            with context.wrap_socket(raw, server_hostname=host) as secured:
                der = secured.getpeercert(binary_form=True)
    except (OSError, ValueError):
        return None  # it closed, or speaks no TLS that we know: then there is nothing to record
    return Chain((der,)) if der and len(der) <= _MAX_DER else None


def _pem(der: bytes) -> bytes:
    text = base64.b64encode(der)
    lines = [text[at : at + _LINE] for at in range(0, len(text), _LINE)]
    return b"-----BEGIN CERTIFICATE-----\n" + b"\n".join(lines) + b"\n-----END CERTIFICATE-----\n"


def _clean(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text[:_MAX_NAME])
