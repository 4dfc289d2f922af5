"""Is this an address that may be visited at all: pure text, no network."""

from urllib.parse import urlsplit

#: Longer addresses are cut off by servers and proxies anyway (RFC 9110 §4.1 asks for 8,000 octets).
MAX_LENGTH = 8000


def fault(url: str) -> str | None:
    """Why `url` can't be visited, or None. Only absolute http and https addresses can."""
    if not url:
        return "empty address"
    if len(url) > MAX_LENGTH:
        return f"address of {len(url)} characters"
    if any(ord(char) < 0x21 or 0x7F <= ord(char) < 0xA0 or 0xD800 <= ord(char) < 0xE000 for char in url):
        return "blank, control character or broken text in the address"
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as bad:
        return f"not an address ({bad})"
    if parts.scheme.lower() not in ("http", "https"):
        return f"scheme {parts.scheme or 'missing'}, not http or https"
    if not host:
        return "no host name"
    if parts.username is not None or parts.password is not None:
        return "user name or password in the address"
    return None


def origin(url: str) -> tuple[str, int]:
    """Host name in lower case and port of an http(s) address that has no fault."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    return (parts.hostname or "").rstrip("."), port


def printable(text: str, limit: int = 300) -> str:
    """Hostile text made safe for a message: control characters escaped, at most `limit` code points."""
    shown = "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text[:limit])
    return shown + ("…" if len(text) > limit else "")
