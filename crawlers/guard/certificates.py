"""Certificates are verified everywhere; a further authority is trusted only by configuration."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography import x509

from findings.model.errors import UsageError

#: Hosts for which a context of OpenSSL is kept; each holds all authorities, about half a megabyte.
_READY_HOSTS = 32


def read_authorities(path: Path) -> list[x509.Certificate]:
    """The certificates of a PEM file. Raises UsageError if there are none."""
    try:
        return x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as bad:
        raise UsageError(
            f"the CA certificates {path} can't be read ({bad}): give a PEM file",
            zh=f"无法读取 CA 证书文件 {path}（{bad}）：请给出 PEM 文件",
        ) from bad


def verifying_policy(authorities: Sequence[x509.Certificate]) -> Any:
    """A policy for Scrapy's HTTP client: system authorities and the given ones, names checked.

    To read the system's authorities takes milliseconds: what is ready for a host is used again.
    """
    from OpenSSL import SSL, crypto
    from twisted.internet._sslverify import IOpenSSLTrustRoot
    from twisted.web.client import BrowserLikePolicyForHTTPS
    from zope.interface import implementer

    @implementer(IOpenSSLTrustRoot)
    class SystemAndGiven:
        def _addCACertsToContext(self, context: SSL.Context) -> None:  # noqa: N802 (Twisted's name)
            context.set_default_verify_paths()
            store = context.get_cert_store()
            assert store is not None
            for authority in authorities:
                store.add_cert(crypto.X509.from_cryptography(authority))

    class Policy(BrowserLikePolicyForHTTPS):
        creatorForNetloc = lru_cache(_READY_HOSTS)(BrowserLikePolicyForHTTPS.creatorForNetloc)  # noqa: N815 (Twisted's name)

    return Policy(trustRoot=SystemAndGiven())  # type: ignore[no-untyped-call]
