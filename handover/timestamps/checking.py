"""A time stamp asked for and checked (RFC 3161); pure, so also offline and long afterwards."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from findings.model.errors import Said
from handover.timestamps.der import in_order, signed_attributes, with_policy
from handover.timestamps.errors import (
    RequestRefused,
    RootsUnusable,
    TokenBroken,
    TokenForeign,
    TokenMismatched,
    TokenUnproven,
)

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

#: Bytes of an answer at most: one with its whole chain has 4,000 to 8,000.
MOST_BYTES = 100_000
#: Root certificates of one authority at most.
MOST_ROOTS = 200
#: Hashes by which a token may name its certificate; SHA-1 is that of RFC 3161 itself.
_NAMED_BY = ("sha1", "sha256", "sha384", "sha512")
_SHA256 = "2.16.840.1.101.3.4.2.1"


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it is sent (TimeStampReq, DER) and what the answer must repeat."""

    request: bytes
    nonce: int
    policy: str | None


class TokenFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a token says, once it is checked.

    `at` is the authority's time (UTC), right within `accuracy` where it says so. `authority` and `certificate` are
    subject (RFC 4514) and SHA-256 of the certificate that signed, `valid_to` when that ends: a token stays good
    after it, as it was signed before.
    """

    at: datetime
    accuracy: timedelta | None
    authority: str
    serial: int
    policy: str
    certificate: str
    valid_to: datetime
    roots: tuple[str, ...]
    """SHA-256 of the root certificates it was checked with: to be compared with what the authority publishes."""


def ask(data: bytes, policy: str | None = None) -> Asked:
    """A request for a token over data, by SHA-256, with a random nonce and the authority's certificate asked for."""
    from rfc3161_client import HashAlgorithm, TimestampRequestBuilder

    built = (
        TimestampRequestBuilder()
        .data(data)
        .hash_algorithm(HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    request, nonce = built.as_bytes(), built.nonce
    assert nonce is not None
    return Asked(request=with_policy(request, policy) if policy else request, nonce=nonce, policy=policy)


def check_answer(answer: bytes, asked: Asked, data: bytes, roots: bytes) -> TokenFacts:
    """Check what an authority answered to a request. Raises what `check_token` does, and TokenMismatched."""
    facts, nonce = _checked(answer, data, roots)
    if nonce != asked.nonce:
        raise TokenMismatched(Said("its nonce is not the one of the request", zh="随机数与请求不符"))
    if asked.policy is not None and facts.policy != asked.policy:
        raise TokenMismatched(
            Said(
                f"its policy is {facts.policy}, not {asked.policy}",
                zh=f"策略为 {facts.policy}，而非 {asked.policy}",
            )
        )
    return facts


def check_token(answer: bytes, data: bytes, roots: bytes) -> TokenFacts:
    """Check an answer (TimeStampResp, DER) over data with an authority's root certificates (PEM).

    Certificates must be valid at the token's own time, not now. Raises RequestRefused, TokenBroken, TokenForeign,
    TokenUnproven; RootsUnusable.
    """
    return _checked(answer, data, roots)[0]


def root_certificates(pem: bytes, place: str = "roots") -> "list[Certificate]":
    """The certificates of a PEM file. Raises RootsUnusable; `place` is what it calls the file."""
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise RootsUnusable(place, str(error).partition("\n")[0]) from error
    if len(found) > MOST_ROOTS:
        raise RootsUnusable(place, f"{len(found)} > {MOST_ROOTS}")
    return found


def _checked(answer: bytes, data: bytes, roots: bytes) -> tuple[TokenFacts, int | None]:
    anchors = root_certificates(roots)
    if len(answer) > MOST_BYTES:
        raise TokenBroken(Said(f"it is longer than {MOST_BYTES} bytes", zh=f"超过 {MOST_BYTES} 字节"))
    try:
        return _facts(answer, data, anchors)
    except (RequestRefused, TokenBroken, TokenForeign, TokenUnproven, KeyboardInterrupt, SystemExit):
        raise
    # The decoder is native code fed with hostile bytes: beside ValueError it raises errors of `cryptography`,
    # and a panic there is no Exception.
    except BaseException as error:
        raise TokenBroken(
            Said(f"it can't be read ({_short(error)})", zh=f"无法解析（{_short(error)}）")
        ) from error


def _facts(answer: bytes, data: bytes, anchors: "Sequence[Certificate]") -> tuple[TokenFacts, int | None]:
    from cryptography.hazmat.primitives.hashes import SHA256
    from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

    read = decode_timestamp_response(in_order(answer))
    if read.status != 0:
        said = "; ".join(read.status_string)[:200]
        raise RequestRefused(
            Said(f"status {read.status} {said}".rstrip(), zh=f"状态 {read.status} {said}".rstrip())
        )
    info = read.tst_info
    imprint = info.message_imprint
    if imprint.hash_algorithm.dotted_string != _SHA256 or imprint.message != hashlib.sha256(data).digest():
        raise TokenForeign(Said("it is over other data", zh="不是针对该内容"))
    signer = _signer(read)
    try:
        VerifierBuilder(roots=list(anchors)).build().verify_message(read, data)
    except VerificationError as error:
        raise TokenUnproven(_why(error, info.gen_time, signer)) from error
    if not _names(signed_attributes(answer), signer):
        raise TokenUnproven(
            Said(
                "it does not name the certificate that signed it (RFC 5816)", zh="未载明签名证书（RFC 5816）"
            )
        )
    accuracy = info.accuracy
    facts = TokenFacts(
        at=info.gen_time,
        accuracy=timedelta(
            seconds=accuracy.seconds or 0,
            milliseconds=accuracy.millis or 0,
            microseconds=accuracy.micros or 0,
        )
        if accuracy
        else None,
        authority=signer.subject.rfc4514_string(),
        serial=info.serial_number,
        policy=info.policy.dotted_string,
        certificate=signer.fingerprint(SHA256()).hex(),
        valid_to=signer.not_valid_after_utc,
        roots=tuple(root.fingerprint(SHA256()).hex() for root in anchors),
    )
    return facts, info.nonce


def _signer(read: "TimeStampResponse") -> "Certificate":
    """The certificate that signed, as the token carries it. Raises TokenUnproven."""
    from cryptography import x509

    signers = read.signed_data.signer_infos
    if len(signers) == 1:
        (signer,) = signers
        for encoded in read.signed_data.certificates:
            found = x509.load_der_x509_certificate(encoded)
            if (found.issuer, found.serial_number) == (signer.issuer, signer.serial_number):
                return found
    raise TokenUnproven(Said("it does not carry the certificate that signed it", zh="未附签名证书"))


def _names(attributes: bytes, signer: "Certificate") -> bool:
    """Whether a certificate's hash is among what was signed (ESSCertID): OpenSSL wants it, the library doesn't look."""
    from cryptography.hazmat.primitives.serialization import Encoding

    encoded = signer.public_bytes(Encoding.DER)
    return any(hashlib.new(name, encoded).digest() in attributes for name in _NAMED_BY)


def _why(error: Exception, at: datetime, signer: "Certificate") -> Said:
    """Why a signature proves nothing, in words for what is known to happen."""
    if not signer.not_valid_before_utc <= at <= signer.not_valid_after_utc:
        return Said(
            "the authority's certificate was not valid at its time", zh="签名证书在其所载时间不在有效期内"
        )
    if "EKU" in str(error):
        return Said("its certificate is not one for time stamps", zh="签名证书的用途不是时间戳")
    return Said(
        f"signature or chain of certificates ({_short(error)})", zh=f"签名或证书链无法验证（{_short(error)}）"
    )


def _short(error: BaseException) -> str:
    """The library's words without the places of OpenSSL's source."""
    text = " ".join(str(error).split())
    reason = text.partition('data: "Verify error: ')[2].partition('"')[0]
    return (reason or text)[:160]
