"""A certificate authority for one run, and the server certificates it signs.

Nothing in the project loosens certificate checking: whoever crawls the sandbox trusts this
authority's certificate (`ca.pem`) and checks names as on the real web.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

#: A run's certificates outlive the longest test, not more.
LIFETIME = timedelta(days=30)


class Authority:
    """A certificate authority whose key stays in memory and dies with the run."""

    def __init__(self, now: datetime) -> None:
        """`now` is UTC; clocks that are a day behind still accept what is signed."""
        self._from = now.astimezone(UTC) - timedelta(days=1)
        self._until = now.astimezone(UTC) + LIFETIME
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("FinAdWatch sandbox CA of one run")
        builder = self._builder(self._name, self._key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        builder = builder.add_extension(_key_usage(signs=True), critical=True)
        self._certificate = builder.sign(self._key, hashes.SHA256())

    def write_certificate(self, path: Path) -> None:
        """Write the authority's own certificate (public, PEM)."""
        path.write_bytes(self._certificate.public_bytes(serialization.Encoding.PEM))

    def write_leaf(self, names: Sequence[str], path: Path, *, chained: bool = True) -> None:
        """Sign a server certificate for these names; write it with its new key, readable by the owner only.

        `chained` adds the authority's certificate: a browser that is told to trust a key looks for it
        among the certificates that the server presents.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(_name("FinAdWatch sandbox"), key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        builder = builder.add_extension(_key_usage(signs=False), critical=True)
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        builder = builder.add_extension(
            x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False
        )
        leaf = builder.sign(self._key, hashes.SHA256())
        secret = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        shown = (leaf, self._certificate) if chained else (leaf,)
        chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in shown)
        write_private(path, secret + chain)

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._from)
            .not_valid_after(self._until)
            # Python 3.13 and later refuse a chain without key identifiers.
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False
            )
        )


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner may read, never readable by others for a moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )
