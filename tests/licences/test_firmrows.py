"""The business register and filings: who owns whom, who owns what."""

from datetime import date
from pathlib import Path

import pytest

from licences.model import FilingEntry, FirmEntry, FirmStatus, OwnerNature, Shareholder
from licences.registerwords import register_words, word_key
from licences.versions import read_version
from tests.licences.conftest import Importer, Writer
from tests.support.licence_lists import code

FIRMS = "企业名称,统一社会信用代码,法定代表人,股东,登记状态,异常名录,住所,经营范围,成立日期,曾用名"


def firms(folder: Path, version: str) -> list[FirmEntry]:
    return [one for one in read_version(folder, "firms", version).entries() if isinstance(one, FirmEntry)]


def test_a_firm(load: Importer, csv_file: Writer, folder: Path) -> None:
    row = f"云岫科技有限公司,{code(1)},张三丰,张三丰(60%)；海棠控股有限公司 40％,存续（在营、开业、在册）,无,上海市演练路 1 号,软件开发,2019年5月6日,云岫网络有限公司"
    (firm,) = firms(folder, load(csv_file(FIRMS, row), register="firms").version)
    assert firm == FirmEntry(
        id=f"firms:{code(1)}",
        name="云岫科技有限公司",
        uscc=code(1),
        former_names=("云岫网络有限公司",),
        legal_representative="张三丰",
        shareholders=(
            Shareholder(name="张三丰", share=60.0),
            Shareholder(name="海棠控股有限公司", share=40.0),
        ),
        status=FirmStatus.ACTIVE,
        abnormal=None,
        seat="上海",
        address="上海市演练路 1 号",
        business_scope="软件开发",
        registered_on=date(2019, 5, 6),
        source="list.csv",
    )


def test_a_row_for_each_shareholder_is_one_firm(load: Importer, csv_file: Writer, folder: Path) -> None:
    head = "企业名称,统一社会信用代码,股东名称,股东统一社会信用代码,持股比例"
    rows = [
        f"云岫科技有限公司,{code(1)},海棠控股有限公司,{code(2)},51%",
        ",,张三丰,310000190001010000,30",
        f"云岫科技有限公司,{code(1)},李四光,,19.00%",
        f"松间科技有限公司,{code(3)},李四光,,100",
    ]
    report = load(csv_file(head, *rows), register="firms")
    first, second = firms(folder, report.version)
    assert first.shareholders == (
        Shareholder(name="海棠控股有限公司", code=code(2), share=51.0),
        Shareholder(name="张三丰", share=30.0),
        Shareholder(name="李四光", share=19.0),
    )
    assert [one.name for one in second.shareholders] == ["李四光"]
    assert report.refused == ()


def test_a_persons_number_is_not_kept(load: Importer, csv_file: Writer, folder: Path) -> None:
    head = "企业名称,统一社会信用代码,股东名称,证照/证件号码"
    report = load(csv_file(head, f"云岫科技有限公司,{code(1)},张三丰,310000190001010000"), register="firms")
    assert b"310000190001010000" not in (folder / "firms" / f"{report.version}.jsonl").read_bytes()


BAD = [
    ("no-name", f",{code(1)},,,,,,,,", "缺少名称"),
    ("status", f"云岫有限公司,{code(1)},,,飞升,,,,,", "登记状态 不认识"),
    ("share", f"云岫有限公司,{code(1)},,张三 140%,,,,,,", "100%"),
    ("code", "云岫有限公司,9131,,,,,,,,", "位数"),
]


@pytest.mark.parametrize(("row", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_firm_is_named(load: Importer, csv_file: Writer, row: str, words: str) -> None:
    report = load(csv_file(FIRMS, row, "海棠有限公司,,,,,,,,,"), register="firms")
    assert (report.entries, words in report.refused[0].reason) == (1, True)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("存续(在营、开业、在册)", FirmStatus.ACTIVE),
        ("吊销，未注销", FirmStatus.REVOKED),
        ("已注销", FirmStatus.CANCELLED),
        ("迁出", FirmStatus.MOVED_OUT),
    ],
)
def test_states_of_firms(word: str, status: FirmStatus) -> None:
    assert register_words().firm_status[word_key(word)] is status


def test_filings_in_the_words_of_the_query(load: Importer, csv_file: Writer, folder: Path) -> None:
    file = csv_file(
        "domain,mainLicence,natureName,serviceLicence,unitName,updateRecordTime",
        "haitang.example,沪ICP备12345678号,企业,沪ICP备12345678号-1,海棠科技有限公司,2024-05-06 10:20:30",
        "song.example,浙ICP备2022033471号,个人,浙ICP备2022033471号-2,李四光,2023-01-02",
        "x.example,,企业,不是备案号,云岫有限公司,",
    )
    report = load(file, register="icp")
    first, second = (
        one for one in read_version(folder, "icp", report.version).entries() if isinstance(one, FilingEntry)
    )
    assert (first.number, first.owner, first.nature) == (
        "沪ICP备12345678号-1",
        "海棠科技有限公司",
        OwnerNature.FIRM,
    )
    assert (first.domains, first.updated_on, second.nature) == (
        ("haitang.example",),
        date(2024, 5, 6),
        OwnerNature.PERSON,
    )
    assert [one.row for one in report.refused] == [4]


def test_app_filings(load: Importer, csv_file: Writer, folder: Path) -> None:
    file = csv_file(
        "APP名称,主办单位名称,主办单位性质,APP备案号,应用包名",
        "海棠借,海棠科技有限公司,企业,沪ICP备12345678号-3A,com.haitang.app",
    )
    (filing,) = read_version(folder, "apps", load(file, register="apps").version).entries()
    assert isinstance(filing, FilingEntry)
    assert (filing.name, filing.app_name, filing.app_packages) == (
        "海棠科技有限公司",
        "海棠借",
        ("com.haitang.app",),
    )
