import pytest

from analyzers.codes import icp_in, licence_numbers_in, phones_in, uscc_in


def test_codes_are_found_in_normalised_text() -> None:
    text = "统一社会信用代码:91330100799655058b,91330100799655058c,x91330100799655058b"
    assert uscc_in(text) == ("91330100799655058B",)


LICENCES = [
    ("机构编码b0015h131000001", ("B0015H131000001",)),
    ("许可证z2000133000019号", ("Z2000133000019",)),
    ("登记编号p1072839", ("P1072839",)),
    ("执业编号s1300518050001", ("S1300518050001",)),
    ("型号ap1072839", ()),
]


@pytest.mark.parametrize(("text", "numbers"), LICENCES)
def test_licence_numbers(text: str, numbers: tuple[str, ...]) -> None:
    assert licence_numbers_in(text) == numbers


ICP = [
    ("备案沪icp备12345678号-1", "沪ICP备12345678号-1"),
    ("浙icp备2022033471号-3a", "浙ICP备2022033471号-3A"),
    ("京icp证040599号", "京ICP证040599号"),
    ("四川蜀icp备12345678号", "蜀ICP备12345678号"),
    ("没有备案", None),
]


@pytest.mark.parametrize(("text", "number"), ICP)
def test_filings(text: str, number: str | None) -> None:
    assert icp_in(text) == number


PHONES = [
    ("致电13800138000或138-0013-8001", ("13800138000", "13800138001")),
    ("客服400-820-8820", ("4008208820",)),
    ("座机021-12345678", ("02112345678",)),
    ("银行95588", ("95588",)),
    ("收益95588元", ("95588",)),
    ("代码913301007996550581", ()),
    ("年化95.588%", ()),
]


@pytest.mark.parametrize(("text", "phones"), PHONES)
def test_phones(text: str, phones: tuple[str, ...]) -> None:
    assert phones_in(text) == phones
