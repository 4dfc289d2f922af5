"""Lists of addresses as complaints bring them: each line an address, a domain, an app package, or a fault.

Pure text. People write addresses so that nobody clicks them by mistake (`hxxp`, `[.]`), in
full-width characters, with a full stop behind them, or in a table with a header.
"""

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from crawlers.urls import fault
from findings.model.errors import Said

#: Names of the column that holds the address, in tables of complaints (compared in lower case, NFKC).
_ADDRESS_COLUMNS = frozenset(
    ("网址", "链接", "地址", "网站", "网站地址", "域名", "投诉网址", "举报网址", "被举报网址", "网页地址", "app包名", "包名",
     "url", "urls", "link", "links", "address", "website", "site", "domain", "package")
)  # fmt: skip
#: Characters that stand around an address in running text and are no part of it.
_AROUND = " \t\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff\"'“”‘’`<>《》〈〉「」『』【】（）()，,。；;、！!"
_SCHEME = re.compile(r"^(?:hxxp|h\*\*p|htxp|hppt|http)(s?)(?:://|:\\\\|：//|\[:\]//|\[://\])", re.IGNORECASE)
_DOT = re.compile(
    r"\s*(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\[点\]|（点）|(?<=\w)[。．｡](?=\w))\s*", re.IGNORECASE
)
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"^(?:{_LABEL}\.)+(?:xn--[a-z0-9-]{{2,59}}|[a-z]{{2,24}})$")
_IPV4 = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3}$")
_PACKAGE = re.compile(r"^[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+$")
_APP = re.compile(r"^(?:app|package|包名|应用)\s*[:：]\s*", re.IGNORECASE)
#: A name that begins with one of these is a package: nobody has a host `com.…` (reverse domain order).
_REVERSED = frozenset(("com", "cn", "net", "org", "io", "me", "co", "app", "tv", "vip", "top", "air"))
#: Ends that tell a host from a package where a name begins like one (`cn.bing.com`, `me.example.cn`).
_HOST_ENDS = frozenset(("com", "cn", "net", "org", "gov", "edu", "io", "cc", "vip", "top", "xyz", "info", "biz", "hk", "tw", "example"))  # fmt: skip
_MOST_LINE = 20_000


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list. Exactly one of `url`, `package` and `reason` is set.

    `text` is what the line says; `or_http` that only a host was named, so that http will do
    where https is not reached.
    """

    line: int
    text: str
    url: str | None = None
    package: str | None = None
    or_http: bool = False
    reason: Said | None = None


def read_list(lines: Iterable[str | bytes]) -> Iterator[Listed]:
    """The entries of a list, in order; blank lines and `#` comments are left out, repetitions kept.

    A first line with a known column name makes it a table (comma, semicolon or tab between fields).
    """
    column: int | None = None
    delimiter = ","
    first = True
    for number, raw in enumerate(lines, start=1):
        text, reason = _decoded(raw)
        row = text.lstrip("\ufeff").rstrip("\r\n")
        text = row.strip(" \t\u3000")
        if not text or text.startswith("#"):
            continue
        if first:
            first = False
            found = _header(row)
            if found is not None:
                column, delimiter = found
                continue
        if reason is None and len(text) > _MOST_LINE:
            reason = Said(f"line of {len(text)} characters", zh=f"该行长达 {len(text)} 个字符")
        if reason is None and column is not None:
            cells = _cells(row, delimiter)
            text = cells[column].strip() if column < len(cells) else ""
            if not text:
                reason = Said("no address in this row", zh="该行没有网址")
        yield Listed(line=number, text=text, reason=reason) if reason else _entry(number, text)


def _decoded(raw: str | bytes) -> tuple[str, Said | None]:
    if isinstance(raw, str):
        return raw, None
    for encoding in ("utf-8", "gb18030"):  # spreadsheets here still save tables in GBK
        try:
            return raw.decode(encoding), None
        except UnicodeDecodeError:
            continue
    # A comment in another encoding harms nobody, so `#` is looked for before the fault counts.
    return raw.decode("ascii", "backslashreplace"), Said(
        "neither UTF-8 nor GBK", zh="既不是 UTF-8 也不是 GBK 文本"
    )


def _header(text: str) -> tuple[int, str] | None:
    """Column of the address and delimiter, if this line is a table's header."""
    if len(text) > _MOST_LINE:
        return None
    for delimiter in (",", "\t", ";", "，"):
        names = [unicodedata.normalize("NFKC", cell).strip().lower() for cell in _cells(text, delimiter)]
        found = next((index for index, name in enumerate(names) if name in _ADDRESS_COLUMNS), None)
        if found is not None:
            return found, delimiter
    return None


