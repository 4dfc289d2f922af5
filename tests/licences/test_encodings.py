"""Text files in the encodings officers have, whole and spoilt."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from findings.model.errors import UsageError
from licences.errors import ColumnsWrong, ListUnreadable
from licences.files.encodings import find_encoding, lines
from tests.licences.conftest import Importer, Writer

SIMPLIFIED = "机构名称,统一社会信用代码,机构类型\r\n云岫银行股份有限公司,,商业银行\r\n"
TRADITIONAL = "機構名稱,統一社會信用代碼,機構類型\r\n雲岫銀行股份有限公司,,商業銀行\r\n"


def read(path: Path) -> tuple[str, str]:
    with path.open("rb") as file:
        codec = find_encoding(file, path).codec
        return codec, "".join(lines(file, codec))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SIMPLIFIED, "utf-8"),
        (SIMPLIFIED, "utf-8-sig"),
        (SIMPLIFIED, "gb18030"),
        (SIMPLIFIED, "utf-16"),
        (SIMPLIFIED, "utf-16-le"),
        (SIMPLIFIED, "utf-16-be"),
        (TRADITIONAL, "utf-8"),
        (TRADITIONAL, "big5"),
        (TRADITIONAL, "gb18030"),
        (TRADITIONAL, "utf-16"),
    ],
)
def test_every_encoding_gives_the_same_text(tmp_path: Path, text: str, encoding: str) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(text.encode(encoding))
    assert read(file)[1].lstrip("\ufeff") == text


@given(
    st.lists(
        st.text("云岫海棠松间银行股份有限公司,0123456789ABC\t ", min_size=1, max_size=30),
        min_size=3,
        max_size=60,
    ),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_names_of_firms_survive(tmp_path: Path, rows: list[str], encoding: str) -> None:
    text = "".join(f"{row}\n" for row in ["名称,机构类型,统一社会信用代码", *rows])
    file = tmp_path / "list.csv"
    file.write_bytes(text.encode(encoding))
    assert read(file)[1].lstrip("\ufeff") == text


def test_a_big5_list_goes_in(load: Importer, csv_file: Writer) -> None:
    report = load(csv_file("名稱,機構類型", "雲岫銀行股份有限公司,商業銀行", encoding="big5"))
    assert report.added == ("雲岫銀行股份有限公司",)
    assert "cp950" in report.notes[0].text


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_few_spoilt_bytes_cost_their_rows_only(load: Importer, tmp_path: Path, encoding: str) -> None:
    rows = ["名称,机构类型", *(f"演练{at}银行,商业银行" for at in range(300))]
    content = (
        "\n".join(rows).encode(encoding).replace("演练7银行".encode(encoding), b"\xe4\xba\xff\xff\x37", 1)
    )
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    report = load(file)
    assert (report.entries, [one.row for one in report.refused]) == (299, [9])
    assert "无法解读的字节" in report.refused[0].reason
    assert not report.complete  # whose row it was can't be read


def test_lines_in_two_encodings(load: Importer, tmp_path: Path) -> None:
    rows = ["名称,机构类型", *(f"演练{at}银行,商业银行" for at in range(300))]
    content = "\n".join(rows).encode("gb18030") + "\n海棠银行,bank\n".encode()
    file = tmp_path / "list.csv"
    file.write_bytes(content)
    report = load(file)
    assert report.entries >= 300
    assert not any("海棠" in name for name in report.added)


def test_half_a_file_in_no_encoding_is_refused_whole(load: Importer, tmp_path: Path, folder: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes("名称,机构类型\n".encode() + b"\xff\xff\x80\xfa,bank\n" * 50)
    with pytest.raises(ListUnreadable, match="50 lines"):
        load(file)
    assert not folder.exists()


def test_zero_bytes_cost_their_row(load: Importer, csv_file: Writer) -> None:
    report = load(csv_file("名称,机构类型", "云岫\0银行,bank", "海棠银行,bank"))
    assert (report.added, [one.row for one in report.refused]) == (("海棠银行",), [2])


@given(
    st.binary(max_size=3_000),
    st.sampled_from([b"", b"PK\x03\x04", b"\xef\xbb\xbf", "名称,机构类型\n".encode()]),
)
@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_end_in_a_list_or_a_sentence(
    load: Importer, tmp_path: Path, folder: Path, tail: bytes, head: bytes
) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(head + tail)
    try:
        report = load(file, preview=True)
    except UsageError as error:
        assert error.zh  # noqa: PT017 (either end is right)
    else:
        assert report.entries
    assert not folder.exists()


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_headings_in_a_wrong_encoding_are_told_as_they_once_read(
    load: Importer, csv_file: Writer, codec: str
) -> None:
    lines = [line.encode(codec).decode("latin-1") for line in ("机构名称,许可证类型", "云岫银行,bank")]
    with pytest.raises(ColumnsWrong) as raised:
        load(csv_file(*lines))
    assert "机构名称" in raised.value.zh
    assert "乱码" in raised.value.zh


def test_a_picture_is_no_text(load: Importer, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
    with pytest.raises(ListUnreadable, match="is no text"):
        load(file)
