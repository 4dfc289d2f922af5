"""A real RFC 3161 authority on loopback: `openssl ts -reply` behind HTTP, with certificates made for one test."""

import datetime
import subprocess
import threading
from pathlib import Path
from typing import Any, Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tests.support.web import Site, Visit

POLICY, OTHER_POLICY = "1.3.6.1.4.1.99999.1", "1.3.6.1.4.1.99999.2"

#: The content type of what a time stamp says (RFC 3161 §2.4.2).
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
certs = {folder}/ca.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = {policy}
other_policies = {other}
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Certified:
    """A certificate authority and the certificate of a time-stamp authority, as files in `folder`."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str = "One",
        with_rsa: bool = False,
        purpose: x509.ObjectIdentifier = ExtendedKeyUsageOID.TIME_STAMPING,
        days: tuple[float, float] = (-1, 30),
    ) -> None:
        folder.mkdir(parents=True)
        self.folder = folder
        self.roots = folder / "ca.pem"
        root_key = ec.generate_private_key(ec.SECP256R1())
        key = rsa.generate_private_key(65537, 2048) if with_rsa else ec.generate_private_key(ec.SECP256R1())
        root, own = _name(f"Test Root {name}"), _name(f"Test Time Stamps {name}")
        begin = datetime.datetime.now(datetime.UTC)
        wide = (begin - datetime.timedelta(days=3000), begin + datetime.timedelta(days=3000))
        top = (
            _builder(root, root, root_key.public_key(), wide)
            .add_extension(x509.BasicConstraints(True, None), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        span = (begin + datetime.timedelta(days=days[0]), begin + datetime.timedelta(days=days[1]))
        leaf = (
            _builder(own, root, key.public_key(), span)
            .add_extension(x509.BasicConstraints(False, None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        self.roots.write_bytes(top.public_bytes(serialization.Encoding.PEM))
        (folder / "tsa.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
        (folder / "tsa.key").write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder, policy=POLICY, other=OTHER_POLICY))

    def reply(self, request: bytes) -> bytes:
        """The answer of OpenSSL to a request (TimeStampReq, DER)."""
        query, answer = self.folder / "query", self.folder / "answer"
        query.write_bytes(request)
        done = subprocess.run(
            [
                "openssl",
                "ts",
                "-reply",
                "-config",
                self.folder / "tsa.cnf",
                "-queryfile",
                query,
                "-out",
                answer,
            ],
            capture_output=True,
            timeout=30,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return answer.read_bytes()

    def signs(self, answer: bytes, *, names_itself: bool = True) -> bytes:
        """Another authority's answer as this one's certificate signs it, whatever that is for: OpenSSL's own authority
        would refuse to. `names_itself`: with the certificate's hash among what is signed."""
        asked, token, said, signed = (self.folder / name for name in ("answer", "token", "said", "signed"))
        asked.write_bytes(answer)
        signer = ["-signer", self.folder / "tsa.pem", "-inkey", self.folder / "tsa.key"]
        sign = ["cms", "-sign", "-binary", "-nodetach", "-econtent_type", _TST_INFO, *signer]
        for words in (
            ["ts", "-reply", "-in", asked, "-token_out", "-out", token],
            ["cms", "-verify", "-noverify", "-inform", "DER", "-in", token, "-out", said],
            [*sign, *(["-cades"] if names_itself else []), "-in", said, "-outform", "DER", "-out", signed],
        ):
            subprocess.run(["openssl", *words], capture_output=True, timeout=30, check=True)
        whole = bytes.fromhex("3003020100") + signed.read_bytes()
        return b"\x30\x82" + len(whole).to_bytes(2, "big") + whole


class TimestampAuthority:
    """Serves while it is entered; `asked` are the requests that came, `logins` what they gave as their login.

    `behave`: `grant`, `hold` (until `released` is set), `busy`, `redirect`, `html`, `garbage`, `huge`, `slow` and
    `drip` (a byte now and then for ever, of the body or the headers), `other` (the answer in `other`).
    """

    def __init__(self, certified: Certified) -> None:
        self.certified = certified
        self.roots = certified.roots
        self.behave = "grant"
        self.other = b""
        self.released = threading.Event()
        self.asked: list[bytes] = []
        self.logins: list[str | None] = []
        self._lock = threading.Lock()
        self._site = Site({"/tsr": self._answer})

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self._site.port}/tsr"

    def __enter__(self) -> Self:
        self._site.__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        self.released.set()
        self._site.__exit__(*error)

    def _answer(self, visit: Visit) -> None:
        assert visit.headers["Content-Type"] == "application/timestamp-query"
        with self._lock:
            self.asked.append(visit.body)
            self.logins.append(visit.headers["Authorization"])
        kind = "application/timestamp-reply"
        match self.behave:
            case "grant" | "hold" as how:
                if how == "hold":
                    self.released.wait(60)
                with self._lock:
                    body = self.certified.reply(visit.body)
                visit.answer(200, body, kind)
            case "busy":
                visit.answer(503, "busy")
            case "redirect":
                visit.redirect(self.url)
            case "html":
                visit.answer(200, "<html>sign in</html>")
            case "garbage":
                visit.answer(200, b"\x30\x82\xff\xff" + bytes(range(256)) * 8, kind)
            case "other":
                visit.answer(200, self.other, kind)
            case "huge":
                self._begin(visit, kind)
                for _ in range(1600):
                    visit.wfile.write(bytes(65536))
            case "slow":
                self._begin(visit, kind)
                self._go_on(visit)
            case "drip":
                visit.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                self._go_on(visit)
            case how:
                raise AssertionError(how)

    def _begin(self, visit: Visit, kind: str) -> None:
        visit.send_response(200)
        visit.send_header("Content-Type", kind)
        visit.end_headers()

    def _go_on(self, visit: Visit) -> None:
        while not self.released.wait(0.1):
            visit.wfile.write(b"0")


def openssl_says(listing: Path, token: Path, roots: Path, *, at: float | None = None) -> bool:
    """What `openssl ts -verify` says of a token over a file, now or at a time (seconds since 1970)."""
    when = ["-attime", str(int(at))] if at is not None else []
    done = subprocess.run(
        ["openssl", "ts", "-verify", "-data", listing, "-in", token, "-CAfile", roots, *when],
        capture_output=True,
        timeout=30,
        check=False,
    )
    return done.returncode == 0


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    span: tuple[datetime.datetime, datetime.datetime],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(span[0])
        .not_valid_after(span[1])
    )
