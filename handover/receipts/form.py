"""回执.xlsx: the form that an addressee fills and sends back. The same rows give the same bytes.

It is not locked: people add columns and notes where they need them, and a locked form comes back as a scan. What must
not change (row number, case, domain) is checked when it is read instead.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from findings.model.handover import Answer
from handover.cells import harmless
from handover.workbooks import row_height, workbook_bytes

#: The answers that the form offers.
ANSWER_ZH: dict[Answer, str] = {
    Answer.CLOSED: "已关闭",
    Answer.HANDLED: "已处理",
    Answer.UNREACHABLE: "无法联系",
    Answer.NOT_OURS: "非本机关管辖",
    Answer.NOT_DONE: "未处理",
    Answer.UNCLEAR: "无法辨认",
}
#: Heading → width in characters. The first five are ours, the others are to be filled.
_COLUMNS: dict[str, int] = {
    "序号": 6,
    "案件线索编号": 38,
    "广告标题": 30,
    "域名": 28,
    "请求事项": 26,
    "处置结果": 16,
    "处置日期": 14,
    "备注": 36,
    "联系人及电话": 22,
}
_OURS = 5
_HEAD_ROW = 4
_FILL_IN = (
    "“处置结果”请从下拉列表中选择，也可用文字填写；“处置日期”请填年月日。"
    "请勿改动前五列的内容。填写后原样发回本文件即可。"
)
#: Characters of a cell: the form is read by eye.
_LONGEST = 300


class FormRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the form. `asked` is what is asked for (关闭网站、停止发布广告…)."""

    number: int
    case_id: str
    title: str
    host: str | None
    asked: str


def receipt_form(mark: str, office: str, rows: Sequence[FormRow], *, at: datetime) -> bytes:
    """The form of a batch: `mark` is its number as the office writes it, `at` the only time in the file (UTC)."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.properties import PageSetupProperties

    book = Workbook()
    book.properties.title = harmless(f"回执 {mark}")
    book.properties.creator = "FinAdWatch"
    book.properties.created = book.properties.modified = at.replace(tzinfo=None, microsecond=0)
    sheet = book.active
    assert sheet is not None
    sheet.title = "回执"
    wrapped = Alignment(wrap_text=True, vertical="top")
    line = Side(style="thin", color="999999")
    border = Border(left=line, right=line, top=line, bottom=line)
    ours = PatternFill("solid", fgColor="EEEEEE")

    def put(row: int, column: int, text: str) -> None:
        cell = sheet.cell(row=row, column=column)
        cell.value = harmless(text)
        cell.data_type = "s"  # never a formula, whatever the text looks like
        cell.alignment = wrapped
        if row >= _HEAD_ROW:
            cell.border = border
            if column <= _OURS:
                cell.fill = ours

    for number, text in enumerate((f"线索处置回执　{mark}", f"发回：{office}", _FILL_IN), start=1):
        put(number, 1, text)
        sheet.merge_cells(start_row=number, start_column=1, end_row=number, end_column=len(_COLUMNS))
    sheet.cell(row=1, column=1).font = Font(bold=True, size=14)
    sheet.row_dimensions[3].height = 32
    for column, (heading, width) in enumerate(_COLUMNS.items(), start=1):
        put(_HEAD_ROW, column, heading)
        sheet.cell(row=_HEAD_ROW, column=column).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(column)].width = width
    for at_row, row in enumerate(rows, start=_HEAD_ROW + 1):
        told = (row.case_id, row.title[:_LONGEST], (row.host or "")[:_LONGEST], row.asked[:_LONGEST])
        texts = (str(row.number), *told, "", "", "", "")
        for column, text in enumerate(texts, start=1):
            put(at_row, column, text)
        sheet.row_dimensions[at_row].height = row_height(zip(texts, _COLUMNS.values(), strict=True))
    last = _HEAD_ROW + max(len(rows), 1)
    offered = ",".join(text for answer, text in ANSWER_ZH.items() if answer is not Answer.UNCLEAR)
    answers = DataValidation(type="list", formula1=f'"{offered}"', allow_blank=True, showErrorMessage=False)
    answers.promptTitle, answers.prompt, answers.showInputMessage = "处置结果", "请选择，或用文字填写", True
    answers.add(f"F{_HEAD_ROW + 1}:F{last}")
    sheet.add_data_validation(answers)
    sheet.freeze_panes = f"A{_HEAD_ROW + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{_HEAD_ROW}:{_HEAD_ROW}"
    return workbook_bytes(book, at)
