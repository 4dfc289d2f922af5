"""Under which keys an entry is found: one place for what is stored and what is asked.

A key is compared by equality, so both sides are made here from the same functions. What
changes a key changes `fingerprint`, and lists compiled before are compiled again. The keys under
which merely similar names meet are `near`'s.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from importlib.metadata import version
from importlib.resources import files

from licences.codes import clean_code
from licences.hosts import is_shared
from licences.model import Entry, FilingEntry, FirmEntry, LicenceEntry, NegativeEntry
from licences.names import full_of, short_of, text_key
from licences.parties import parties_in
from licences.phones import PhoneKind, phone_key, phone_kind


class KeyKind(IntEnum):
    """What a key is. The numbers enter the hashes that compiled lists hold."""

    USCC = 1
    FULL = 2
    """A registered name: of a licensee, of one named by an authority, of a firm, of a filing's owner."""
    FORMER = 3
    SHORT = 4
    """A short name or brand, a registered or former name without its legal form."""
    LICENCE_NO = 5
    DOMAIN = 6
    PACKAGE = 7
    PERSON = 8
    """A legal representative."""
    HOLDER = 9
    """The name of a shareholder."""
    HOLDER_CODE = 10
    ICP = 11
    """The main number of an ICP or app filing, without the number of the site."""
    PHONE = 13
    """A service number (95xxx, 400); no one firm holds a person's mobile number or a landline of a desk."""
    TEXT = 12
    """A name that is looked for inside running text."""
    CORE = 14
    """What is left of a name without place, trade and legal form: whose it is, is nobody's slip."""
    NEAR = 15
    """What a name shares with one that differs by a small fault."""


#: A brand this long is looked for inside running text; shorter ones only as a whole name
#: (工行 stands in 招工行业).
TEXT_BRAND_LENGTH = 3
#: Longer names are asked for as a whole only. The longest registered names have about 60.
TEXT_NAME_LENGTH = 64
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SITE = re.compile(r"(?<=号)-?\d+A?$")
#: The modules that decide about keys; `tests/licences/test_keys.py` holds them complete.
DECIDING = (
    "codes",
    "english",
    "faults",
    "forms",
    "hashing",
    "hosts",
    "keys",
    "lookalikes",
    "names",
    "near",
    "parties",
    "parts",
    "phones",
    "wordlists",
)
#: The word lists they read.
WORDS = ("english", "hotlines", "lookalikes", "regions", "shared_hosts", "sounds", "trades")

Keys = list[tuple[KeyKind, str]]


@cache
def fingerprint() -> str:
    """32 hex over everything that decides which keys an entry has."""
    room = files("licences")
    known = hashlib.sha256(f"{unicodedata.unidata_version} {version('OpenCC')}".encode())
    for name in (*(f"{module}.py" for module in DECIDING), *(f"data/{words}.yaml" for words in WORDS)):
        known.update(room.joinpath(name).read_bytes())
    return known.hexdigest()[:32]


def stands_in_text(key: str) -> bool:
    """Whether a text key is distinctive enough to be looked for inside running text."""
    return TEXT_BRAND_LENGTH <= len(key) <= TEXT_NAME_LENGTH and _HAN.search(key) is not None


def icp_key(number: str) -> str:
    """The main number of a filing: 沪ICP备2026000001号-3 → 沪ICP备2026000001号."""
    return _SITE.sub("", clean_code(number))


def person_key(name: str) -> str:
    """The comparable form of a person's or shareholder's name: that of a registered name."""
    return full_of(text_key(name))


def _licence(entry: LicenceEntry) -> Iterator[tuple[KeyKind, str]]:
    name = text_key(entry.name)
    shorts = {name, short_of(name)}
    if entry.full_name is not None:
        full = text_key(entry.full_name)
        shorts |= {full, short_of(full)}
        yield KeyKind.FULL, full_of(full)
    shorts.update(map(text_key, entry.brands))
    for old in entry.former_names:
        key = text_key(old)
        yield KeyKind.FORMER, full_of(key)
        shorts.add(short_of(key))
    for short in shorts:
        yield KeyKind.SHORT, short
    if entry.uscc:
        yield KeyKind.USCC, entry.uscc
    if entry.licence_no:
        yield KeyKind.LICENCE_NO, clean_code(entry.licence_no)
    for domain in entry.domains:
        yield KeyKind.DOMAIN, domain
    for package in entry.app_packages:
        yield KeyKind.PACKAGE, package.casefold()
    for phone in map(phone_key, entry.phones):
        if phone_kind(phone) is PhoneKind.SERVICE:
            yield KeyKind.PHONE, phone


def _negative(entry: NegativeEntry) -> Iterator[tuple[KeyKind, str]]:
    if entry.match_name:
        yield KeyKind.FULL, full_of(text_key(entry.name))
    if entry.uscc:
        yield KeyKind.USCC, entry.uscc
    for domain in entry.domains:
        if not is_shared(domain):
            yield KeyKind.DOMAIN, domain
    for package in entry.app_packages:
        yield KeyKind.PACKAGE, package.casefold()


def _firm(entry: FirmEntry) -> Iterator[tuple[KeyKind, str]]:
    yield KeyKind.FULL, full_of(text_key(entry.name))
    for old in entry.former_names:
        yield KeyKind.FORMER, full_of(text_key(old))
    if entry.uscc:
        yield KeyKind.USCC, clean_code(entry.uscc)
    for name, _ in parties_in(entry.legal_representative or ""):
        yield KeyKind.PERSON, person_key(name)
    for holder in entry.shareholders:
        for name, _ in parties_in(holder.name):
            yield KeyKind.HOLDER, person_key(name)
        if holder.code:
            yield KeyKind.HOLDER_CODE, clean_code(holder.code)


def _filing(entry: FilingEntry) -> Iterator[tuple[KeyKind, str]]:
    yield KeyKind.ICP, icp_key(entry.number)
    yield KeyKind.FULL, full_of(text_key(entry.owner))
    for domain in entry.domains:
        yield KeyKind.DOMAIN, domain
    for package in entry.app_packages:
        yield KeyKind.PACKAGE, package.casefold()


def keys_of(entry: Entry) -> Keys:
    """Every key of an entry, each once; none is empty."""
    match entry:
        case LicenceEntry():
            made = _licence(entry)
        case NegativeEntry():
            made = _negative(entry)
        case FirmEntry():
            made = _firm(entry)
        case FilingEntry():
            made = _filing(entry)
    keys: Keys = []
    for pair in made:
        if pair[1] and pair not in keys:
            keys.append(pair)
    return keys


def text_names(keys: Keys) -> set[str]:
    """Those of a licensee's keys that are looked for inside running text."""
    return {key for kind, key in keys if kind in (KeyKind.SHORT, KeyKind.FULL) and stands_in_text(key)}
