"""Makes Chromium trust a further authority as a real authority: chains, names and dates are still checked.

Chromium on Linux reads trusted authorities from the NSS database in the home folder. It is
written with NSS itself (the library that Chromium needs to start), in a process of its own,
into a folder that serves as the home of one crawl's browser only.
"""

import ctypes
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from crawlers.errors import BrowserAway

_TIMEOUT_S = 30
#: NSS's word for "may certify servers, and nothing else" (as `certutil -t`).
_TRUST = b"C,,"


def trusting_home(folder: Path, authorities: Sequence[x509.Certificate]) -> Path:
    """Prepare `folder` as a home in which Chromium trusts these authorities. Raises BrowserAway."""
    database = folder / ".pki" / "nssdb"
    database.mkdir(parents=True, exist_ok=True)
    pem = b"".join(authority.public_bytes(Encoding.PEM) for authority in authorities)
    done = subprocess.run(  # noqa: S603 (this very module)
        [sys.executable, "-m", "crawlers.browser.trust", str(database)],
        input=pem,
        capture_output=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise BrowserAway(f"NSS {database}: {done.stderr.decode('utf-8', 'replace').strip()[-300:]}")
    return folder


class _Nss:
    """The few functions of NSS that writing trusted certificates takes."""

    def __init__(self) -> None:
        self._nss = ctypes.CDLL("libnss3.so")
        self._smime = ctypes.CDLL("libsmime3.so")
        pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int
        self._smime.CERT_DecodeCertFromPackage.argtypes = [text, number]
        self._smime.CERT_DecodeCertFromPackage.restype = pointer
        self._nss.PK11_GetInternalKeySlot.restype = pointer
        self._nss.PK11_InitPin.argtypes = [pointer, text, text]
        self._nss.PK11_ImportCert.argtypes = [pointer, pointer, ctypes.c_ulong, text, number]
        self._nss.CERT_GetDefaultCertDB.restype = pointer
        self._nss.CERT_ChangeCertTrust.argtypes = [pointer, pointer, pointer]

    def open(self, database: Path) -> None:
        """Make or open a database without a password."""
        self._must(self._nss.NSS_Initialize(f"sql:{database}".encode(), b"", b"", b"secmod.db", 0), "open")
        self._slot = self._nss.PK11_GetInternalKeySlot()
        self._must(self._nss.PK11_InitPin(self._slot, None, b""), "initialise")

    def trust(self, der: bytes, name: str) -> None:
        """Store a certificate as an authority for servers."""
        certificate = self._smime.CERT_DecodeCertFromPackage(der, len(der))
        self._must(0 if certificate else -1, "read a certificate for")
        self._must(self._nss.PK11_ImportCert(self._slot, certificate, 0, name.encode(), 0), "write to")
        flags = (ctypes.c_uint * 3)()
        self._must(self._nss.CERT_DecodeTrustString(flags, _TRUST), "set trust in")
        store = self._nss.CERT_GetDefaultCertDB()
        self._must(self._nss.CERT_ChangeCertTrust(store, certificate, flags), "set trust in")

    @staticmethod
    def _must(result: int, what: str) -> None:
        if result != 0:
            raise OSError(f"NSS could not {what} its database")


def _main(database: Path) -> None:
    nss = _Nss()
    nss.open(database)
    for number, authority in enumerate(x509.load_pem_x509_certificates(sys.stdin.buffer.read())):
        nss.trust(authority.public_bytes(Encoding.DER), f"authority {number}")


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
