"""Errors of making papers.

UsageError
├── TemplatesMissing    the folder of an office's templates is not there
└── TemplateFault       a template of an office can't be filled: not DOCX, broken syntax, an unknown variable
ServiceAway
└── LibreOfficeAway     no LibreOffice on this machine, or it does not start
FinAdWatchError
└── ConversionFailed    LibreOffice made no PDF of a file
"""

from collections.abc import Sequence
from pathlib import Path

from findings.model.errors import FinAdWatchError, Said, ServiceAway, UsageError


class TemplateFault(UsageError):
    """A template can't be filled. `template` is its file name, `variable` the name it asks for, where that is it."""

    def __init__(self, template: str, reason: Said, variable: str | None = None) -> None:
        super().__init__(
            f"the template {template} can't be filled: {reason}; put it right in Word, or remove it to use ours",
            zh=f"模板《{template}》无法使用：{reason.zh}；请在 Word 中改正，或删除该文件以使用自带模板",
        )
        self.template = template
        self.reason = reason
        self.variable = variable


class TemplatesMissing(UsageError):
    """The folder that the configuration names for templates is not there."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"there is no folder {folder} of templates: put takedown.templates right, or make one by "
            "finadwatch takedown templates FOLDER",
            zh=f"没有模板文件夹 {folder}：请更正配置 takedown.templates，或用 finadwatch takedown templates 文件夹 导出",
        )
        self.folder = folder


class LibreOfficeAway(ServiceAway):
    """PDF needs LibreOffice, and it is not here."""

    def __init__(self, reason: Said) -> None:
        super().__init__(
            f"no PDF can be made: {reason}; install it (Debian, Ubuntu: apt-get install libreoffice-writer "
            "fonts-noto-cjk) or set SOFFICE=path; DOCX files are made without it",
            zh=f"无法生成 PDF：{reason.zh}；请安装（Debian/Ubuntu：apt-get install libreoffice-writer fonts-noto-cjk）"
            "或设 SOFFICE=路径；DOCX 不受影响",
        )
        self.reason = reason


class ConversionFailed(FinAdWatchError):
    """Some files did not become PDF. `names` are theirs."""

    def __init__(self, names: Sequence[str], reason: Said) -> None:
        super().__init__(
            f"LibreOffice made no PDF of {', '.join(names)} ({reason}): open the file in LibreOffice or Word to see why",
            zh=f"LibreOffice 未能将 {'、'.join(names)} 转为 PDF（{reason.zh}）：请用 LibreOffice 或 Word 打开该文件查看原因",
        )
        self.names = tuple(names)
        self.reason = reason
