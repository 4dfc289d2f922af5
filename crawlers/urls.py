"""Is this an address that may be visited at all: pure text, no network."""

import re
from urllib.parse import urlsplit

from findings.model.errors import Said

#: Longer addresses are cut off by servers and proxies anyway (RFC 9110 §4.1 asks for 8,000 octets).
MAX_LENGTH = 8000
_LOGIN = re.compile(r"(?<=//)[^/?#\s]+(?=@)")


def fault(url: str) -> Said | None:
    """Why `url` can't be visited, or None. Only absolute http and https addresses can."""
    if not url:
        return Said("empty address", zh="空网址")
    if len(url) > MAX_LENGTH:
        return Said(f"address of {len(url)} characters", zh=f"网址长达 {len(url)} 个字符")
    if any(ord(char) < 0x21 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in url):
        return Said(
            "blank, control character or broken text in the address", zh="网址含空白、控制字符或残缺文字"
        )
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as bad:
        return Said(f"not an address ({bad})", zh=f"不是网址（{bad}）")
    if parts.scheme.lower() not in ("http", "https"):
        return Said(
            f"scheme {parts.scheme or 'missing'}, not http or https",
            zh=f"协议{f'为 {parts.scheme}' if parts.scheme else '缺失'}，应为 http 或 https",
        )
    if not host:
        return Said("no host name", zh="没有主机名")
    if parts.username is not None or parts.password is not None:
        return Said("user name or password in the address", zh="网址中含用户名或密码")
    return None


def origin(url: str) -> tuple[str, int]:
    """Host name in lower case and port of an http(s) address that has no fault."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    return (parts.hostname or "").rstrip("."), port


def printable(text: str, limit: int = 300) -> str:
    """Text made safe for a message: control characters escaped, the login of an address left out,
    at most `limit` code points."""
    text = _LOGIN.sub("***", text[: MAX_LENGTH + 1])
    shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text[:limit])
    return shown + ("…" if len(text) > limit else "")
