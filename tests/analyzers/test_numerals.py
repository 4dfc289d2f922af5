import pytest

from analyzers.numerals import chinese_number

NUMBERS = [
    ("十二点五", "12.5"),
    ("百", "100"),
    ("一百二十", "120"),
    ("一百零五", "105"),
    ("三十", "30"),
    ("两千", "2000"),
    ("零点八", "0.8"),
    ("12.5", "12.5"),
    ("八", "8"),
    ("二三十", None),
    ("十百", None),
    ("点五", "0.5"),
    ("五点", None),
    ("1.2.3", None),
    ("零十", None),
]


@pytest.mark.parametrize(("spelt", "figure"), NUMBERS)
def test_figures(spelt: str, figure: str | None) -> None:
    assert chinese_number(spelt) == figure
