"""Nasty files: what goes in, what is refused and why, and that nothing is half-loaded."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from findings.model.errors import UsageError
from findings.model.judgement import AdvertiserClues
from findings.model.vocabulary import LicenceStatus, Product
from licences import importer
from licences.errors import ColumnsWrong, DataFault, ListOutdated, ListShrunk, ListUnreadable
from licences.model import EntryStatus, LicenceEntry
from licences.registers import Registers
from licences.resolve import resolve
from licences.versions import current_version, read_version
from tests.licences.conftest import AS_OF, NOW, Importer, Writer
from tests.support.licence_lists import code, stored

HEAD = "name,full_name,uscc,licence_no,licence_type,scope,domains,brands,valid_from,valid_to,status"
ROW = f"云岫银行,云岫银行股份有限公司,{code(1)},B9901H199000001,bank,,https://www.yunxiu.example/,岫行;云岫,2020-01-01,长期,"


def _rows(count: int) -> list[str]:
    return [f"演练{i}银行,,,,bank,,,,,," for i in range(count)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings_officers_have(load: Importer, csv_file: Writer, folder: Path, encoding: str) -> None:
    report = load(csv_file(HEAD, ROW, encoding=encoding))
    assert (report.entries, report.refused, report.added) == (1, (), ("云岫银行",))
    entry = read_version(folder, "test", report.version).entry(0)
    assert entry.domains == ("yunxiu.example",)
    assert entry.brands == ("岫行", "云岫")
    assert (entry.valid_from, entry.valid_to) == (date(2020, 1, 1), None)


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_other_delimiters(load: Importer, csv_file: Writer, mark: str) -> None:
    report = load(csv_file(mark.join(["名称", "机构类型"]), mark.join(["云岫银行", "城市商业银行"])))
    assert report.entries == 1


def test_bytes_in_no_known_encoding_are_refused(load: Importer, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(HEAD.encode() + b"\n\xff\xff\x80\xfa,,,,bank\n")
    with pytest.raises(ListUnreadable, match="bytes that can't be read"):
        load(file)


ROWS = [
    ("no-name", ",,,,bank,,,,,,", "名称"),
    ("unknown-type", "云岫银行,,,,星际银行,,,,,,", "licence_type"),
    ("no-type", "云岫银行,,,,,,,,,,", "licence_type"),
    ("code-with-wrong-check", f"云岫银行,,{code(1)[:-1]}I,,bank,,,,,,", "校验"),
    ("code-too-short", "云岫银行,,9199,,bank,,,,,,", "位数"),
    ("no-date", "云岫银行,,,,bank,,,,去年,,", "valid_from"),
    ("day-that-does-not-exist", "云岫银行,,,,bank,,,,2026-02-30,,", "valid_from"),
    ("ends-before-it-begins", "云岫银行,,,,bank,,,,2026-02-01,2025-02-01,", "早于"),
    ("unknown-status", "云岫银行,,,,bank,,,,,,奇怪", "status"),
    ("formula", '"=HYPERLINK(""http://x"")",,,,bank,,,,,,', "公式"),
    ("formula-by-at", "@SUM(A1),,,,bank,,,,,,", "公式"),
    ("minus-name", "-2+3+cmd,,,,bank,,,,,,", "名称"),
    ("control-character", "云岫\x07银行,,,,bank,,,,,,", "控制字符"),
    ("name-too-long", "云" * 200 + ",,,,bank,,,,,,", "名称"),
    ("no-domain", "云岫银行,,,,bank,,not a host,,,,", "域名"),
]


@pytest.mark.parametrize(("row", "words"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_bad_row_is_named_and_the_rest_goes_in(
    load: Importer, csv_file: Writer, row: str, words: str
) -> None:
    report = load(csv_file(HEAD, row, "海棠银行,,,,bank,,,,,,"))
    assert report.entries == 1
    assert [one.row for one in report.refused] == [2]
    assert words in report.refused[0].reason


def test_a_refused_firm_is_unknown_not_missing(load: Importer, csv_file: Writer, folder: Path) -> None:
    load(csv_file(HEAD, "读不出银行股份有限公司,,9199,,bank,,,,,,", "海棠银行,,,,bank,,,,,,"))
    lists = Registers.load(folder)

    def status(name: str) -> LicenceStatus:
        clues = AdvertiserClues(declared=name)
        return resolve(clues, Product.LOAN, NOW.date(), lists).licence.status

    assert status("读不出银行股份有限公司") is LicenceStatus.UNKNOWN
    assert status("快快网络科技有限公司") is LicenceStatus.NOT_FOUND


def test_a_refused_row_without_a_name_takes_completeness(
    load: Importer, csv_file: Writer, folder: Path
) -> None:
    report = load(csv_file(HEAD, ",,,,bank,,,,,,", "海棠银行,,,,bank,,,,,,"))
    clues = AdvertiserClues(declared="快快网络科技有限公司")
    found = resolve(clues, Product.LOAN, NOW.date(), Registers.load(folder))
    assert not report.complete
    assert found.licence.status is LicenceStatus.UNKNOWN


DOUBLES = [
    ("same-code", f"甲银行,,{code(1)},,bank,,,,,,"),
    ("same-licence-number", "甲银行,,,B9901H199000001,bank,,,,,,"),
]


@pytest.mark.parametrize("row", [row[1] for row in DOUBLES], ids=[row[0] for row in DOUBLES])
def test_duplicate_codes_are_reported_with_the_first_row(load: Importer, csv_file: Writer, row: str) -> None:
    report = load(csv_file(HEAD, ROW, row))
    assert report.entries == 1
    assert "第 2 行重复" in report.refused[0].reason


@pytest.mark.parametrize(
    "row",
    [f"松间支付,,{code(1)},,payment,,,,,,", f"松间银行,,{code(1)},B9999H199000009,bank,,,,,,"],
    ids=["of-another-kind", "with-another-number"],
)
def test_one_code_under_two_names_is_an_error_in_the_list(load: Importer, csv_file: Writer, row: str) -> None:
    report = load(csv_file(HEAD, ROW, row))
    assert (report.entries, [one.row for one in report.refused]) == (1, [3])
    assert "第 2 行的统一社会信用代码相同而名称不同" in report.refused[0].reason


def test_a_branch_or_a_renamed_firm_may_share_its_code(load: Importer, csv_file: Writer) -> None:
    rows = [
        f"云岫保险代理有限公司,,{code(1)},甲1,保险代理,,,,,,",
        f"云岫保险代理有限公司虚城分公司,,{code(1)},甲2,保险代理,,,,,,",
        f"海棠支付有限公司,,{code(2)},,payment,,,,,,",
    ]
    renamed = f"松间支付有限公司,,{code(2)},,小贷,,,,,,,海棠支付有限公司"
    report = load(csv_file(HEAD + ",former_names", *(row + "," for row in rows), renamed))
    assert (report.entries, report.refused) == (4, ())


def test_faults_are_told_under_the_files_own_headings(load: Importer, csv_file: Writer) -> None:
    report = load(
        csv_file(
            "机构名称,牌照类型,发证日期（年月日）", "云岫银行,bank,去年", "海棠银行,星际,", "松间银行,bank,"
        )
    )
    assert [one.reason for one in report.refused] == [
        "发证日期（年月日） 不是日期：去年",
        "牌照类型 不认识：星际",
    ]


def test_a_day_number_with_a_time_of_day_is_a_day(load: Importer, workbook: Writer, folder: Path) -> None:
    report = load(workbook([["name", "licence_type", "valid_from"], ["云岫银行", "bank", 43831.75]]))
    (one,) = read_version(folder, "test", report.version).entries()
    assert isinstance(one, LicenceEntry)
    assert one.valid_from == date(2020, 1, 1)


def test_one_firm_may_hold_two_licences(load: Importer, csv_file: Writer) -> None:
    report = load(csv_file(HEAD, f"双照,,{code(1)},,payment,,,,,,", f"双照,,{code(1)},,小贷,,,,,,"))
    assert (report.entries, report.refused) == (2, ())


def test_shared_platforms_do_not_become_a_firms_domain(
    load: Importer, csv_file: Writer, folder: Path
) -> None:
    report = load(csv_file(HEAD, "云岫银行,,,,bank,,weibo.com/yunxiu;yunxiu.example,,,,"))
    assert read_version(folder, "test", report.version).entry(0).domains == ("yunxiu.example",)
    assert "weibo.com" in report.notes[0].text


def test_doubtful_payment_number_is_a_note_only(load: Importer, csv_file: Writer) -> None:
    report = load(csv_file(HEAD, "松间支付,,,Z2000131000019,payment,,,,,,"))
    assert (report.entries, len(report.notes)) == (1, 1)


def test_scope_in_the_licences_own_words(load: Importer, csv_file: Writer, folder: Path) -> None:
    report = load(csv_file(HEAD, "海棠,,,,consumer_finance,发放个人消费贷款,,,,,"))
    assert read_version(folder, "test", report.version).entry(0).scope == (Product.LOAN,)


WRONG = [
    ("other-columns", ["标题,内容", "a,b"], "licence_type"),
    ("no-heading", [ROW, ROW], "licence_type"),
    ("one-column-missing", ["name,uscc", "云岫银行,"], "licence_type"),
    ("doubled-heading", ["name,name,licence_type", "a,b,bank"], "two columns"),
]


@pytest.mark.parametrize(("lines", "words"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_wrong_columns_leave_the_current_list_alone(
    load: Importer, csv_file: Writer, folder: Path, lines: list[str], words: str
) -> None:
    before = load(csv_file(HEAD, ROW)).version
    with pytest.raises(ColumnsWrong, match=words):
        load(csv_file(*lines))
    assert current_version(folder, "test") == before
    assert stored(folder, "test") == [before]


@pytest.mark.parametrize(
    "lines", [[], [HEAD], [HEAD, ",,,,bank,,,,,,"]], ids=["empty", "heading-only", "all-refused"]
)
def test_a_list_without_an_entry_is_no_list(
    load: Importer, csv_file: Writer, folder: Path, lines: list[str]
) -> None:
    with pytest.raises(ListUnreadable):
        load(csv_file(*lines))
    assert not folder.exists()


def test_a_missing_file_is_one_sentence(load: Importer, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nowhere\.csv can't be read"):
        load(tmp_path / "nowhere.csv")


def test_unbalanced_quote_that_swallows_the_file_is_refused(load: Importer, csv_file: Writer) -> None:
    report = load(csv_file(HEAD, "海棠银行,,,,bank,,,,,,", '"云岫银行,,,,bank' + "\n银行" * 3_000))
    assert (report.entries, len(report.refused)) == (1, 1)


def test_a_cut_off_list_is_refused_unless_allowed(load: Importer, csv_file: Writer, folder: Path) -> None:
    before = load(csv_file(HEAD, *_rows(40))).version
    short = csv_file(HEAD, *_rows(10))
    with pytest.raises(ListShrunk, match="10 entries"):
        load(short)
    assert current_version(folder, "test") == before
    assert load(short, allow_shrink=True).gone == tuple(f"演练{i}银行" for i in range(10, 40))


def test_an_older_list_does_not_replace_a_newer_one(load: Importer, csv_file: Writer) -> None:
    load(csv_file(HEAD, ROW))
    with pytest.raises(ListOutdated, match="older"):
        load(csv_file(HEAD, ROW), as_of=AS_OF - timedelta(days=1))


def test_a_list_from_the_future_is_refused(load: Importer, csv_file: Writer) -> None:
    with pytest.raises(ListOutdated, match="future"):
        load(csv_file(HEAD, ROW), as_of=NOW.date() + timedelta(days=1))


def test_added_gone_and_changed(load: Importer, csv_file: Writer) -> None:
    load(csv_file(HEAD, ROW, "走了银行,,,,bank,,,,,,"))
    report = load(csv_file(HEAD, ROW + "注销", "来了银行,,,,bank,,,,,,"), as_of=AS_OF + timedelta(days=1))
    assert (report.added, report.gone) == (("来了银行",), ("走了银行",))
    assert [
        (one.name, [(field.field, field.old, field.new) for field in one.fields]) for one in report.changed
    ] == [("云岫银行", [("status", None, "cancelled")])]


def test_a_long_import_tells_how_far_it_is(
    load: Importer, csv_file: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importer, "TOLD_EVERY", 2)
    told: list[int] = []
    load(csv_file(HEAD, *(f"第{at}银行,,,,bank,,,,,," for at in range(5))), tell=told.append)
    assert told == [2, 4]


def test_preview_stores_nothing(load: Importer, csv_file: Writer, folder: Path) -> None:
    report = load(csv_file(HEAD, ROW), preview=True)
    assert (report.stored, report.added, folder.exists()) == (False, ("云岫银行",), False)


def test_importing_twice_gives_one_version(load: Importer, csv_file: Writer, folder: Path) -> None:
    one, two = load(csv_file(HEAD, ROW)), load(csv_file(HEAD, ROW))
    assert one.version == two.version
    assert stored(folder, "test") == [one.version]


@pytest.mark.parametrize("register", ["../evil", "A", "", "a/b", "x" * 60])
def test_a_register_name_is_no_path(load: Importer, csv_file: Writer, register: str) -> None:
    with pytest.raises(UsageError, match="register name"):
        load(csv_file(HEAD, ROW), register=register)


# workbooks

TITLES = ["机构名称", "统一社会信用代码", "机构类型", "发证日期", "有效期至", "状态"]


def test_workbook_with_title_note_and_merged_two_row_heading(
    load: Importer, workbook: Writer, folder: Path
) -> None:
    file = workbook(
        [
            ["演练机构名单", None, None, None, None],
            ["截至 2026 年 10 月", None, None, None, None],
            ["机构", None, "机构类型", "有效期", None],
            ["机构名称", "统一社会信用代码", None, "发证日期", "有效期至"],
            ["云岫银行", code(1), "城市商业银行", 43831, date(2030, 1, 1)],
        ],
        merge=["A1:E1", "A2:E2", "A3:B3", "D3:E3", "C3:C4"],
    )
    report = load(file)
    entry = read_version(folder, "test", report.version).entry(0)
    assert (entry.uscc, entry.licence_type) == (code(1), "bank")
    assert (entry.valid_from, entry.valid_to) == (date(2020, 1, 1), date(2030, 1, 1))


def test_formulas_are_not_evaluated(load: Importer, workbook: Writer) -> None:
    file = workbook([TITLES, ['=CONCATENATE("云","岫")', None, "bank"], ["海棠银行", None, "bank"]])
    report = load(file)
    assert [(one.row, "公式" in one.reason) for one in report.refused] == [(2, True)]


def test_a_code_that_became_a_number_is_named(load: Importer, workbook: Writer) -> None:
    report = load(workbook([TITLES, ["云岫银行", 9.1990000100001e17, "bank"], ["海棠银行", None, "bank"]]))
    assert "改成了数字" in report.refused[0].reason


def test_the_list_may_stand_on_a_later_sheet(load: Importer, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    assert book.active is not None
    book.active.append(["填表说明"])
    second = book.create_sheet("名单")
    second.append(TITLES)
    second.append(["云岫银行", code(1), "bank", "2020年1月1日", "长期", "正常"])
    file = tmp_path / "list.xlsx"
    book.save(file)
    assert load(file).entries == 1


def test_row_numbers_are_those_of_the_sheet(load: Importer, workbook: Writer) -> None:
    report = load(
        workbook([["说明"], [], TITLES, [], ["云岫银行", "9199", "bank"], ["海棠银行", None, "bank"]])
    )
    assert report.refused[0].row == 5


BROKEN = [
    ("zip-that-is-no-workbook", b"PK\x03\x04" + b"\0" * 40, "XLSX"),
    ("old-xls", b"\xd0\xcf\x11\xe0" + b"\0" * 40, "as XLS"),
    ("pdf", b"%PDF-1.7\n", "as PDF"),
]


@pytest.mark.parametrize(("content", "words"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_broken_files_are_one_sentence(load: Importer, tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(content)
    with pytest.raises(ListUnreadable, match=words):
        load(file)


def test_a_file_over_the_limit_is_not_read(load: Importer, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    with file.open("wb") as sparse:
        sparse.truncate(513 << 20)
    with pytest.raises(ListUnreadable, match="513 MiB"):
        load(file)


# negative lists

NEGATIVE = "name,uscc,domains,app_packages,authority,date,document,expires,match_name"


def test_negative_list(load: Importer, csv_file: Writer, folder: Path) -> None:
    file = csv_file(
        NEGATIVE,
        "满仓投顾有限公司,,www.mancang.example;m.mancang.example,,测试监管局,2026-05-01,第 1 号,,",
        "每日牛股,,niugu.example,,测试监管局,2026/5/1,,2027-01-01,否",
        "名字大家都有,,,,测试监管局,2026-05-01,,,no",
        "某博主,,weibo.com/u/1,,测试监管局,2026-05-01,,,",
        "缺日期,,a.example,,测试监管局,,,,",
    )
    report = load(file, register="negative")
    kept = list(read_version(folder, "negative", report.version).entries())
    assert [(one.name, one.domains, one.match_name) for one in kept] == [
        ("满仓投顾有限公司", ("mancang.example", "m.mancang.example"), True),
        ("每日牛股", ("niugu.example",), False),
    ]
    assert [(one.row, one.reason[:4]) for one in report.refused] == [
        (4, "不按名称"),
        (5, "weib"),
        (6, "缺少日期"),
    ]
    clues = AdvertiserClues(host="x.niugu.example")
    found = resolve(clues, Product.SECURITIES, NOW.date(), Registers.load(folder))
    assert found.licence.status is LicenceStatus.LISTED_NEGATIVE


# the user's own mapping

OWN = """
register: local
kind: licence
title: {zh: 地方名单, en: Local list}
max_age_days: 30
licence_type: small_loan
products: [loan]
complete: true
columns:
  name: {required: true, synonyms: [小贷公司]}
  status: {synonyms: [经营状态]}
