"""Telephone numbers: their comparable form, and what kind of holder a number has.

A service number (95xxx, 400) belongs to one firm; a mobile number belongs to a person and a landline to a desk,
so neither says whose ad it is.
"""

import re
import unicodedata
from enum import Enum
from functools import cache

from licences.tabledata import load_own

_COUNTRY = re.compile(r"^(?:00)?86(?=1[3-9]\d{9}$|0\d{9,11}$|[48]00\d{7}$|9[56]\d{3,4}$)")
_AREA = re.compile(r"^0\d{2,3}(?=9[56]\d{3,4}$)")
_SERVICE = re.compile(r"9[56]\d{3,4}|[48]00\d{7}|1010\d{4}|10[01]\d{2}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
MAX_PHONE = 40  # code points of one number as written


class PhoneKind(Enum):
    """What kind of number it is."""

    SERVICE = "service"
    MOBILE = "mobile"
    LANDLINE = "landline"
    PUBLIC = "public"
    """A hotline of the state: 12378, 110."""


def phone_key(number: str) -> str:
    """Digits only, without the country code, and without an area code before a service number; "" for none."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", number[:MAX_PHONE]) if c in "0123456789")
    return _AREA.sub("", _COUNTRY.sub("", digits))


@cache
def _public() -> frozenset[str]:
    return frozenset(load_own("data/hotlines.yaml", "hotlines.schema.json")["public"])


def phone_kind(key: str) -> PhoneKind | None:
    """The kind of a number by its key; None for too few digits to be one."""
    if key in _public():
        return PhoneKind.PUBLIC
    if len(key) < 5:
        return None
    if _SERVICE.fullmatch(key):
        return PhoneKind.SERVICE
    return PhoneKind.MOBILE if _MOBILE.fullmatch(key) else PhoneKind.LANDLINE
