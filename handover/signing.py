"""Ed25519 signatures (RFC 8032) over manifests, in forms that `openssl pkeyutl` reads."""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from handover.errors import KeyUnusable


class Signer:
    """Signs with one private key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    @classmethod
    def load_or_make(cls, path: Path, passphrase: bytes | None = None) -> "Signer":
        """Load the key at `path`, or make one there (mode 0600) if there is none.

        A new key is stored encrypted where there is a passphrase. Raises KeyUnusable if the file is no such key, or
        is encrypted with another passphrase.
        """
        if not path.exists():
            try:
                cls.made().store(path, passphrase)
            except FileExistsError:  # another process made it between the look and the opening
                return cls.load_or_make(path, passphrase)
        return cls.load(path, passphrase)

    @classmethod
    def load(cls, path: Path, passphrase: bytes | None = None) -> "Signer":
        """Load the key at `path`. Raises KeyUnusable."""
        try:
            pem = path.read_bytes()
            # A key that is not encrypted is refused if a passphrase comes with it.
            wanted = passphrase if b"-----BEGIN ENCRYPTED " in pem else None
            key = serialization.load_pem_private_key(pem, password=wanted)
        except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise KeyUnusable(path, str(error)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyUnusable(path, f"it is {type(key).__name__}")
        return cls(key)

    @classmethod
    def made(cls) -> "Signer":
        """A new key."""
        return cls(Ed25519PrivateKey.generate())

    def store(self, path: Path, passphrase: bytes | None = None) -> None:
        """Write the private key to a new file that only its owner can read, encrypted where there is a passphrase.

        Raises FileExistsError.
        """
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        pem = self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption(),
        )
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())

    def __reduce__(self) -> tuple[Callable[[bytes], "Signer"], tuple[bytes]]:
        """Pickled for a process of our own that signs packages beside this one; never written anywhere."""
        return _revived, (self._key.private_bytes_raw(),)

    def sign(self, data: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._key.sign(data)

    @property
    def public_pem(self) -> bytes:
        """The public key in PEM."""
        return self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )


def fingerprint(public_pem: bytes) -> str:
    """SHA-256 in hex of the key's DER form: what two offices read to each other by phone.

    Raises ValueError if it is no Ed25519 public key.
    """
    der = _public(public_pem).public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()


def signed_by(public_pem: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the signature over `data` is of that key. Raises ValueError for an unreadable key."""
    try:
        _public(public_pem).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _public(pem: bytes) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(pem)
    except UnsupportedAlgorithm as unknown:  # one changed bit may name a kind of key that nobody knows
        raise ValueError(f"no Ed25519 public key: {unknown}") from unknown
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{type(key).__name__} is no Ed25519 public key")
    return key


def _revived(raw: bytes) -> Signer:
    return Signer(Ed25519PrivateKey.from_private_bytes(raw))