"""


def test_own_mapping_with_a_fixed_type(
    load: Importer, csv_file: Writer, tmp_path: Path, folder: Path
) -> None:
    mapping = tmp_path / "own.yaml"
    mapping.write_text(OWN, "utf-8")
    report = load(
        csv_file("小贷公司,经营状态", "虚城小额贷款有限公司,吊销"), register="local", mapping=mapping
    )
    entry = read_version(folder, "local", report.version).entry(0)
    assert (entry.licence_type, entry.status) == ("small_loan", EntryStatus.REVOKED)


def test_all_faults_of_a_mapping_in_one_message(load: Importer, csv_file: Writer, tmp_path: Path) -> None:
    mapping = tmp_path / "own.yaml"
    mapping.write_text(
        OWN.replace("small_loan", "star_bank").replace("[loan]", "[gold]").replace("经营状态", "小贷公司"),
        "utf-8",
    )
    with pytest.raises(DataFault, match=r"gold.*star_bank.*synonym"):
        load(csv_file("a"), register="local", mapping=mapping)


def test_a_mapping_that_breaks_the_schema_names_the_place(
    load: Importer, csv_file: Writer, tmp_path: Path
) -> None:
    mapping = tmp_path / "own.yaml"
    mapping.write_text("register: local\nkind: other\ncolumns: {name: {}}\n", "utf-8")
    with pytest.raises(DataFault, match="kind"):
        load(csv_file("a"), register="local", mapping=mapping)
