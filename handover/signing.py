"""Ed25519 signatures (RFC 8032) over manifests, in forms that `openssl pkeyutl` reads."""

import hashlib
import os
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
    def load_or_make(cls, path: Path) -> "Signer":
        """Load the key at `path`, or make one there (mode 0600) if there is none.

        Raises KeyUnusable if the file is no such key.
        """
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            pem = Ed25519PrivateKey.generate().private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:  # another process made it between the look and the opening
                return cls.load_or_make(path)
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
        try:
            key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        except (OSError, ValueError, TypeError) as error:
            raise KeyUnusable(path, str(error)) from error
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyUnusable(path, f"it is {type(key).__name__}")
        return cls(key)

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