def _cells(text: str, delimiter: str) -> Sequence[str]:
    try:
        return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])
    except csv.Error:  # a field beyond csv's limit, a stray carriage return
        return text.split(delimiter)


def _entry(number: int, text: str) -> Listed:
    app = _APP.match(text)
    if app:
        name = unicodedata.normalize("NFKC", text[app.end() :]).strip(_AROUND)
        if _PACKAGE.match(name) and len(name) <= 200:
            return Listed(line=number, text=text, package=name)
        return Listed(line=number, text=text, reason=Said("no name of an app package", zh="不是应用包名"))
    refanged = _refang(text)
    if "://" in refanged:
        return _address(number, text, refanged)
    host, slash, rest = refanged.partition("/")
    name, _colon, port = host.partition(":")
    if not slash and not port and _is_package(host):
        # Packages tell capitals apart, hosts don't.
        shown = unicodedata.normalize("NFKC", text).strip(_AROUND + ".")
        return Listed(line=number, text=text, package=shown if shown.lower() == host else host)
    ascii_name = _ascii_host(name)
    if ascii_name is not None and (not port or port.isdigit()):
        return _address(number, text, f"https://{host}{slash or '/'}{rest}", or_http=True)
    return _address(number, text, refanged)


def _refang(text: str) -> str:
    """The address as it was before people made it harmless or a text programme made it pretty.

    Full-width characters become plain ones up to the path; a path keeps what it says.
    """
    plain = text.strip(_AROUND)
    plain = _SCHEME.sub(lambda found: f"http{found.group(1).lower()}://", plain)
    scheme, mark, rest = plain.partition("://")
    if not mark:
        full = unicodedata.normalize("NFKC", plain)
        again = _SCHEME.sub(lambda found: f"http{found.group(1).lower()}://", full)
        if "://" in again:
            return _refang(again) if again != text else again
        rest, scheme = plain, ""
    cut = min((rest.find(char) for char in "/?#／？＃" if char in rest), default=len(rest))
    host, path = _DOT.sub(".", rest[:cut]), rest[cut:]
    host = unicodedata.normalize("NFKC", host).replace("。", ".").strip().strip(_AROUND).lower()
    if path:
        path = unicodedata.normalize("NFKC", path[0]) + path[1:]
    return f"{scheme}{mark}{host}{path.rstrip(_AROUND + '.')}" if mark else f"{host.rstrip('.')}{path}"


def _is_package(name: str) -> bool:
    """Whether a dotted name without a path is clearly a package: written from the top-level domain down."""
    labels = name.split(".")
    if len(labels) < 3 or not _PACKAGE.match(name):
        return False
    return labels[0].lower() in _REVERSED and labels[-1].lower() not in _HOST_ENDS


def _ascii_host(name: str) -> str | None:
    """The name as DNS knows it (punycode), None if it can't be one with a top-level domain."""
    shown = name
    if not name.isascii():
        try:
            shown = name.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    shown = shown.lower()
    return shown if len(shown) <= 253 and (_DOMAIN.match(shown) or _IPV4.match(shown)) else None


def _address(number: int, text: str, url: str, *, or_http: bool = False) -> Listed:
    bad = fault(url)
    if bad is not None:
        return Listed(line=number, text=text, reason=bad)
    scheme, _mark, rest = url.partition("://")
    cut = min((rest.find(char) for char in "/?#" if char in rest), default=len(rest))
    host, path = rest[:cut], rest[cut:]
    name, colon, port = host.partition(":") if not host.startswith("[") else (host, "", "")
    if not name.isascii():
        known = _ascii_host(name)
        if known is None:
            return Listed(line=number, text=text, reason=Said("no host name", zh="主机名无效"))
        name = known
    return Listed(
        line=number, text=text, url=f"{scheme.lower()}://{name}{colon}{port}{path or '/'}", or_http=or_http
    )
