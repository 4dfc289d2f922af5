"""Time-stamp authorities as the configuration names them, asked over HTTP (RFC 3161 §3.4)."""

import base64
import os
import queue
import threading
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import Any

from finadwatch.config import AuthorityConfig, Config, config_path
from finadwatch.errors import ConfigError, InputMissing
from findings.model.errors import Said
from handover.timestamps.checking import MOST_BYTES, root_certificates
from handover.timestamps.errors import AuthorityAway
from handover.timestamps.model import Authority

#: A file of root certificates has a few kB each; a longer one is none.
_MOST_ROOTS_BYTES = 2_000_000
_PIECE = 65_536


def authorities(config: Config) -> list[Authority]:
    """Who is asked for tokens, in the order of the configuration. Raises InputMissing, RootsUnusable."""
    return [_authority(name, one) for name, one in config.timestamps.authorities.items()]


def _authority(name: str, configured: AuthorityConfig) -> Authority:
    path = Path(configured.ca_file).expanduser()
    try:
        with path.open("rb") as file:
            roots = file.read(_MOST_ROOTS_BYTES)
    except OSError as error:
        raise InputMissing(path, error.strerror or str(error)) from error
    root_certificates(roots, str(path))
    return Authority(name=name, url=configured.url, roots=roots, policy=configured.policy)


class Poster:
    """Sends requests to the authorities of a configuration. Whatever one answers, or how slowly, a call ends in time:
    it runs in a thread that is left behind then, and that authority is asked no more while it hangs."""

    def __init__(self, config: Config) -> None:
        """Raises ConfigError for a user name or password whose environment variable is not set."""
        timestamps = config.timestamps
        self._timeout_s = timestamps.timeout_s
        self._logins = {name: _login(name, one) for name, one in timestamps.authorities.items()}
        self._hanging: dict[str, threading.Thread] = {}

    def __call__(self, authority: Authority, request: bytes) -> bytes:
        """The bytes that an authority answers. Raises AuthorityAway."""
        hanging = self._hanging.get(authority.name)
        if hanging is not None and hanging.is_alive():
            raise AuthorityAway(
                authority.name, Said("an earlier request still hangs", zh="此前的请求仍未结束")
            )
        answered: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        until = time.monotonic() + self._timeout_s

        def ask() -> None:
            try:
                answered.put(self._asked(authority, request, until))
            except Exception as error:  # it is raised again where the answer is waited for
                answered.put(error)

        thread = threading.Thread(target=ask, name=f"authority-{authority.name}", daemon=True)
        thread.start()
        try:
            answer = answered.get(timeout=self._timeout_s)
        except queue.Empty:
            self._hanging[authority.name] = thread
            raise AuthorityAway(authority.name, _slow(self._timeout_s)) from None
        if isinstance(answer, AuthorityAway):
            raise answer
        if isinstance(answer, OSError | HTTPException | ValueError):
            raise AuthorityAway(authority.name, _plain(answer)) from answer
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _asked(self, authority: Authority, request: bytes, until: float) -> bytes:
        """Raises AuthorityAway, OSError, HTTPException, ValueError."""
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        login = self._logins.get(authority.name)
        if login is not None:
            headers["Authorization"] = login
        asked = urllib.request.Request(authority.url, request, headers, method="POST")  # noqa: S310
        opener = urllib.request.build_opener(_NoRedirect)
        with opener.open(asked, timeout=self._timeout_s) as answer:
            kind = answer.headers.get_content_maintype()
            if kind in (
                "text",
                "image",
            ):  # the sign-in page of a network, an error page sent as if it were none
                raise AuthorityAway(
                    authority.name,
                    Said(f"it sends {kind}, not a time stamp", zh=f"返回的是 {kind}，而非时间戳"),
                )
            got = bytearray()
            while piece := answer.read1(_PIECE):
                got += piece
                if len(got) > MOST_BYTES:
                    raise AuthorityAway(
                        authority.name,
                        Said(
                            f"its answer is longer than {MOST_BYTES} bytes", zh=f"应答超过 {MOST_BYTES} 字节"
                        ),
                    )
                if time.monotonic() > until:
                    raise AuthorityAway(authority.name, _slow(self._timeout_s))
            return bytes(got)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A request that is redirected would go on as GET, without its body."""

    def redirect_request(self, *args: Any, **named: Any) -> None:
        return None


def _slow(timeout_s: float) -> Said:
    return Said(f"no whole answer in {timeout_s:g} s", zh=f"{timeout_s:g} 秒内没有完整应答")


def _plain(error: Exception) -> Said:
    """Why there was no answer, in a few words."""
    if isinstance(error, urllib.error.HTTPError):
        with error:
            return Said(f"HTTP {error.code}", zh=f"HTTP {error.code}")
    reason = getattr(error, "reason", None) or getattr(error, "strerror", None) or error
    said = " ".join(f"{reason}".split())[:200] or type(error).__name__
    return Said(said, zh=said)


def _login(name: str, configured: AuthorityConfig) -> str | None:
    """The header by which an authority knows its customer; None where it wants none."""
    if configured.username_env is None:
        return None
    user = _secret(name, "username_env", configured.username_env)
    password = _secret(name, "password_env", configured.password_env) if configured.password_env else ""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode("ascii")


def _secret(name: str, key: str, variable: str) -> str:
    if variable not in os.environ:
        where = f"timestamps.authorities.{name}.{key}"
        fault = Said(
            f"{where}: the environment variable {variable} is not set",
            zh=f"{where}：未设置环境变量 {variable}",
        )
        raise ConfigError(config_path(), [fault])
    return os.environ[variable]
