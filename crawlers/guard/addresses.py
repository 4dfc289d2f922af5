"""May a crawl connect to this IP address: pure.

Hostile pages name internal addresses to make a crawler fetch them for the attacker. The
ranges are those of the IANA special-purpose registries (RFC 6890 and updates).
"""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

#: Cloud metadata services: they hand out credentials, so not even `allow_private` opens them.
_METADATA = frozenset(
    ip_address(text)
    for text in ("169.254.169.254", "169.254.170.2", "100.100.100.200", "192.0.0.192", "fd00:ec2::254")
)
_SHARED = ip_network("100.64.0.0/10")
#: Forms that carry an IPv4 address inside an IPv6 one; the inner address would escape the check.
_EMBEDDING = (
    (ip_network("::ffff:0:0/96"), "IPv4-mapped"),
    (ip_network("::/96"), "IPv4-compatible"),
    (ip_network("64:ff9b::/96"), "NAT64"),
    (ip_network("64:ff9b:1::/48"), "NAT64"),
    (ip_network("2002::/16"), "6to4"),
    (ip_network("2001::/32"), "Teredo"),
)


def refusal(address: str, *, allow_private: bool = False) -> str | None:
    """Why a crawl must not connect to `address`, as `127.0.0.1 is loopback`, or None.

    `allow_private` opens loopback, private and shared (100.64/10) addresses, nothing else.
    """
    try:
        shown = address.partition("%")[0]
        ip = ip_address(shown)
    except ValueError:
        return f"{address} is no IP address"
    kind = _kind(ip)
    if kind is None or (allow_private and kind in ("loopback", "private", "shared")):
        return None
    return f"{shown} is {kind}"


def _kind(ip: IPv4Address | IPv6Address) -> str | None:
    """The special-purpose kind of an address, or None for an ordinary public one."""
    if ip in _METADATA:
        return "a metadata service"
    if isinstance(ip, IPv6Address) and int(ip) > 1:  # :: and ::1 embed nothing
        embedding = next((name for network, name in _EMBEDDING if ip in network), None)
        if embedding:
            return embedding
    if ip.is_unspecified:
        return "unspecified"
    if ip.is_loopback:
        return "loopback"
    if ip.is_link_local or (isinstance(ip, IPv6Address) and ip.is_site_local):
        return "link-local"
    if ip.is_multicast:
        return "multicast"
    if ip.version == 4 and ip in _SHARED:
        return "shared"
    if ip.is_reserved:
        return "reserved"
    if ip.is_private:
        return "private"
    return None if ip.is_global else "not public"
