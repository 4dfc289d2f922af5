"""Each bundled mapping on a small table with headings as its register is said to have them."""

from pathlib import Path

import pytest

from findings.model.vocabulary import Product
from licences.mapping import load_mapping
from licences.model import LicenceEntry
from licences.scope import scope_table
from licences.versions import read_version
from tests.licences.conftest import Importer, Writer
from tests.support.licence_lists import code

# register, territory, headings, a row, the type its entry gets
LISTS = [
    ("nfra", "", "机构编码,机构名称,机构类型", "B0099H231000001,云岫银行股份有限公司,股份制商业银行", "bank"),
    (
        "nfra",
        "",
        "institution_code,name,institution_type",
        "X0099H231000001,海棠消费金融有限公司,消费金融公司",
        "consumer_finance",
    ),
    (
        "csrc_securities",
        "",
        "序号,证券公司,辖区,公司网址",
        "1,云岫证券股份有限公司,上海,www.yunxiu.example",
        "securities",
    ),
    ("csrc_fund_managers", "", "序号,基金管理公司,注册地", "1,云岫基金管理有限公司,上海", "fund_manager"),
    ("csrc_futures", "", "序号,期货公司名称,辖区", "1,云岫期货有限公司,上海", "futures"),
    (
        "csrc_advisers",
        "",
        "序号,机构名称,统一社会信用代码",
        f"1,云岫投资顾问有限公司,{code(1)}",
        "securities_advisory",
    ),
    (
        "csrc_fund_sales",
        "",
        "序号,销售机构名称,类型",
        "1,云岫基金销售有限公司,独立基金销售机构",
        "fund_sales",
    ),
    (
        "amac",
        "",
        "私募基金管理人名称,登记编号,登记时间",
        "云岫私募基金管理有限公司,P1099999,2020-01-02",
        "private_fund",
    ),
    (
        "pboc_payment",
        "",
        "许可证编号,公司名称,业务类型",
        "Z2000133000019,松间支付有限公司,储值账户运营Ⅰ",
        "payment",
    ),
    (
        "credit_bureau_personal",
        "",
        "机构名称,许可证编号,发证日期",
        "云岫征信有限公司,A1,2020-01-02",
        "credit_bureau",
    ),
    (
        "credit_bureau_enterprise",
        "",
        "序号,机构名称,备案日期",
        "1,云岫征信有限公司,2020年1月2日",
        "credit_bureau",
    ),
    (
        "insurers",
        "",
        "机构编码,机构名称,批准成立日期",
        "000999,云岫人寿保险股份有限公司,2010-01-02",
        "insurer",
    ),
    (
        "insurance_intermediaries",
        "",
        "机构名称,许可证编码,业务区域",
        "云岫保险经纪有限公司,260999000000800,全国",
        "insurance_intermediary",
    ),
    ("small_loan", "上海", "序号,小额贷款公司名称,所在区", "1,云岫小额贷款有限公司,浦东新区", "small_loan"),
    ("guarantee", "上海", "序号,融资担保公司名称,许可证编号", "1,云岫融资担保有限公司,沪001", "guarantee"),
    ("pawn", "上海", "序号,典当行名称,经营许可证编号", "1,云岫典当有限公司,31001A10001", "pawn"),
    ("leasing", "上海", "序号,企业名称,统一社会信用代码", f"1,云岫融资租赁有限公司,{code(1)}", "leasing"),
    ("factoring", "上海", "序号,企业名称,状态", "1,云岫商业保理有限公司,正常经营", "factoring"),
    ("local_amc", "上海", "序号,公司名称", "1,云岫资产管理有限公司", "local_amc"),
    (
        "equity_market",
        "上海",
        "运营机构名称,批准日期",
        "云岫股权托管交易中心股份有限公司,2013-01-02",
        "equity_market",
    ),
]


@pytest.mark.parametrize(
    ("register", "territory", "head", "row", "kind"), LISTS, ids=[f"{row[0]}-{row[4]}" for row in LISTS]
)
def test_a_list_in_the_headings_of_its_register(
    load: Importer,
    csv_file: Writer,
    folder: Path,
    register: str,
    territory: str,
    head: str,
    row: str,
    kind: str,
) -> None:
    report = load(csv_file(head, row), register=register, territory=[territory] if territory else [])
    assert report.refused == ()
    (entry,) = read_version(folder, register, report.version).entries()
    assert isinstance(entry, LicenceEntry)
    assert (entry.licence_type, entry.name[:2] in "云岫海棠松间") == (kind, True)


REGISTERS = sorted({row[0] for row in LISTS})


@pytest.mark.parametrize("register", REGISTERS)
def test_absence_counts_only_where_everyone_is_on_the_list(register: str) -> None:
    """A product may be named only if every type that may advertise it is on this very list."""
    mapping, table = load_mapping(register), scope_table()
    holders = set(mapping.licence_types)
    for product in mapping.products:
        others = {kind for kind, allowed in table.allowed.items() if product in allowed} - holders
        assert not others, (register, product)


def test_a_provinces_lists_cover_no_product() -> None:
    for register in REGISTERS:
        mapping = load_mapping(register)
        assert not (mapping.local and mapping.products), register


def test_nobody_may_take_a_small_lenders_absence_for_anything() -> None:
    assert Product.LOAN not in {
        product for register in REGISTERS for product in load_mapping(register).products
    }
