"""Which template a paper is made from: the office's own where it has one of that name, else the one that ships."""

from importlib.resources import files
from pathlib import Path

from findings.model.errors import Said
from findings.model.handover import Paper
from handover.documents.errors import TemplateFault, TemplatesMissing
from handover.documents.filling import MAX_TEMPLATE

#: The template of each letter.
LETTERS = {
    Paper.CLOSURE: "网站关闭名单函.docx",
    Paper.STOP: "停止发布通知.docx",
    Paper.TRANSFER: "甄别移送函.docx",
    Paper.POLICE: "线索移送函.docx",
    Paper.DISTRICT: "交办单.docx",
}
#: The template of a letter's whole list, and of the record of how evidence was taken.
LIST = "名单.docx"
RECORD = "电子数据提取笔录.docx"

NAMES = (*LETTERS.values(), LIST, RECORD)


def load(name: str, folder: Path | None) -> bytes:
    """A template by its file name; the office's folder must be there, and need not hold it.

    Raises TemplatesMissing, TemplateFault.
    """
    if folder is not None:
        if not folder.is_dir():
            raise TemplatesMissing(folder)
        try:
            with (folder / name).open("rb") as file:
                return file.read(MAX_TEMPLATE + 1)
        except FileNotFoundError:
            pass
        except OSError as error:
            raise TemplateFault(name, Said(f"it can't be read ({error})", f"无法读取（{error}）")) from error
    return files("handover").joinpath("templates", name).read_bytes()
