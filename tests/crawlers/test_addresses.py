"""Which addresses a crawl may reach."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.guard.addresses import refusal


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("127.0.0.1", "127.0.0.1 is loopback"),
        ("127.255.255.254", "127.255.255.254 is loopback"),
        ("::1", "::1 is loopback"),
        ("0.0.0.0", "0.0.0.0 is unspecified"),
        ("10.1.2.3", "10.1.2.3 is private"),
        ("172.31.0.1", "172.31.0.1 is private"),
        ("192.168.1.1", "192.168.1.1 is private"),
        ("fd00::1", "fd00::1 is private"),
        ("169.254.169.254", "169.254.169.254 is a metadata service"),
        ("100.100.100.200", "100.100.100.200 is a metadata service"),
        ("169.254.1.1", "169.254.1.1 is link-local"),
        ("fe80::1%eth0", "fe80::1 is link-local"),
        ("100.64.0.1", "100.64.0.1 is shared"),
        ("224.0.0.1", "224.0.0.1 is multicast"),
        ("240.0.0.1", "240.0.0.1 is reserved"),
        ("255.255.255.255", "255.255.255.255 is reserved"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1 is IPv4-mapped"),
        ("::ffff:8.8.8.8", "::ffff:8.8.8.8 is IPv4-mapped"),
        ("64:ff9b::7f00:1", "64:ff9b::7f00:1 is NAT64"),
        ("2002:7f00:1::", "2002:7f00:1:: is 6to4"),
        ("not an address", "not an address is no IP address"),
        ("127.1", "127.1 is no IP address"),
        ("8.8.8.8", None),
        ("2400:3200::1", None),
    ],
)
def test_refusal(address: str, reason: str | None) -> None:
    assert refusal(address) == reason


@given(st.ip_addresses())
def test_only_public_addresses_pass(ip: IPv4Address | IPv6Address) -> None:
    if refusal(str(ip)) is None:
        assert ip.is_global
        forbidden = [ip.is_loopback, ip.is_private, ip.is_multicast, ip.is_link_local, ip.is_reserved]
        assert not any(forbidden)


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_inside_ipv6_never_passes(ip: IPv4Address) -> None:
    for prefix in ("::ffff:", "64:ff9b::", "::"):
        assert refusal(f"{prefix}{ip}") is not None
        if int(ip_address(f"{prefix}{ip}")) > 1:
            assert refusal(f"{prefix}{ip}", allow_private=True) is not None


@given(st.ip_addresses())
def test_allow_private_opens_no_more_than_private(ip: IPv4Address | IPv6Address) -> None:
    if refusal(str(ip), allow_private=True) is None and refusal(str(ip)) is not None:
        assert ip.is_private or ip.is_loopback or (ip.version == 4 and ip in ip_network("100.64.0.0/10"))


def test_allow_private_keeps_metadata_shut() -> None:
    assert refusal("127.0.0.1", allow_private=True) is None
    assert refusal("169.254.169.254", allow_private=True) is not None
