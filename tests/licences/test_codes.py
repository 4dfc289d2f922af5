import pytest
from hypothesis import given
from hypothesis import strategies as st

from licences.codes import LicenceNumberKind, clean_code, licence_number_kind, payment_licence_warning


@given(st.text(max_size=40))
def test_no_text_breaks_the_checks(text: str) -> None:
    assert licence_number_kind(text) in (None, *LicenceNumberKind)


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
    warning = payment_licence_warning("Z2000131000019")
    assert warning is not None
    assert "仅供提示" in warning.zh


def test_payment_number_of_another_form_is_named() -> None:
    warning = payment_licence_warning("Z99")
    assert warning is not None
    assert "格式" in warning.zh
