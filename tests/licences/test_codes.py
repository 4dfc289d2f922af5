import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.codes import (
    USCC_ALPHABET,
    LicenceNumberKind,
    clean_code,
    licence_number_kind,
    organisation_code,
    payment_licence_warning,
    uscc_check_character,
    valid_organisation_code,
    valid_uscc,
)

# Published codes of three well-known companies: facts that pin the formula.
PUBLISHED = ["91330100799655058B", "9131000013221158XC", "91440300708461136T"]

bodies = st.builds(
    lambda head, region, rest: head + region + rest,
    st.text(USCC_ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(USCC_ALPHABET, min_size=9, max_size=9),
)


@pytest.mark.parametrize("code", PUBLISHED)
def test_published_codes_are_valid(code: str) -> None:
    assert valid_uscc(code)


@pytest.mark.parametrize("code", PUBLISHED)
def test_the_organisation_code_inside_a_code_is_valid_too(code: str) -> None:
    assert valid_organisation_code(organisation_code(code))


@given(bodies, st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_any_single_changed_character_breaks_the_check(body: str, at: int, other: str) -> None:
    code = body + uscc_check_character(body)
    changed = code[:at] + other + code[at + 1 :]
    assert valid_uscc(code)
    assert valid_uscc(changed) == (changed == code)


@given(bodies, st.integers(0, 16))
def test_two_neighbours_swapped_break_the_check(body: str, at: int) -> None:
    code = body + uscc_check_character(body)
    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
    assert valid_uscc(swapped) == (swapped == code)


@given(st.text(max_size=40))
def test_no_text_breaks_the_checks(text: str) -> None:
    assert valid_uscc(clean_code(text)) in (True, False)
    assert valid_organisation_code(clean_code(text)) in (True, False)
    assert licence_number_kind(text) in (None, *LicenceNumberKind)


@pytest.mark.parametrize("letter", "IOSVZ")
def test_letters_outside_the_alphabet_are_refused(letter: str) -> None:
    assert not valid_uscc("9133010079965505" + letter + "B")


def test_the_check_character_needs_seventeen_characters() -> None:
    with pytest.raises(ValueError, match="17"):
        uscc_check_character("9133")


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("９１３３0100799655058b", "91330100799655058B"),
        ("91330100-7996 55058B", "91330100799655058B"),
    ],
    ids=["full-width-lower-case", "dash-and-space"],
)
def test_codes_are_compared_without_dressing(written: str, cleaned: str) -> None:
    assert clean_code(written) == cleaned


def test_organisation_code_with_wrong_check_is_refused() -> None:
    assert not valid_organisation_code("799655059")


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("X0001H211000001", LicenceNumberKind.FINANCIAL),
        ("Z2000133000019", LicenceNumberKind.PAYMENT),
        ("P1072839", LicenceNumberKind.PRIVATE_FUND),
        ("沪ICP备12345678号-1", LicenceNumberKind.ICP),
        ("浙icp备2022033471号", LicenceNumberKind.ICP),
        ("沪ICP备12345678号-3A", LicenceNumberKind.APP_FILING),
        ("粤B2-20090059", LicenceNumberKind.TELECOM),
        ("12345678", None),
    ],
)
def test_kind_of_a_number_by_its_form(number: str, kind: LicenceNumberKind | None) -> None:
    assert licence_number_kind(number) is kind


def test_payment_number_that_fits_has_no_warning() -> None:
    assert payment_licence_warning("Z2000133000019") is None


def test_payment_number_that_does_not_fit_is_only_warned_of() -> None:
    assert "仅供提示" in (payment_licence_warning("Z2000131000019") or "")


def test_payment_number_of_another_form_is_named() -> None:
    assert "格式" in (payment_licence_warning("Z99") or "")
