"""Hosts: their comparable form, subdomains, and platforms that many share."""

import re
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import yaml

_HOST = re.compile(r"(?:[^\s.:/?#@]+\.)+[^\s.:/?#@]+")


def clean_host(text: str) -> str | None:
    """The host of a host name or URL: lower case, IDNA, without `www.`; None if there is none."""
    raw = text.strip()
    if "//" not in raw:
        raw = "//" + raw
    try:
        host = urlsplit(raw).hostname or ""
        host = host.rstrip(".").encode("idna").decode("ascii")
    except (ValueError, UnicodeError):
        return None
    if not _HOST.fullmatch(host):
        return None
    return host.removeprefix("www.")


def parents(host: str) -> list[str]:
    """The host and the domains above it, nearest first, down to two labels."""
    labels = host.split(".")
    return [".".join(labels[i:]) for i in range(len(labels) - 1)]


def under(host: str, domain: str) -> bool:
    """Whether a host is a domain or lies under it."""
    return host == domain or host.endswith("." + domain)


@cache
def _platforms() -> tuple[frozenset[str], frozenset[str]]:
    listed = yaml.safe_load(files("licences").joinpath("data/shared_hosts.yaml").read_text("utf-8"))
    return frozenset(listed["hosts"]), frozenset(listed["user_domains"])


def is_shared(host: str) -> bool:
    """Whether many unrelated people publish under exactly this host.

    True for `blog.platform` and everything under a listed host; for a domain that gives
    every user a host of his own only for the domain itself, not for a user's host.
    """
    hosts, user_domains = _platforms()
    if host in user_domains:
        return True
    for domain in parents(host):
        if domain in user_domains:
            return False
        if domain in hosts:
            return True
    return False
