"""Numbers are compared as digits; what holds them decides what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.phones import PhoneKind, phone_key, phone_kind


@pytest.mark.parametrize(
    ("written", "key", "kind"),
    [
        ("95990", "95990", PhoneKind.SERVICE),
        ("+86 95990", "95990", PhoneKind.SERVICE),
        ("021-95990", "95990", PhoneKind.SERVICE),
        ("400-999-0000", "4009990000", PhoneKind.SERVICE),
        ("４００－９９９－００００", "4009990000", PhoneKind.SERVICE),
        ("+86 199 0000 0000", "19900000000", PhoneKind.MOBILE),
        ("0086-19900000000", "19900000000", PhoneKind.MOBILE),
        ("(021) 5990-0000", "02159900000", PhoneKind.LANDLINE),
        ("12378", "12378", PhoneKind.PUBLIC),
        ("110", "110", PhoneKind.PUBLIC),
        ("1234", "1234", None),
        ("没有", "", None),
    ],
)
def test_key_and_kind(written: str, key: str, kind: PhoneKind | None) -> None:
    assert phone_key(written) == key
    assert phone_kind(key) is kind


@given(st.text(max_size=200))
def test_a_key_is_short_digits_and_its_own_key(text: str) -> None:
    key = phone_key(text)
    assert set(key) <= set("0123456789")
    assert len(key) <= 40
    assert phone_key(key) == key or key.startswith(("0", "86"))
