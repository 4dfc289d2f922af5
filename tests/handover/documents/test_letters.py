"""Letters: what they say, whose template they take, and that nothing captured can act in them."""

import io
import zipfile
from pathlib import Path

import docx
import pytest

from findings.model.handover import Paper
from handover.documents.errors import TemplateFault, TemplatesMissing
from handover.documents.letters import SHOWN, letter_docx, list_docx, row_variables
from handover.documents.templates import LETTERS
from tests.support import papers


def text(document: bytes) -> str:
    """All words of a DOCX: paragraphs, then tables."""
    opened = docx.Document(io.BytesIO(document))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in opened.paragraphs), *cells])


def own(folder: Path, *paragraphs: str, paper: Paper = Paper.CLOSURE) -> Path:
    """An office's template of these paragraphs."""
    written = docx.Document()
    for words in paragraphs:
        written.add_paragraph(words)
    folder.mkdir(exist_ok=True)
    written.save(str(folder / LETTERS[paper]))
    return folder


@pytest.mark.parametrize("paper", Paper)
def test_every_paper_names_number_addressee_rows_and_day(paper: Paper) -> None:
    said = text(letter_docx(papers.letter(paper)))
    for words in (
        "虚市监函〔2026〕1号",
        "虚构市通信管理局：",
        "5",
        "2026年12月7日",
        "2026年11月23日",
        "2. 证据包",
        "3f3f",
        "审核：李四",
    ):
        assert words in said
    assert "{{" not in said.replace("{{ 7*7 }}", "")


@pytest.mark.parametrize("paper", Paper)
def test_no_paper_says_that_the_law_was_broken(paper: Paper) -> None:
    for document in (letter_docx(papers.letter(paper)), list_docx(papers.letter(paper))):
        said = text(document)
        for phrase in ("涉嫌发布违法", "涉嫌违法", "不作违法认定"):
            said = said.replace(phrase, "")
        assert "违法" not in said


def test_hostile_text_stays_text() -> None:
    said = text(letter_docx(papers.letter(count=2)))
    assert "{{ 7*7 }}{% if %}<w:p>&{_{[U+1F4B0][U+1F680]理财[U+20BB7][U+202E]abc[U+0000]" in said
    assert papers.TRADITIONAL in text(list_docx(papers.letter(count=2)))


def test_a_long_list_is_begun_and_points_to_the_list() -> None:
    many = papers.letter(count=SHOWN + 30)
    begun, whole = letter_docx(many), list_docx(many)
    assert "共 50 件，此处列前 20 件，其余见所附名单" in text(begun)
    (listed,) = docx.Document(io.BytesIO(whole)).tables
    assert [row.cells[0].text for row in listed.rows][-1] == "50"
    assert "此处列前" not in text(letter_docx(papers.letter(count=SHOWN)))


def test_a_draft_without_a_number_says_so_and_what_is_missing_is_blank() -> None:
    said = text(
        letter_docx(papers.letter(mark="", contact="", approved_by="", due=None, key="", attachments=()))
    )
    assert "〔2026〕＿＿号（草稿）" in said
    assert "审核：＿＿＿＿" in said
    assert "附件：" not in said
    assert "公钥" not in said


def test_the_same_letter_is_the_same_bytes() -> None:
    first, second = (letter_docx(papers.letter()) for _ in range(2))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_row_says_what_is_known_and_that_the_rest_is_not() -> None:
    full, empty = row_variables(papers.rows(5)[4]), row_variables(papers.rows(4)[3])
    assert (full["服务器所在地"], full["注册商"]) == ("上海", "虚构注册商")
    assert (empty["网址"], empty["IP地址"], empty["广告主"], empty["服务器所在地"]) == ("未知",) * 4


def test_evidence_numbers_are_named_whole_or_counted() -> None:
    assert row_variables(papers.row(also_cases=("c1-b",)))["证据编号"].endswith("；c1-b")
    assert row_variables(papers.row(also_cases=("c1-b", "c1-c")))["证据编号"].endswith("；c1-b 等 3 件")


def test_an_offices_template_wins_and_the_others_are_ours(tmp_path: Path) -> None:
    folder = own(
        tmp_path,
        "致{{ 收件机关 }}，共{{ 件数 }}件",
        "{%p for 行 in 名单 %}",
        "{{ 行.域名 }}",
        "{%p endfor %}",
    )
    assert text(letter_docx(papers.letter(count=1), folder)).split() == [
        "致虚构市通信管理局，共1件",
        "licai.example",
    ]
    assert letter_docx(papers.letter(Paper.STOP), folder) == letter_docx(papers.letter(Paper.STOP))


@pytest.mark.parametrize(
    ("words", "variable", "said"),
    [
        pytest.param("{{ 收件单位 }}", "收件单位", "变量“收件单位”不存在；可用的有：文号、", id="unknown"),
        pytest.param("{% if 0 %}{{ 没有 }}{% endif %}", "没有", "变量“没有”不存在", id="unknown-in-a-branch"),
        pytest.param("{{ 名单[0].网 }}", "网", "变量“网”不存在", id="unknown-of-a-row"),
        pytest.param("{{ 文号 ", None, "语法有误", id="open-tag"),
        pytest.param("{% for 行 in 名单 %}", None, "语法有误", id="open-loop"),
        pytest.param("{{ 文号|safe }}", None, "语法有误", id="no-such-filter"),
        pytest.param("{{ ''.__class__.__mro__ }}", None, "不允许的写法", id="underscore"),
        pytest.param("{{ 'a' * 1000000000 }}", None, "不允许的写法", id="text-multiplied"),
        pytest.param("{{ 件数 // 0 }}", None, "无法计算", id="no-number"),
    ],
)
def test_a_template_that_cant_be_filled_is_named_with_what_is_wrong(
    tmp_path: Path, words: str, variable: str | None, said: str
) -> None:
    folder = own(tmp_path, words)
    with pytest.raises(TemplateFault) as fault:
        letter_docx(papers.letter(count=1), folder)
    assert fault.value.template == "网站关闭名单函.docx"
    assert fault.value.variable == variable
    assert said in fault.value.zh


def test_a_template_cant_switch_escaping_off(tmp_path: Path) -> None:
    folder = own(tmp_path, "{% autoescape false %}{{ 名单[1].广告标题 ~ '<w:br/>' }}{% endautoescape %}")
    assert "<w:p>" in text(letter_docx(papers.letter(count=2), folder))


@pytest.mark.parametrize("content", [b"", b"no document", b"PK\x03\x04 broken"], ids=["empty", "text", "zip"])
def test_a_file_that_is_no_document_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / LETTERS[Paper.CLOSURE]).write_bytes(content)
    with pytest.raises(TemplateFault, match=r"网站关闭名单函\.docx"):
        letter_docx(papers.letter(), tmp_path)


def test_a_folder_of_templates_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(TemplatesMissing, match="there is no folder"):
        letter_docx(papers.letter(), tmp_path / "none")


def test_a_template_that_unpacks_to_very_much_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / LETTERS[Paper.CLOSURE], "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("word/document.xml", b" " * 61_000_000)
    with pytest.raises(TemplateFault, match="too large"):
        letter_docx(papers.letter(), tmp_path)
