"""The configured providers of a site's province and registrar: office table, address file, RDAP server, in this order."""

import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from finadwatch.context import Desk
from finadwatch.i18n import language, t
from finadwatch.show import progress
from findings.cases.fingerprint import domain as registrable
from handover.hosting.errors import RdapAway
from handover.hosting.model import HostFacts, Provider, together

if TYPE_CHECKING:
    from finadwatch.config import RdapConfig

#: Bytes of an answer (RFC 9083 objects have some thousand), seconds of one question.
MOST_BYTES, QUESTION_S = 1_000_000, 10.0


class Hosting:
    """Asks every provider, each site once. What a provider can't say is said once, and is 未知 then."""

    def __init__(self, providers: list[Provider]) -> None:
        self._providers = providers
        self._known: dict[tuple[str | None, str | None], HostFacts] = {}

    def facts(self, host: str | None, ip: str | None) -> HostFacts:
        """What is known of a host and of the address it had."""
        if (host, ip) not in self._known:
            told = HostFacts()
            for provider in list(self._providers):
                if (told.province or told.abroad) and told.registrar:
                    break
                try:
                    told = together((told, provider.facts(host, ip)))
                except RdapAway as away:
                    self._providers.remove(provider)
                    progress(away.said(language()))
            self._known[host, ip] = told
        return self._known[host, ip]


def hosting(desk: Desk) -> Hosting:
    """The providers that the configuration names (`hosting`). Raises HostingFileBroken."""
    from handover.hosting.ranges import AddressRanges
    from handover.hosting.table import OfficeTable

    named = desk.config.hosting
    providers: list[Provider] = []
    if named.table:
        providers.append(OfficeTable.read(Path(named.table).expanduser()))
    if named.ranges:
        ranges = AddressRanges.read(Path(named.ranges).expanduser())
        if ranges.faults:
            first = ranges.faults[0]
            progress(
                t(
                    f"地址段文件有 {len(ranges.faults)} 行未采用，首处第 {first.line} 行：{first.why.zh}",
                    f"{len(ranges.faults)} lines of the address file are left out, the first is line {first.line}: {first.why}",
                )
            )
        providers.append(ranges)
    if named.rdap:
        providers.append(RdapServer(named.rdap, time.monotonic, time.sleep))
    return Hosting(providers)


class RdapServer:
    """An RDAP server that the office may ask (RFC 7480), politely: so many questions a second, for so long a batch."""

    def __init__(
        self, config: "RdapConfig", clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._base = config.url.rstrip("/")
        self._pause_s, self._patience_s = 1 / config.per_second, config.patience_s
        self._clock, self._sleep = clock, sleep
        self._asked: float | None = None
        self._spent = 0.0
        self._answers: dict[str, bytes | None] = {}

    def facts(self, host: str | None, ip: str | None) -> HostFacts:
        """Province of the address, registrar of the domain. Raises RdapAway; a name it doesn't know is 未知."""
        from handover.hosting.rdap import of_address, of_domain

        questions = []
        if ip is not None and _public(ip):
            questions.append((f"ip/{ip}", of_address))
        domain = registrable(host)
        if domain is not None and _public(domain) is None:
            questions.append((f"domain/{quote(domain, safe='.-')}", of_domain))
        found = []
        for path, read in questions:
            answer = self._answer(path)
            if answer is not None:
                try:
                    found.append(read(answer, self._base))
                except ValueError as error:
                    raise RdapAway(self._base, str(error)) from error
        return together(found)

    def _answer(self, path: str) -> bytes | None:
        if path not in self._answers:
            if self._spent > self._patience_s:
                raise RdapAway(self._base, f"{self._patience_s:.0f} s")
            begun = self._clock()
            if self._asked is not None:
                self._sleep(max(0.0, self._asked + self._pause_s - begun))
            self._asked = self._clock()
            try:
                self._answers[path] = self._ask(f"{self._base}/{path}")
            finally:
                self._spent += self._clock() - begun
        return self._answers[path]

    def _ask(self, url: str) -> bytes | None:
        request = urllib.request.Request(url, headers={"Accept": "application/rdap+json"})  # noqa: S310
        try:
            with _opener().open(request, timeout=QUESTION_S) as answer:
                data: bytes = answer.read(MOST_BYTES + 1)
        except urllib.error.HTTPError as error:
            if error.code in {404, 400}:  # RFC 7480 §5.3: it knows nothing of that name
                return None
            raise RdapAway(self._base, f"HTTP {error.code}") from error
        except (OSError, ValueError) as error:
            raise RdapAway(self._base, str(getattr(error, "reason", error))) from error
        if len(data) > MOST_BYTES:
            raise RdapAway(self._base, f"> {MOST_BYTES} bytes")
        return data


def _opener() -> urllib.request.OpenerDirector:
    """Only HTTP and HTTPS, also where an answer sends elsewhere (RFC 7480 §5.2)."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _public(text: str) -> bool | None:
    """Whether an address is one of the open internet; None for what is no address."""
    try:
        return ip_address(text).is_global
    except ValueError:
        return None
