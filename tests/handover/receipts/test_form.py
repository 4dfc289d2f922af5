"""The form that addressees fill, as a spreadsheet program would open it."""

import io
from datetime import UTC, datetime

from openpyxl import load_workbook

from handover.receipts.form import FormRow, receipt_form

AT = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
ROWS = [
    FormRow(
        number=1, case_id="c1-" + "0" * 32, title="=HYPERLINK(1)😀", host="site1.example", asked="关闭网站"
    ),
    FormRow(number=2, case_id="c1-" + "1" * 32, title="x" * 10_000, host=None, asked="关闭网站"),
]


def test_the_form_holds_its_rows_as_text_and_offers_answers() -> None:
    sheet = load_workbook(io.BytesIO(receipt_form("测市监移〔2026〕1号", "测试局", ROWS, at=AT))).active
    assert sheet is not None
    values = list(sheet.iter_rows(values_only=True))
    assert "测市监移〔2026〕1号" in str(values[0][0])
    assert values[3][:6] == ("序号", "案件线索编号", "广告标题", "域名", "请求事项", "处置结果")
    assert values[4][2] == "'=HYPERLINK(1)😀"
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    (offered,) = sheet.data_validations.dataValidation
    assert "已关闭" in str(offered.formula1)
    assert str(offered.sqref) == "F5:F6"


def test_the_same_rows_give_the_same_bytes() -> None:
    assert receipt_form("〔2026〕1号", "局", ROWS, at=AT) == receipt_form("〔2026〕1号", "局", ROWS, at=AT)
