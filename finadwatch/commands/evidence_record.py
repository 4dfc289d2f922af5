"""finadwatch evidence record CASE: 电子数据提取笔录, filled from what was captured."""

from pathlib import Path

import click

from finadwatch.commands.options import example, json_option, store_option
from finadwatch.context import Desk
from finadwatch.i18n import t
from finadwatch.show import emit, progress, safe


@click.command(
    "record",
    help=t(
        "由抓取记录生成案件线索的《电子数据提取笔录》（DOCX 与 PDF）：对象、步骤、文件及 SHA-256、异常情况自动填写，"
        "未记录的事项留空，由执法人员填写。",
        "Make the record of electronic evidence (电子数据提取笔录) of a case, as DOCX and PDF, from its captures. What "
        "nobody recorded stays blank for the officers.",
    )
    + "\n\n"
    + example("finadwatch evidence record c1-0123… --officer '张三 31000001' --officer 李四 -o 笔录"),
)
@click.argument("case_id", metavar="CASE")
@click.option(
    "--officer",
    "officers",
    multiple=True,
    metavar="NAME",
    help=t(
        "执法人员，可附证号：“姓名 证号”；应有两名",
        "an officer, with the certificate's number after a space; two",
    ),
)
@click.option("--witness", default="", metavar="NAME", help=t("见证人", "a witness"))
@click.option("--holder", default="", metavar="NAME", help=t("当事人或电子数据持有人", "who holds the data"))
@click.option("--place", default="", help=t("提取地点", "where it was taken"))
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help=t("写入的文件夹", "the folder to write to"),
)
@click.option("--no-pdf", is_flag=True, help=t("只生成 DOCX", "only DOCX"))
@store_option
@json_option
@click.pass_obj
def record(
    desk: Desk,
    case_id: str,
    officers: tuple[str, ...],
    witness: str,
    holder: str,
    place: str,
    folder: Path,
    no_pdf: bool,
    store_url: str | None,
    as_json: bool,
) -> None:
    """Write the record and say what in it needs a person."""
    from finadwatch.recording import write_record
    from handover.documents.record import People

    people = People(
        office=desk.config.takedown.office, officers=officers, witness=witness, holder=holder, place=place
    )
    made = write_record(desk, case_id, people, folder, pdf=not no_pdf, store_url=store_url)
    if as_json:
        emit(made)
        return
    for path in filter(None, (made.docx, made.pdf)):
        click.echo(safe(path))
    for told in made.anomalies:
        progress(t(f"异常：{told}", f"anomaly: {told}"))
    if len(officers) < 2:
        progress(
            t("执法人员不足两名，笔录中留有空白", "fewer than two officers: the record has blanks for them")
        )
